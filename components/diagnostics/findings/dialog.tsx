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
  /** As the list has it, until the whole of it is there. */
  readonly known: BriefFinding | undefined;
  readonly onClose: () => void;
}

/** A finding in full: what was seen, what it was before, and what would mend it. Loaded on demand. */
export default function FindingDialog({ name, known, onClose }: FindingDialogProps) {
  const t = useTranslations("diagnostics");
  const textOf = useFindingText();
  const { data: finding, error, refetch } = useFinding(name);
  const said = finding ?? known;
  return (
    <Dialog
      open
      onClose={onClose}
      wide
      title={said === undefined ? escapedText(name.check) : textOf(said)}
      description={escapedText(name.node)}
    >
      <div className="flex flex-col gap-4">
        {said !== undefined && <Judgement finding={said} />}
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

function Judgement({ finding }: { readonly finding: BriefFinding }) {
  const t = useTranslations("diagnostics.detail");
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <SeverityTag severity={finding.severity} />
        <VerdictWord verdict={finding.verdict} />
        <span className="text-muted text-xs">
          <Instant atMs={finding.atMs} show="dateTime" /> (<Age atMs={finding.atMs} />) ·{" "}
          {t("from", { place: escapedText(finding.probedFrom) })}
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
        <BeforeAndNow finding={finding} previous={finding.previous} />
      )}
      {finding.remedy.length > 0 && (
        <Section title={t("remedies")}>
          <Remedies remedies={finding.remedy} />
        </Section>
      )}
      {isAboutAFix(finding.check) && <PatchedForm finding={finding} />}
    </>
  );
}

/** Only of these an admin may say that a build has the fix. */
function isAboutAFix(check: string): boolean {
  return check === "version-floor" || checkFamily(check) === "advisory";
}

interface BeforeAndNowProps {
  readonly finding: Finding;
  readonly previous: NonNullable<Finding["previous"]>;
}

/** Both looks side by side, so that a re-test proves what it changed. */
function BeforeAndNow({ finding, previous }: BeforeAndNowProps) {
  const t = useTranslations("diagnostics.detail");
  const changed = previous.verdict !== finding.verdict || previous.severity !== finding.severity;
  return (
    <section className="grid gap-4 md:grid-cols-2">
      <EvidencePanel title={t("before")} look={previous} />
      <EvidencePanel title={t(changed ? "nowChanged" : "now")} look={finding} />
    </section>
  );
}

interface EvidencePanelProps {
  readonly title: string;
  readonly look: Pick<Finding, "severity" | "verdict" | "atMs" | "evidence">;
}

function EvidencePanel({ title, look }: EvidencePanelProps) {
  return (
    <section className="min-w-0 rounded-lg border border-line px-3 py-2" aria-label={title}>
      <h3 className="mb-1.5 flex flex-wrap items-center gap-2 font-semibold">
        {title}
        <SeverityTag severity={look.severity} />
        <span className="font-normal text-muted">
          <VerdictWord verdict={look.verdict} />
        </span>
        <span className="font-normal text-muted text-xs">
          <Instant atMs={look.atMs} show="dateTime" />
        </span>
      </h3>
      <EvidenceView evidence={look.evidence} of={title} />
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
