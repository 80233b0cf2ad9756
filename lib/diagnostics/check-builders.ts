/** Checks in the making: the verdict by its name, the rest as it stands. */
import type { Severity } from "@/lib/model/findings/finding";
import type { Check } from "./contract";
import { escaped } from "./transcript";

type CheckText = Pick<Check, "check" | "title" | "evidence"> & { readonly figures?: Check["figures"] };

export function passed(said: CheckText): Check {
  return { ...said, verdict: "pass", severity: "ok" };
}

export function failed(severity: Exclude<Severity, "ok">, said: CheckText): Check {
  return { ...said, verdict: "fail", severity };
}

/** The node has nothing that this could be about. */
export function notApplicable(said: CheckText): Check {
  return { ...said, verdict: "not-applicable", severity: "ok" };
}

/** Not told, so not judged. `reason` is among the figures, as it is where a node could not be asked at all. */
export function unknown(said: CheckText): Check {
  return { ...said, figures: { ...said.figures, reason: said.title }, verdict: "unknown", severity: "info" };
}

/** What a node said, fit to be shown: control characters escaped, at most 200 characters. */
export function printableValue(value: string | undefined): string | null {
  return value === undefined ? null : escaped(value).slice(0, 200);
}

/** A whole number of at most 20 digits, as memcached writes its counters and limits; null for anything else. */
export function wholeNumber(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,20}$/.test(value) ? Number(value) : null;
}
