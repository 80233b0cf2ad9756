"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { REASON_CODES, REASONS } from "@/lib/catalogue/reasons";
import type { Finding } from "@/lib/model/findings/finding.schema";
import { findingMessage } from "./finding-message";

type FindingText = Pick<Finding, "check" | "verdict" | "title" | "figures">;

/**
 * The sentence of a finding in the reader's language, filled with its figures; where there is none for its check
 * and verdict, the English one that the server wrote.
 */
export function useFindingText(): (finding: FindingText) => string {
  const t = useTranslations("diagnostics.sentences");
  const status = useTranslations("status.reason");
  const inWords = (reason: string) => {
    const code = REASON_CODES.find((one) => reason.includes(REASONS[one].en));
    return code === undefined ? escapedText(reason) : status(code);
  };
  return (finding) => {
    const { key, values } = findingMessage(finding);
    if (!t.has(key as never)) return escapedText(finding.title);
    const shown = Object.entries(values).map(([name, value]) => [
      name,
      name === "reason" ? inWords(String(value)) : typeof value === "string" ? escapedText(value) : value,
    ]);
    return t(key as never, Object.fromEntries(shown) as never);
  };
}
