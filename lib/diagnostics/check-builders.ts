/** Builders of checks by verdict, and values made safe to show. */

import type { Severity } from "@/lib/model/findings/finding";
import { phrase } from "@/lib/model/findings/phrases";
import type { Check } from "./contract";
import { escaped } from "./transcript";

interface CheckBase extends Pick<Check, "check" | "evidence"> {
  readonly figures?: Check["figures"];
}
type CheckText = CheckBase & Pick<Check, "title">;

export function passed(text: CheckText): Check {
  return { ...text, verdict: "pass", severity: "ok" };
}

export function failed(severity: Exclude<Severity, "ok">, text: CheckText): Check {
  return { ...text, verdict: "fail", severity };
}

/** As exposure decides: what is bad in the open may be fine on loopback. */
export function failedAt(severity: Severity, text: CheckText): Check {
  return { ...text, verdict: "fail", severity };
}

/** The check doesn't apply to this node. */
export function notApplicable(text: CheckText): Check {
  return { ...text, verdict: "not-applicable", severity: "ok" };
}

/** Not evaluated. `reason` is an English phrase; it is among the figures, as when a node can't be queried at all. */
export function unknown(reason: string, { figures, ...base }: CheckBase): Check {
  return {
    ...base,
    title: `Not evaluated: ${reason}`,
    figures: { ...figures, reason },
    verdict: "unknown",
    severity: "info",
  };
}

/** Not evaluated because the value is missing, or in no known form. */
export function notReported(check: string, name: string, value: string | undefined): Check {
  const reason = value === undefined ? phrase("notReported", { name }) : phrase("unknownForm", { name });
  return unknown(reason, { check, figures: { name }, evidence: { [name]: printableValue(value) } });
}

/** A node's text, safe to show: control characters escaped, at most 200 characters. */
export function printableValue(value: string | undefined): string | null {
  return value === undefined ? null : escaped(value).slice(0, 200);
}

/** An integer of at most 20 digits, as memcached writes its counters and limits; null for anything else. */
export function wholeNumber(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,20}$/.test(value) ? Number(value) : null;
}

/** `1 item`, `3 items`. */
export function counted(count: number, singular: string): string {
  return `${count} ${singular}${count === 1 ? "" : "s"}`;
}

/** `once`, `3 times`. */
export function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
