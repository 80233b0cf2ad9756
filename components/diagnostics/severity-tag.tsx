"use client";
import { useTranslations } from "use-intl";
import { Tag, type Tone } from "@/components/ui/status/tag";
import type { Severity } from "@/lib/model/findings/finding";
import type { Finding } from "@/lib/model/findings/finding.schema";

export const SEVERITY_TONE: Readonly<Record<Severity, Tone>> = {
  ok: "ok",
  info: "off",
  warning: "warn",
  critical: "crit",
};

/** The severity of a finding, as text, colour and shape. */
export function SeverityTag({ severity }: { readonly severity: Severity }) {
  const t = useTranslations("diagnostics.severity");
  return <Tag tone={SEVERITY_TONE[severity]}>{t(severity)}</Tag>;
}

/** The verdict of a finding, which may be more specific than its severity. */
export function VerdictWord({ verdict }: Pick<Finding, "verdict">) {
  const t = useTranslations("diagnostics");
  return <span title={t(`verdictMeaning.${verdict}`)}>{t(`verdict.${verdict}`)}</span>;
}
