import { failed, passed, unknown } from "../../check-builders";
import type { Check } from "../../contract";

/** Seconds that a clock may differ by, beyond what cannot be told apart, before expiry times suffer. */
const SKEW_SECONDS = 5;

/** The last second that a date can hold (ECMA-262, "Time Values and Time Range"). */
const LATEST_SECONDS = 8_640_000_000_000;

const WORDS = {
  ahead: "ahead of Memfleet's: items with an absolute expiry live that much shorter",
  behind: "behind Memfleet's: items with an absolute expiry live that much longer",
} as const;

export interface ClockReading {
  /** `time` of `stats`, whole Unix seconds; NaN when not reported. */
  readonly timeSeconds: number;
  /** Our clock when the answer was there, Unix milliseconds. */
  readonly receivedMs: number;
  readonly latencyMs: number;
}

/**
 * The node's clock against ours. The answer was made between sending and receiving; memcached counts whole seconds
 * and moves its clock once a second, so what it says is up to two seconds old: less than that is no difference.
 */
export function judgeClock({ timeSeconds, receivedMs, latencyMs }: ClockReading): Check {
  const check = "clock-skew";
  if (!(Math.abs(timeSeconds) <= LATEST_SECONDS)) {
    return unknown({
      check,
      title: "The node does not tell its time",
      figures: {},
      evidence: { time: null },
    });
  }
  const nodeMs = timeSeconds * 1000 + 1_000;
  const ownMs = receivedMs - latencyMs / 2;
  const uncertaintySeconds = (1_000 + latencyMs / 2) / 1000;
  const skewSeconds = (nodeMs - ownMs) / 1000;
  const rounded = Math.round(skewSeconds * 10) / 10;
  const direction = rounded > 0 ? "ahead" : "behind";
  const figures = { seconds: Math.abs(rounded), direction };
  const evidence = {
    skewSeconds: rounded,
    uncertaintySeconds: Math.round(uncertaintySeconds * 1000) / 1000,
    nodeTime: new Date(timeSeconds * 1000).toISOString(),
    ownTime: new Date(ownMs).toISOString(),
    latencyMs: Math.round(latencyMs * 1000) / 1000,
  };
  const said = { check, figures, evidence };
  if (Math.abs(skewSeconds) - uncertaintySeconds <= SKEW_SECONDS) {
    return passed({ ...said, title: "Its clock and ours agree" });
  }
  return failed("warning", {
    ...said,
    title: `Its clock is ${Math.abs(rounded)} s ${WORDS[direction]}`,
  });
}
