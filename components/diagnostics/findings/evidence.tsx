"use client";
import { useTranslations } from "use-intl";
import type { Evidence } from "@/lib/model/findings/finding.schema";
import { useEvidenceText } from "./use-evidence-text";

interface EvidenceViewProps {
  readonly evidence: Evidence;
  /** Which check it belongs to, when two are side by side. */
  readonly of?: string;
}

/** Evidence by name; long texts verbatim, with invisible characters made visible. */
export function EvidenceView({ evidence, of }: EvidenceViewProps) {
  const t = useTranslations("diagnostics.detail");
  const { labelOf, textOf, linesOf } = useEvidenceText();
  const { requestBytes, replyBytes, amplification, datagrams } = evidence;
  const udp =
    typeof requestBytes === "number" && typeof replyBytes === "number" && typeof amplification === "number";
  const entries = Object.entries(evidence).filter(
    ([name, value]) => value !== null && name !== "note" && !(udp && EXCHANGE_NAMES.has(name)),
  );
  const short = entries.filter(([, value]) => !isLong(value));
  const long = entries.filter(([, value]) => isLong(value));
  const missing = Object.entries(evidence).filter(([name, value]) => value === null && !OPTIONAL.has(name));
  if (Object.keys(evidence).length === 0) return <p className="text-muted">{t("noEvidence")}</p>;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {udp && (
        <p className="flex flex-wrap items-baseline gap-x-3 font-semibold text-lg tabular-nums">
          {t.rich("exchange", {
            request: textOf("requestBytes", requestBytes),
            reply: textOf("replyBytes", replyBytes),
            amplification: textOf("amplification", amplification),
            datagrams: typeof datagrams === "number" ? datagrams : 0,
            sizes: (chunks) => <span>{chunks}</span>,
            factor: (chunks) => replyBytes > 0 && <span className="text-crit">{chunks}</span>,
            note: (chunks) => <span className="font-normal text-muted text-xs">{chunks}</span>,
          })}
        </p>
      )}
      {short.length > 0 && (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-0.5 text-xs">
          {short.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted" title={name}>
                {labelOf(name)}
              </dt>
              <dd
                className="min-w-0 break-words"
                title={typeof value === "number" ? String(value) : undefined}
              >
                {textOf(name, value)}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {long.map(([name, value]) => (
        <figure key={name} className="min-w-0">
          <figcaption className="mb-0.5 text-muted text-xs">{labelOf(name)}</figcaption>
          <section
            aria-label={of === undefined ? labelOf(name) : `${of}: ${labelOf(name)}`}
            // Scrollable content must be reachable by keyboard (WCAG 2.1.1).
            {...{ tabIndex: 0 }}
            className="max-h-72 overflow-auto rounded-lg bg-line-soft px-3 py-2 print:max-h-none print:overflow-visible"
          >
            <pre
              className={`font-mono text-2xs ${name === "netstat" ? "whitespace-pre" : "whitespace-pre-wrap break-all"}`}
            >
              {linesOf(value)}
            </pre>
          </section>
        </figure>
      ))}
      {missing.length > 0 && (
        <p className="text-muted text-xs">
          {t("untold", { names: missing.map(([name]) => labelOf(name)).join(", ") })}
        </p>
      )}
    </div>
  );
}

/** Shown separately, not in the list. */
const EXCHANGE_NAMES: ReadonlySet<string> = new Set([
  "requestBytes",
  "replyBytes",
  "amplification",
  "datagrams",
]);

/** Null in the normal case, so not reported as missing. */
const OPTIONAL: ReadonlySet<string> = new Set(["error", "reason", "why", "code", "untrusted"]);

function isLong(value: Evidence[string]): boolean {
  return Array.isArray(value) ? value.length > 3 : typeof value === "string" && /\n|.{90}/.test(value);
}
