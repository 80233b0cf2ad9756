"use client";
import { useTranslations } from "use-intl";
import type { BriefFinding } from "@/lib/model/findings/finding.schema";

/** What the probe does, what the verdict means, and how it compares with the usual manual check. */
export function FindingMeaning({ finding }: { readonly finding: BriefFinding }) {
  const t = useTranslations("diagnostics");
  return (
    <div className="flex max-w-[90ch] flex-col gap-1 text-muted">
      <p>
        {t(`meaning.${finding.probe}`)} {t(`verdictMeaning.${finding.verdict}`)}
      </p>
      {finding.check === "udp-answers" && finding.verdict !== "not-applicable" && (
        <p>{t.rich("ncNote", { code: (chunks) => <code className="font-mono text-xs">{chunks}</code> })}</p>
      )}
    </div>
  );
}
