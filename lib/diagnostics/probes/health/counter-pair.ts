import type { TrackedCounter } from "@/lib/metrics/recent";
import { wholeNumber } from "../../check-builders";
import type { RecentDeltas } from "../../contract";

/** A counter over two periods. */
export interface CounterPair {
  /** In the last hour, or the observed part of it; null when nothing was observed, or when not reported. */
  readonly lastHour: number | null;
  /** Since the process started, or since `stats reset`; null when not reported. */
  readonly total: number | null;
}

export function counterPair(
  general: ReadonlyMap<string, string>,
  { hour }: RecentDeltas,
  name: TrackedCounter,
): CounterPair {
  const lastHour = hour.elapsedSeconds > 0 ? hour.sum(name) : Number.NaN;
  return {
    lastHour: Number.isFinite(lastHour) ? lastHour : null,
    total: wholeNumber(general.get(name)),
  };
}
