/**
 * Turns collected counters into differences. Pure.
 *
 * Invariant: between two samples there is either a gap or exactly their difference. A restart in between is a gap;
 * uptime and the server's clock reveal it even when a counter has exceeded its old value.
 */

/** Tolerated difference of two clocks that are read one after the other. */
const TOLERANCE_SECONDS = 2;

/** One node, a number for each bucket; NaN without a sample. */
interface ScrapedSeries {
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
export function counterDeltas({ uptime, time, counters }: ScrapedSeries, earlier: number): CounterDeltas {
  const length = uptime.length - earlier;
  const empty = () => new Float64Array(length).fill(Number.NaN);
  const deltas = { elapsed: empty(), counters: counters.map(empty) };
  let before = -1;
  for (let at = 0; at < uptime.length; at++) {
    const seconds = uptime[at] as number;
    if (Number.isNaN(seconds)) continue;
    const elapsed = before < 0 ? Number.NaN : seconds - (uptime[before] as number);
    const bucket = at - earlier;
    if (bucket >= 0 && elapsed >= 0 && !restarted(elapsed, (time[at] as number) - (time[before] as number))) {
      deltas.elapsed[bucket] = elapsed;
      counters.forEach((parts, counter) => {
        const difference = differenceOf(parts, before, at);
        if (difference >= 0) (deltas.counters[counter] as Float64Array)[bucket] = difference;
      });
    }
    before = at;
  }
  return deltas;
}

function restarted(elapsed: number, clock: number): boolean {
  return Math.abs(clock - elapsed) > TOLERANCE_SECONDS;
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
