/**
 * Turns collected counters into differences. Pure.
 *
 * Invariant: between two samples there is either a gap or exactly their difference. A restart in between is a gap;
 * uptime and the server's clock, or else the time between the samples, reveal it even when a counter has exceeded its
 * old value.
 */

import { CLOCK_TOLERANCE_SECONDS } from "@/lib/metrics/server-process";

/** One node, a number for each bucket; NaN without a sample. */
interface ScrapedSeries {
  /** Width of a bucket. Samples of two buckets are up to one width further apart, or closer, than the buckets. */
  readonly stepSeconds: number;
  readonly uptime: Float64Array;
  readonly time: Float64Array;
  /** For each counter the series that add up to it. */
  readonly counters: readonly (readonly Float64Array[])[];
}

interface CounterDeltas {
  readonly elapsed: Float64Array;
  readonly counters: readonly Float64Array[];
}

/** Differences in the bucket of the later sample. The first `earlier` buckets only provide previous samples. */
export function counterDeltas(
  { stepSeconds, uptime, time, counters }: ScrapedSeries,
  earlier: number,
): CounterDeltas {
  const length = uptime.length - earlier;
  const empty = () => new Float64Array(length).fill(Number.NaN);
  const deltas = { elapsed: empty(), counters: counters.map(empty) };
  let before = -1;
  for (let at = 0; at < uptime.length; at++) {
    const seconds = uptime[at] as number;
    if (Number.isNaN(seconds)) continue;
    const elapsed = before < 0 ? Number.NaN : seconds - (uptime[before] as number);
    const bucket = at - earlier;
    const clock = (time[at] as number) - (time[before] as number);
    const least = (at - before - 1) * stepSeconds;
    if (bucket >= 0 && elapsed >= 0 && !restarted(elapsed, clock, least)) {
      // The uptime of a server whose clock is late grows too little.
      deltas.elapsed[bucket] = Math.max(elapsed, least);
      counters.forEach((parts, counter) => {
        const difference = differenceOf(parts, before, at);
        if (difference >= 0) (deltas.counters[counter] as Float64Array)[bucket] = difference;
      });
    }
    before = at;
  }
  return deltas;
}

/** `least`: seconds between the samples, at least. Without the server's clock, an uptime that grew less tells. */
function restarted(elapsed: number, clock: number, least: number): boolean {
  if (Number.isNaN(clock)) return least - elapsed > CLOCK_TOLERANCE_SECONDS;
  return Math.abs(clock - elapsed) > CLOCK_TOLERANCE_SECONDS;
}

/** NaN when a part fell or is missing in either sample. */
function differenceOf(parts: readonly Float64Array[], before: number, at: number): number {
  let sum = 0;
  for (const part of parts) {
    const difference = (part[at] as number) - (part[before] as number);
    sum += difference >= 0 ? difference : Number.NaN;
  }
  return sum;
}
