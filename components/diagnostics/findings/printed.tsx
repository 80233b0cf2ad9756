"use client";
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Instant } from "@/components/ui/age";
import { type FindingsFilter, MOST_PRINTED, useReport } from "@/lib/client/queries/diagnostics";
import type { BriefFinding, ReportedFinding, SeverityMatrixPage } from "@/lib/model/findings/finding.schema";
import { SeverityTag, VerdictWord } from "../severity-tag";
import { EvidenceView } from "./evidence";
import { findingKey } from "./finding-name";
import { useFindingText } from "./use-finding-text";

interface PrintedFindingsProps {
  /** Findings on the page. */
  readonly findings: readonly BriefFinding[];
  readonly filter: FindingsFilter;
  /** Findings in total; null when unknown. */
  readonly total: number | null;
}

/**
 * The findings for print; not rendered until then. The print button loads the evidence first; the browser's own print
 * command doesn't wait for it, and prints what the page has.
 */
export function PrintedFindings({ findings, filter, total }: PrintedFindingsProps) {
  const t = useTranslations("diagnostics.report");
  const { data: report } = useReport(filter);
  if (!usePrinting()) return null;
  const printed: readonly (BriefFinding | ReportedFinding)[] = report?.findings ?? findings;
  const remaining = total === null ? null : total - printed.length;
  return (
    <section className="hidden flex-col gap-3 px-3.5 print:flex">
      {report === undefined && <p>{t("withoutEvidence")}</p>}
      {printed.slice(0, MOST_PRINTED).map((finding) => (
        <PrintedFinding key={findingKey(finding)} finding={finding} />
      ))}
      {remaining !== null && remaining > 0 && <p>{t("notPrinted", { count: remaining })}</p>}
      {remaining === null && report?.more === true && <p>{t("moreNotPrinted")}</p>}
    </section>
  );
}

function PrintedFinding({ finding }: { readonly finding: BriefFinding | ReportedFinding }) {
  const t = useTranslations("diagnostics");
  const textOf = useFindingText();
  return (
    <article className="break-inside-avoid-page border-line border-t pt-2">
      <h3 className="font-semibold">{textOf(finding)}</h3>
      <p className="flex flex-wrap items-center gap-2 text-muted text-xs">
        <SeverityTag severity={finding.severity} />
        <span className="font-mono">{escapedText(finding.node)}</span>
        <span>{t(`probe.${finding.probe}`)}</span>
        <VerdictWord verdict={finding.verdict} />
        <Instant atMs={finding.atMs} show="dateTime" />
        <span>{t("detail.from", { machine: escapedText(finding.probedFrom) })}</span>
      </p>
      {"evidence" in finding && (
        <div className="mt-1">
          <EvidenceView evidence={finding.evidence} of={findingKey(finding)} />
        </div>
      )}
    </article>
  );
}

/** The print header: title and time. */
export function PrintedHead({ summary }: { readonly summary: Pick<SeverityMatrixPage, "atMs"> | undefined }) {
  const t = useTranslations("diagnostics");
  return (
    <div className="hidden print:block">
      <p className="font-semibold text-xl">{t("title")}</p>
      {summary !== undefined && (
        <p className="mb-2 text-muted">
          <Instant atMs={summary.atMs} show="dateTime" />
        </p>
      )}
    </div>
  );
}

/** Whether the page is being printed. Rendered synchronously: the browser doesn't wait. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const media = matchMedia("print");
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    const change = () => (media.matches ? begin() : end());
    addEventListener("beforeprint", begin);
    addEventListener("afterprint", end);
    media.addEventListener("change", change);
    return () => {
      removeEventListener("beforeprint", begin);
      removeEventListener("afterprint", end);
      media.removeEventListener("change", change);
    };
  }, []);
  return printing;
}
