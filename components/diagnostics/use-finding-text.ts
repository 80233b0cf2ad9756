"use client";
import { useTranslations } from "use-intl";
import type { Finding } from "@/lib/model/finding";
import { visibleText } from "../node/visible-text";

type Said = Pick<Finding, "check" | "verdict" | "title" | "figures">;

/** The family of a check: `advisory:CVE-…` is an `advisory`. */
export function checkFamily(check: string): string {
  return check.split(":", 1)[0] ?? check;
}

/**
 * The sentence of a finding in the reader's language, filled with its figures; where there is none for its check
 * and verdict, the English one that the server wrote.
 */
export function useFindingText(): (finding: Said) => string {
  const t = useTranslations("diagnostics.sentences");
  return ({ check, verdict, title, figures }) => {
    const key = `${checkFamily(check)}.${verdict}` as Parameters<typeof t.has>[0];
    if (!t.has(key)) return visibleText(title);
    const values = Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [
        name,
        value === null ? "–" : typeof value === "string" ? visibleText(value) : value,
      ]),
    );
    return t(key as never, values as never);
  };
}
