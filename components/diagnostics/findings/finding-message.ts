/** The message that describes a finding, and its values. Pure. */
import type { Finding } from "@/lib/model/findings/finding.schema";

/** Stands for an unknown value in the `select` of a message; never shown. */
export const NONE = "none";

/** The family of a check: `advisory:CVE-…` is an `advisory`. */
export function checkFamily(check: string): string {
  return check.split(":", 1)[0] ?? check;
}

/** The branches of a `select` have no hyphens. */
function messageValue(name: string, value: Finding["figures"][string]): string | number {
  if (value === null || value === "") return NONE;
  if (name !== "agreement") return value;
  return String(value).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The key below `diagnostics.sentences`, and the values by name. */
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
    Object.entries(figures).map(([name, value]) => [name, messageValue(name, value)]),
  );
  if (verdict !== "unknown") return { key: `${checkFamily(check)}.${verdict}`, values };
  // For a node that couldn't be queried, every check has nothing but the reason.
  if (checkFamily(check) === "advisory" && typeof figures.fixedIn === "string") {
    return { key: "advisory.unknown", values };
  }
  if (typeof figures.name === "string") return { key: "untold", values };
  return { key: "unknown", values: { reason: figures.reason ?? title } };
}
