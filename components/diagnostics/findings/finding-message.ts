/** Which sentence says a finding, and what fills it. Pure. */
import type { Finding } from "@/lib/model/findings/finding.schema";

/** What is not known, as a sentence chooses by it; no sentence shows it. */
export const NONE = "none";

/** The family of a check: `advisory:CVE-…` is an `advisory`. */
export function checkFamily(check: string): string {
  return check.split(":", 1)[0] ?? check;
}

/** Names that a message chooses by hold no hyphens. */
function fitted(name: string, value: Finding["figures"][string]): string | number {
  if (value === null || value === "") return NONE;
  if (name !== "agreement") return value;
  return String(value).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The key below `diagnostics.sentences`, and the figures by name. */
export function findingMessage({
  check,
  verdict,
  title,
  figures,
}: Pick<Finding, "check" | "verdict" | "title" | "figures">): {
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
} {
  const values = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, fitted(name, value)]),
  );
  if (verdict !== "unknown") return { key: `${checkFamily(check)}.${verdict}`, values };
  // A node that could not be asked brings nothing but the reason, whatever the check.
  if (checkFamily(check) === "advisory" && typeof figures.fixedIn === "string") {
    return { key: "advisory.unknown", values };
  }
  if (typeof figures.name === "string") return { key: "untold", values };
  return { key: "unknown", values: { reason: figures.reason ?? title } };
}
