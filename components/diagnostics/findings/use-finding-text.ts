"use client";
import { useTranslations } from "use-intl";
import { visibleText } from "@/components/node/stats/escaped-text";
import { REASON_CODES, REASONS } from "@/lib/catalogue/reasons";
import type { Finding } from "@/lib/model/findings/finding.schema";
import { sentenceOf } from "./finding-message";

type Said = Pick<Finding, "check" | "verdict" | "title" | "figures">;

/**
 * The sentence of a finding in the reader's language, filled with its figures; where there is none for its check
 * and verdict, the English one that the server wrote.
 */
export function useFindingText(): (finding: Said) => string {
  const t = useTranslations("diagnostics.sentences");
  const status = useTranslations("status.reason");
  const inWords = (reason: string) => {
    const code = REASON_CODES.find((one) => reason.includes(REASONS[one].en));
    return code === undefined ? visibleText(reason) : status(code);
  };
  return (finding) => {
    const { key, values } = sentenceOf(finding);
    if (!t.has(key as never)) return visibleText(finding.title);
    const shown = Object.entries(values).map(([name, value]) => [
      name,
      name === "reason" ? inWords(String(value)) : typeof value === "string" ? visibleText(value) : value,
    ]);
    return t(key as never, Object.fromEntries(shown) as never);
  };
}
