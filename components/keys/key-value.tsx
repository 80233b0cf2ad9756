"use client";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy/button";
import { Segmented } from "@/components/ui/form/segmented";
import { useFormat } from "@/components/ui/hooks/use-format";
import { ScrollRegion } from "@/components/ui/scroll-region";
import type { KeyItem } from "@/lib/model/node/keys.schema";
import { bytesOf, hexRows, indentJson } from "./value-views";

type View = "text" | "json" | "hex";

interface Shown {
  readonly value: string;
  readonly encoding: "utf8" | "base64";
  readonly truncated: boolean;
}

/** A value as text, JSON or bytes; compressed content decompressed. */
export function KeyValue({ item }: { readonly item: KeyItem }) {
  const t = useTranslations("keys.value");
  const format = useFormat();
  const { value, encoding, unpacked } = item;
  const [inside, setInside] = useState(true);
  if (value === null || encoding === null) return <p className="text-muted">{t("none")}</p>;
  const packed = unpacked !== null && inside;
  const shown: Shown = packed ? unpacked : { value, encoding, truncated: item.truncated };
  const kind = packed ? unpacked.format : item.format;
  return (
    <section className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-semibold">{t("title")}</h3>
        {kind !== null && <span className="text-muted text-xs">{t(`format.${kind}`)}</span>}
        {unpacked !== null && (
          <label className="flex items-center gap-1.5 text-xs">
            <input type="checkbox" checked={inside} onChange={(event) => setInside(event.target.checked)} />
            {t("unpack", { size: format.bytes(unpacked.size) })}
          </label>
        )}
      </div>
      <Views key={packed ? "inside" : "outside"} shown={shown} />
      {shown.truncated && <p className="text-muted text-xs">{t("truncated")}</p>}
    </section>
  );
}

function Views({ shown }: { readonly shown: Shown }) {
  const t = useTranslations("keys.value");
  const json = useMemo(
    () => (shown.encoding === "utf8" && !shown.truncated ? indentJson(shown.value) : null),
    [shown],
  );
  // A bare number or string is JSON too, but reads better as it is.
  const structured = json !== null && /^\s*[[{]/.test(shown.value);
  const [view, setView] = useState<View>(shown.encoding === "base64" ? "hex" : structured ? "json" : "text");
  const views: View[] = [
    ...(shown.encoding === "utf8" ? (["text"] as const) : []),
    ...(json === null ? [] : (["json"] as const)),
    "hex",
  ];
  return (
    <>
      <div className="flex items-center gap-2">
        <Segmented
          label={t("view")}
          value={view}
          options={views.map((format) => ({ value: format, label: t(format) }))}
          onChange={setView}
        />
        {shown.encoding === "utf8" && <CopyButton text={shown.value} label={t("copy")} />}
      </div>
      {view === "hex" ? (
        <Hex shown={shown} />
      ) : (
        <ScrollRegion label={t("title")} className="max-h-96 overflow-auto rounded-lg bg-line-soft px-3 py-2">
          <pre className="whitespace-pre-wrap break-all font-mono text-xs">
            {lines(view === "json" ? (json ?? shown.value) : shown.value)}
          </pre>
        </ScrollRegion>
      )}
    </>
  );
}

/** Hidden characters made visible, except line breaks and tabs. */
function lines(text: string): string {
  return text
    .split(/(\r?\n|\t)/)
    .map((part) => (part === "\n" || part === "\t" ? part : escapedText(part)))
    .join("");
}

const ROWS = 256;

function Hex({ shown }: { readonly shown: Shown }) {
  const t = useTranslations("keys.value");
  const [rows, setRows] = useState(ROWS);
  const bytes = useMemo(() => bytesOf(shown.value, shown.encoding), [shown]);
  const table = useMemo(() => hexRows(bytes, rows), [bytes, rows]);
  return (
    <ScrollRegion label={t("hex")} className="max-h-96 overflow-auto rounded-lg bg-line-soft px-3 py-2">
      <pre className="font-mono text-xs">
        {table.map(({ offset, hex, text }) => `${offset}  ${hex.padEnd(48)}  ${text}`).join("\n")}
      </pre>
      {rows * 16 < bytes.length && (
        <Button tone="quiet" className="mt-1 text-accent" onClick={() => setRows(rows + ROWS * 4)}>
          {t("more")}
        </Button>
      )}
    </ScrollRegion>
  );
}
