"use client";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { CopyButton } from "@/components/ui/copy/button";
import type { Remedy } from "@/lib/model/findings/finding.schema";

/** What would mend it, one way at a time. Nothing of it is ever run from here. */
export function Remedies({ remedies }: { readonly remedies: readonly Remedy[] }) {
  const t = useTranslations("diagnostics.remedy");
  const [chosen, setChosen] = useState(0);
  const ways = remedies.filter((remedy) => !ALWAYS.has(remedy.for));
  const always = remedies.filter((remedy) => ALWAYS.has(remedy.for));
  const way = ways[Math.min(chosen, ways.length - 1)];
  return (
    <div className="flex flex-col gap-2.5">
      <p className="text-muted text-xs">{t("neverRun")}</p>
      {always
        .filter((remedy) => remedy.for === "explanation" || remedy.for === "cost")
        .map((remedy) => (
          <p key={`${remedy.for} ${remedy.title}`} className="max-w-[90ch] whitespace-pre-line">
            <b className="font-semibold">{t(`kind.${remedy.for}`)}:</b> {remedy.text}
          </p>
        ))}
      {ways.length > 0 && (
        <label className="flex items-center gap-2">
          <span className="text-muted">{t("way")}</span>
          <select
            value={chosen}
            onChange={(event) => setChosen(Number(event.target.value))}
            className="control min-w-0"
          >
            {ways.map((remedy, index) => (
              <option key={`${remedy.for} ${remedy.title}`} value={index}>
                {t(`kind.${remedy.for}`)} · {remedy.title}
              </option>
            ))}
          </select>
        </label>
      )}
      {way !== undefined && <Text remedy={way} />}
      {always
        .filter((remedy) => remedy.for === "verify")
        .map((remedy) => (
          <div key={remedy.title}>
            <h4 className="mb-1 text-muted text-xs">
              {t("kind.verify")} · {remedy.title}
            </h4>
            <Text remedy={remedy} />
          </div>
        ))}
    </div>
  );
}

/** Shown beside whichever way is chosen. */
const ALWAYS: ReadonlySet<Remedy["for"]> = new Set(["explanation", "cost", "verify"]);

function Text({ remedy }: { readonly remedy: Remedy }) {
  const t = useTranslations("diagnostics.remedy");
  return (
    <div className="relative">
      <section
        aria-label={remedy.title}
        {...{ tabIndex: 0 }}
        className="max-h-80 overflow-auto rounded-lg bg-line-soft px-3 py-2 pr-10"
      >
        <pre className="font-mono text-2xs">{remedy.text}</pre>
      </section>
      <div className="absolute top-1.5 right-1.5">
        <CopyButton text={remedy.text} label={t("copy")} />
      </div>
    </div>
  );
}
