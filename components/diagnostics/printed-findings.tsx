"use client";
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { useTranslations } from "use-intl";
import { visibleText } from "@/components/node/visible-text";
import { Instant } from "@/components/ui/age";
import type { Finding, Findings } from "@/lib/model/finding";
import { EvidenceView } from "./evidence-view";
import { findingKey } from "./posture";
import { SeverityTag, VerdictWord } from "./severity-tag";
import { useFindingText } from "./use-finding-text";

/** More paper than anybody reads. */
const MOST_PRINTED = 2_000;

/** Every finding with its evidence, on paper only; nothing of it is on the page until it is printed. */
export function PrintedFindings({ findings }: { readonly findings: readonly Finding[] }) {
  const t = useTranslations("diagnostics");
  const textOf = useFindingText();
  if (!usePrinting()) return null;
  return (
    <section className="hidden flex-col gap-3 print:flex">
      {findings.slice(0, MOST_PRINTED).map((finding) => (
        <article key={findingKey(finding)} className="break-inside-avoid-page border-line border-t pt-2">
          <h3 className="font-semibold">{textOf(finding)}</h3>
          <p className="flex flex-wrap items-center gap-2 text-muted text-xs">
            <SeverityTag severity={finding.severity} />
            <span className="font-mono">{visibleText(finding.node)}</span>
            <span>{t(`probe.${finding.probe}`)}</span>
            <VerdictWord verdict={finding.verdict} />
            <Instant atMs={finding.atMs} show="dateTime" />
            <span>{t("detail.from", { place: visibleText(finding.probedFrom) })}</span>
          </p>
          <div className="mt-1">
            <EvidenceView evidence={finding.evidence} of={findingKey(finding)} />
          </div>
        </article>
      ))}
      {findings.length > MOST_PRINTED && (
        <p>{t("report.notPrinted", { count: findings.length - MOST_PRINTED })}</p>
      )}
    </section>
  );
}

/** The head of the paper: what it is about, and as of when. */
export function PrintedHead({ findings }: { readonly findings: Findings | undefined }) {
  const t = useTranslations("diagnostics");
  return (
    <div className="hidden print:block">
      <p className="font-semibold text-xl">{t("title")}</p>
      {findings !== undefined && (
        <p className="mb-2 text-muted">
          <Instant atMs={findings.atMs} show="dateTime" />
        </p>
      )}
    </div>
  );
}

/** Whether the page is being put on paper. Rendered at once: the browser does not wait. */
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
