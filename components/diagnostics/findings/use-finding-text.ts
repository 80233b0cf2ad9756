"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import type { Finding } from "@/lib/model/findings/finding.schema";
import { checkFamily, findingMessage } from "./finding-message";
import { usePhraseText } from "./use-phrase-text";

type FindingText = Pick<Finding, "check" | "verdict" | "title" | "figures">;

/**
 * The sentence of a finding in the user's language, with its values; without a sentence for its check and
 * verdict, the English title from the server.
 */
export function useFindingText(): (finding: FindingText) => string {
  const t = useTranslations("diagnostics");
  const { reasonOf } = usePhraseText();
  const translated = (key: string, text: string) =>
    t.has(key as never) ? t(key as never) : escapedText(text);
  const shown = (check: string, name: string, value: string | number) => {
    if (name === "reason" || name === "answer") return reasonOf(String(value));
    if (typeof value === "number") return value;
    if (name === "what") return translated(`advisory.${check.slice(check.indexOf(":") + 1)}`, value);
    if (name === "code" && checkFamily(check) === "tls-certificate") {
      return translated(`evidence.value.untrusted.${value}`, value);
    }
    return escapedText(value);
  };
  return (finding) => {
    const message = findingMessage(finding);
    const key = `sentences.${message.key}`;
    if (!t.has(key as never)) return escapedText(finding.title);
    const values = Object.entries(message.values).map(([name, value]) => [
      name,
      shown(finding.check, name, value),
    ]);
    return t(key as never, Object.fromEntries(values) as never);
  };
}
