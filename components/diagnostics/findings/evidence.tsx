"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import type { Evidence } from "@/lib/model/findings/finding.schema";
import { useEvidenceText } from "./use-evidence-text";

interface EvidenceViewProps {
  readonly evidence: Evidence;
  /** Which look it is of, where two stand side by side. */
  readonly of?: string;
}

/** What was seen, by its names; longer texts as they came, with everything hidden made visible. */
export function EvidenceView({ evidence, of }: EvidenceViewProps) {
  const t = useTranslations("diagnostics.detail");
  const { labelOf, textOf } = useEvidenceText();
  const { requestBytes, replyBytes, amplification, datagrams } = evidence;
  const udp =
    typeof requestBytes === "number" && typeof replyBytes === "number" && typeof amplification === "number";
  const entries = Object.entries(evidence).filter(
    ([name, value]) => value !== null && name !== "note" && !(udp && OF_THE_EXCHANGE.has(name)),
  );
  const short = entries.filter(([, value]) => !isLong(value));
  const long = entries.filter(([, value]) => isLong(value));
  const untold = Object.entries(evidence).filter(
    ([name, value]) => value === null && !NOTHING_LACKS.has(name),
  );
  if (Object.keys(evidence).length === 0) return <p className="text-muted">{t("noEvidence")}</p>;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {udp && (
        <p className="flex flex-wrap items-baseline gap-x-3 font-semibold text-lg tabular-nums">
          <span>
            {textOf("requestBytes", requestBytes)} → {textOf("replyBytes", replyBytes)}
          </span>
          {replyBytes > 0 && <span className="text-crit">× {textOf("amplification", amplification)}</span>}
          <span className="font-normal text-muted text-xs">
            {t("exchange", { datagrams: typeof datagrams === "number" ? datagrams : 0 })}
          </span>
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
            // What can be scrolled must be reachable by keyboard (WCAG 2.1.1).
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
      {untold.length > 0 && (
        <p className="text-muted text-xs">
          {t("untold", { names: untold.map(([name]) => labelOf(name)).join(", ") })}
        </p>
      )}
    </div>
  );
}

/** Shown large, so not once more. */
const OF_THE_EXCHANGE: ReadonlySet<string> = new Set([
  "requestBytes",
  "replyBytes",
  "amplification",
  "datagrams",
]);

/** Without one of these nothing is missing: nothing went wrong. */
const NOTHING_LACKS: ReadonlySet<string> = new Set(["error", "reason", "why", "code", "untrusted"]);

function isLong(value: Evidence[string]): boolean {
  return Array.isArray(value) ? value.length > 3 : typeof value === "string" && /\n|.{90}/.test(value);
}

function linesOf(value: Evidence[string]): string {
  const lines = Array.isArray(value) ? value : String(value).split("\n");
  return lines.map(escapedText).join("\n");
}
