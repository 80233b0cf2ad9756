/** Ratios and sums. A ratio is divided once, from sums. An average of ratios would weigh an idle node like a busy one. */

/** `part / whole`; null when either is unknown (null or NaN) or `whole` is not above 0. */
export function ratio(part: number | null, whole: number | null): number | null {
  if (part === null || whole === null || !(whole > 0)) return null;
  const value = part / whole;
  return Number.isFinite(value) ? value : null;
}

/** Share of gets that found an item; null without gets. */
export function hitRatio(hits: number, misses: number): number | null {
  return ratio(hits, hits + misses);
}

/** The sum of the known values; null when there are none. */
export function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

/** A ratio with the four decimals of the HTTP interface. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000;
}

/** The middle value; the mean of the two middle ones when their number is even. Null without values. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[(sorted.length >> 1) - 1] ?? upper)) / 2;
}

/** The hit ratio of several nodes, from rounded values: a node's hits are its ratio times its gets. */
export function weightedHitRatio(
  nodes: Iterable<{ readonly hitRatio: number | null; readonly getsPerSecond: number | null }>,
): number | null {
  let hits = 0;
  let gets = 0;
  for (const { hitRatio, getsPerSecond } of nodes) {
    if (hitRatio === null || getsPerSecond === null) continue;
    hits += hitRatio * getsPerSecond;
    gets += getsPerSecond;
  }
  return ratio(hits, gets);
}
