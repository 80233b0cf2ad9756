"use client";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Age, Instant } from "@/components/ui/age";
import { Dialog } from "@/components/ui/overlay/dialog";
import { Empty } from "@/components/ui/placeholder/empty";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { type FindingName, useFinding } from "@/lib/client/queries/diagnostics";
import type { BriefFinding, Finding } from "@/lib/model/findings/finding.schema";
import { SeverityTag, VerdictWord } from "../severity-tag";
import { EvidenceView } from "./evidence";
import { checkFamily } from "./finding-message";
import { FindingMeaning } from "./meaning";
import { PatchedForm } from "./patched-form";
import { Remedies } from "./remedies";
import { RetestButton } from "./retest-button";
import { useFindingText } from "./use-finding-text";

interface FindingDialogProps {
  readonly name: FindingName;
  /** From the list, until the complete finding is loaded. */
  readonly brief: BriefFinding | undefined;
  readonly onClose: () => void;
}

/** A complete finding: evidence, the previous result, and fixes. Loaded on demand. */
export default function FindingDialog({ name, brief, onClose }: FindingDialogProps) {
  const t = useTranslations("diagnostics");
  const textOf = useFindingText();
  const { data: finding, error, refetch } = useFinding(name);
  const shown = finding ?? brief;
  return (
    <Dialog
      open
      onClose={onClose}
      wide
      title={shown === undefined ? escapedText(name.check) : textOf(shown)}
      description={escapedText(name.node)}
    >
      <div className="flex flex-col gap-4">
        {shown !== undefined && <Verdict finding={shown} />}
        {error !== null && (
          <ErrorNote
            what={t("detail.reading")}
            node={name.node}
            error={error}
            onRetry={() => void refetch()}
          />
        )}
        {finding === null && (
          <Empty title={t("detail.gone")}>
            <p>{t("detail.goneWhy")}</p>
          </Empty>
        )}
        {finding === undefined && error === null && (
          <div role="status" aria-label={t("detail.loading")}>
            <Skeleton className="h-64 w-full" />
          </div>
        )}
        {finding !== undefined && finding !== null && <Details finding={finding} />}
      </div>
    </Dialog>
  );
}

function Verdict({ finding }: { readonly finding: BriefFinding }) {
  const t = useTranslations("diagnostics.detail");
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <SeverityTag severity={finding.severity} />
        <VerdictWord verdict={finding.verdict} />
        <span className="text-muted text-xs">
          <Instant atMs={finding.atMs} show="dateTime" /> (<Age atMs={finding.atMs} />) ·{" "}
          {t("from", { machine: escapedText(finding.probedFrom) })}
        </span>
        <span className="ml-auto">
          <RetestButton node={finding.node} probe={finding.probe} />
        </span>
      </div>
      <FindingMeaning finding={finding} />
    </>
  );
}

function Details({ finding }: { readonly finding: Finding }) {
  const t = useTranslations("diagnostics.detail");
  return (
    <>
      {finding.previous === null ? (
        <Section title={t("evidence")}>
          <EvidenceView evidence={finding.evidence} />
        </Section>
      ) : (
        <Comparison finding={finding} previous={finding.previous} />
      )}
      {finding.remedy.length > 0 && (
        <Section title={t("remedies")}>
          <Remedies remedies={finding.remedy} />
        </Section>
      )}
      {isPatchable(finding.check) && <PatchedForm finding={finding} />}
    </>
  );
}

/** Only these can be marked as patched. */
function isPatchable(check: string): boolean {
  return check === "version-floor" || checkFamily(check) === "advisory";
}

interface ComparisonProps {
  readonly finding: Finding;
  readonly previous: NonNullable<Finding["previous"]>;
}

/** Both results side by side, so that a new run shows what changed. */
function Comparison({ finding, previous }: ComparisonProps) {
  const t = useTranslations("diagnostics.detail");
  const changed = previous.verdict !== finding.verdict || previous.severity !== finding.severity;
  return (
    <section className="grid gap-4 md:grid-cols-2">
      <EvidencePanel title={t("before")} result={previous} />
      <EvidencePanel title={t(changed ? "nowChanged" : "now")} result={finding} />
    </section>
  );
}

interface EvidencePanelProps {
  readonly title: string;
  readonly result: Pick<Finding, "severity" | "verdict" | "atMs" | "evidence">;
}

function EvidencePanel({ title, result }: EvidencePanelProps) {
  return (
    <section className="min-w-0 rounded-lg border border-line px-3 py-2" aria-label={title}>
      <h3 className="mb-1.5 flex flex-wrap items-center gap-2 font-semibold">
        {title}
        <SeverityTag severity={result.severity} />
        <span className="font-normal text-muted">
          <VerdictWord verdict={result.verdict} />
        </span>
        <span className="font-normal text-muted text-xs">
          <Instant atMs={result.atMs} show="dateTime" />
        </span>
      </h3>
      <EvidenceView evidence={result.evidence} of={title} />
    </section>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1.5 font-semibold">{title}</h3>
      {children}
    </section>
  );
}
