"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { parsePhrase } from "@/lib/model/findings/phrases";
import { REASON_CODES, REASONS } from "@/lib/model/node/reasons";

/** English reasons and phrases that the server wrote, in the user's language; other text is unchanged. */
export function usePhraseText(): {
  /** A reason on its own, without the node that a sentence names anyway. */
  readonly reasonOf: (text: string) => string;
  /** A value of the evidence: a reason keeps what surrounds it, such as the address. */
  readonly detailOf: (text: string) => string;
} {
  const t = useTranslations("diagnostics.phrase");
  const status = useTranslations("status.reason");
  const phraseOf = (text: string): string | null => {
    const parsed = parsePhrase(text);
    if (parsed === null) return null;
    const values = Object.entries(parsed.values).map(([name, value]) => [name, escapedText(value)]);
    return t(parsed.name as never, Object.fromEntries(values) as never);
  };
  const reasonIn = (text: string) => REASON_CODES.find((code) => text.includes(REASONS[code].en));
  const reasonOf = (text: string) => {
    const code = reasonIn(text);
    return phraseOf(text) ?? (code === undefined ? escapedText(text) : status(code));
  };
  const detailOf = (text: string) => {
    const code = reasonIn(text);
    if (code !== undefined) return text.split(REASONS[code].en).map(escapedText).join(status(code));
    return (
      phraseOf(text) ??
      text
        .split(", ")
        .map((part) => phraseOf(part) ?? escapedText(part))
        .join(", ")
    );
  };
  return { reasonOf, detailOf };
}
