"use client";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { visibleText } from "@/components/node/visible-text";
import { Age, Instant } from "@/components/ui/age";
import { Dialog } from "@/components/ui/dialog";
import type { Finding } from "@/lib/model/finding";
import { EvidenceView } from "./evidence-view";
import { PatchedForm } from "./patched-form";
import { Remedies } from "./remedies";
import { RetestButton } from "./retest-button";
import { SeverityTag, VerdictWord } from "./severity-tag";
import { useFindingText } from "./use-finding-text";

interface FindingDialogProps {
  readonly finding: Finding;
  readonly onClose: () => void;
}

/** A finding in full: what was seen, what it was before, and what would mend it. Loaded on demand. */
export default function FindingDialog({ finding, onClose }: FindingDialogProps) {
  const t = useTranslations("diagnostics.detail");
  const textOf = useFindingText();
  return (
    <Dialog open onClose={onClose} wide title={textOf(finding)} description={visibleText(finding.node)}>
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <SeverityTag severity={finding.severity} />
          <VerdictWord verdict={finding.verdict} />
          <span className="text-muted text-xs">
            <Instant atMs={finding.atMs} show="dateTime" /> (<Age atMs={finding.atMs} />) ·{" "}
            {t("from", { place: visibleText(finding.probedFrom) })}
          </span>
          <span className="ml-auto">
            <RetestButton node={finding.node} probe={finding.probe} />
          </span>
        </div>
        <Meaning finding={finding} />
        <Section title={t("evidence")}>
          <EvidenceView evidence={finding.evidence} />
        </Section>
        {finding.previous !== null && <Before finding={finding} previous={finding.previous} />}
        {finding.remedy.length > 0 && (
          <Section title={t("remedies")}>
            <Remedies remedies={finding.remedy} />
          </Section>
        )}
        {finding.check.startsWith("advisory:") && <PatchedForm finding={finding} />}
      </div>
    </Dialog>
  );
}

function Meaning({ finding }: { readonly finding: Finding }) {
  const t = useTranslations("diagnostics");
  const key = `meaning.${finding.probe}` as const;
  return (
    <p className="max-w-[90ch] text-muted">
      {t(key)} {t(`verdictMeaning.${finding.verdict}`)}
    </p>
  );
}

interface BeforeProps {
  readonly finding: Finding;
  readonly previous: NonNullable<Finding["previous"]>;
}

function Before({ finding, previous }: BeforeProps) {
  const t = useTranslations("diagnostics.detail");
  return (
    <details>
      <summary className="flex cursor-pointer flex-wrap items-center gap-2">
        <span className="font-semibold">{t("before")}</span>
        <SeverityTag severity={previous.severity} />
        <VerdictWord verdict={previous.verdict} />
        <span className="text-muted text-xs">
          <Instant atMs={previous.atMs} show="dateTime" />
        </span>
        {previous.verdict !== finding.verdict && <span className="text-muted text-xs">{t("changed")}</span>}
      </summary>
      <div className="mt-2">
        <EvidenceView evidence={previous.evidence} />
      </div>
    </details>
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
