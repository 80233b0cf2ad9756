/** Round-trip times as a distribution. Pure. */
import type { Ping } from "@/lib/model/node/keys.schema";

export interface PingColumn {
  /** From this many milliseconds, up to the next column's. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

/** The largest of 1, 2 or 5 times a power of ten that is not larger than `value`. */
function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [5, 2, 1].find((candidate) => candidate * power <= value) ?? 1;
  return step * power;
}

/** At most about `most` columns of equal width over all answered pings; none when none was answered. */
export function pingColumns(pings: readonly Ping[], most = 16): PingColumn[] {
  const times = pings.flatMap(({ roundTripMs }) => (roundTripMs === null ? [] : [roundTripMs]));
  if (times.length === 0) return [];
  const low = Math.min(...times);
  const high = Math.max(...times);
  const width = high === low ? Math.max(roundDown(low || 0.01), 0.001) : roundDown(((high - low) / most) * 2);
  const first = Math.floor(low / width);
  const last = Math.floor(high / width);
  const counts = new Array<number>(last - first + 1).fill(0);
  for (const time of times) {
    const at = Math.floor(time / width) - first;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count, index) => ({
    fromMs: (first + index) * width,
    toMs: (first + index + 1) * width,
    count,
  }));
}
