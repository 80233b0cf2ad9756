"use client";
import { useTranslations } from "use-intl";
import { visibleText } from "@/components/node/visible-text";
import { useFormat } from "@/components/ui/use-format";
import type { Evidence } from "@/lib/model/finding";

/** What was seen, by its names; longer texts as they came, with everything hidden made visible. */
export function EvidenceView({ evidence }: { readonly evidence: Evidence }) {
  const t = useTranslations("diagnostics.detail");
  const entries = Object.entries(evidence);
  const short = entries.filter(([, value]) => !isLong(value));
  const long = entries.filter(([, value]) => isLong(value));
  if (entries.length === 0) return <p className="text-muted">{t("noEvidence")}</p>;
  return (
    <>
      {short.length > 0 && (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-0.5 text-xs">
          {short.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="font-mono text-muted">{visibleText(name)}</dt>
              <dd className="min-w-0 break-words">
                <Short name={name} value={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {long.map(([name, value]) => (
        <figure key={name} className="mt-2">
          <figcaption className="mb-0.5 font-mono text-muted text-xs">{visibleText(name)}</figcaption>
          <section
            aria-label={name}
            // What can be scrolled must be reachable by keyboard (WCAG 2.1.1).
            {...{ tabIndex: 0 }}
            className="max-h-72 overflow-auto rounded-lg bg-line-soft px-3 py-2"
          >
            <pre className="whitespace-pre-wrap break-all font-mono text-2xs">{linesOf(value)}</pre>
          </section>
        </figure>
      ))}
    </>
  );
}

function isLong(value: Evidence[string]): boolean {
  return Array.isArray(value) ? value.length > 3 : typeof value === "string" && /\n|.{90}/.test(value);
}

function linesOf(value: Evidence[string]): string {
  const lines = Array.isArray(value) ? value : String(value).split("\n");
  return lines.map(visibleText).join("\n");
}

function Short({ name, value }: { readonly name: string; readonly value: Evidence[string] }) {
  const format = useFormat();
  if (value === null) return "–";
  if (typeof value === "number") {
    if (/Ms$/.test(name) && value < 1e11) return format.milliseconds(value);
    return format.exact(value);
  }
  if (Array.isArray(value)) return value.map(visibleText).join(", ");
  return visibleText(String(value));
}
