import { phrase } from "@/lib/model/findings/phrases";
import { failed, passed, unknown } from "../../check-builders";
import type { Check } from "../../contract";

/** Seconds of difference, beyond the uncertainty, from which expiry times are affected. */
const SKEW_SECONDS = 5;

/** The last second of a date (ECMA-262, "Time Values and Time Range"). */
const MAX_SECONDS = 8_640_000_000_000;

const EFFECTS = {
  ahead: "ahead of Memfleet's: items with an absolute expiry expire that much earlier",
  behind: "behind Memfleet's: items with an absolute expiry expire that much later",
} as const;

export interface ClockReading {
  /** `time` of `stats`, whole Unix seconds; NaN when not reported. */
  readonly timeSeconds: number;
  /** Memfleet's clock when the response arrived, Unix milliseconds. */
  readonly receivedMs: number;
  readonly latencyMs: number;
}

/**
 * The node's clock against Memfleet's. The response was made between sending and receiving; memcached counts whole
 * seconds and updates its clock once a second, so its time is up to two seconds old: a smaller difference is none.
 */
export function judgeClock({ timeSeconds, receivedMs, latencyMs }: ClockReading): Check {
  const check = "clock-skew";
  if (!(Math.abs(timeSeconds) <= MAX_SECONDS)) {
    return unknown(phrase("noTime"), { check, evidence: { time: null } });
  }
  const nodeMs = timeSeconds * 1000 + 1_000;
  const memfleetMs = receivedMs - latencyMs / 2;
  const uncertaintySeconds = (1_000 + latencyMs / 2) / 1000;
  const skewSeconds = (nodeMs - memfleetMs) / 1000;
  const rounded = Math.round(skewSeconds * 10) / 10;
  const direction = rounded > 0 ? "ahead" : "behind";
  const seconds = Math.abs(rounded);
  const base = {
    check,
    figures: { seconds, direction },
    evidence: {
      skewSeconds: rounded,
      uncertaintySeconds: Math.round(uncertaintySeconds * 1000) / 1000,
      nodeTime: new Date(timeSeconds * 1000).toISOString(),
      ownTime: new Date(memfleetMs).toISOString(),
      latencyMs: Math.round(latencyMs * 1000) / 1000,
    },
  };
  if (Math.abs(skewSeconds) - uncertaintySeconds <= SKEW_SECONDS) {
    return passed({ ...base, title: "Clock matches Memfleet's" });
  }
  return failed("warning", { ...base, title: `Clock is ${seconds} s ${EFFECTS[direction]}` });
}
