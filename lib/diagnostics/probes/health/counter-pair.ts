import type { TrackedCounter } from "@/lib/metrics/recent";
import { wholeNumber } from "../../check-builders";
import type { RecentDeltas } from "../../contract";

/** One counter, twice. */
export interface CounterPair {
  /** Within the last hour, or as much of it as was observed; null when nothing was, or when it is not reported. */
  readonly lastHour: number | null;
  /** Since the start of the process, or since `stats reset`; null when it is not reported. */
  readonly total: number | null;
}

export function counterPair(
  general: ReadonlyMap<string, string>,
  { hour }: RecentDeltas,
  name: TrackedCounter,
): CounterPair {
  const lately = hour.elapsedSeconds > 0 ? hour.sum(name) : Number.NaN;
  return {
    lastHour: Number.isFinite(lately) ? lately : null,
    total: wholeNumber(general.get(name)),
  };
}
