/** How far values of the same kind lie apart. Pure. */

/** The middle value; the mean of the two middle ones when their number is even. Null without values. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[(sorted.length >> 1) - 1] ?? upper)) / 2;
}

/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const NORMAL = 1.4826;
/** Standard deviations beyond which a value is no neighbour of the others any more. */
const FAR = 3;
/** Below three values nobody is the odd one out. */
const LEAST_VALUES = 3;

/**
 * Positions of the values that lie far from the others: more than three robust standard deviations (1.4826 times the
 * median absolute deviation) from the median, and more than `least` besides, so that nodes which are all but equal
 * have no outlier. What is null is neither.
 */
export function outliersOf(values: readonly (number | null)[], least: number): number[] {
  const known = values.filter((value) => value !== null);
  const median = medianOf(known);
  if (median === null || known.length < LEAST_VALUES) return [];
  const deviation = medianOf(known.map((value) => Math.abs(value - median))) ?? 0;
  const far = Math.max(least, FAR * NORMAL * deviation);
  return values.flatMap((value, place) => (value !== null && Math.abs(value - median) > far ? [place] : []));
}

export interface NamedValue {
  readonly node: string;
  readonly value: number;
}

export interface Spread {
  readonly nodes: number;
  readonly median: number | null;
  readonly max: number | null;
  readonly min: number | null;
  /** Greatest divided by median; null without values or when the median is 0. */
  readonly factor: number | null;
  /** Greatest first. */
  readonly busiest: readonly NamedValue[];
  /** Least first. */
  readonly idlest: readonly NamedValue[];
  /** The node at the median, or just below it. */
  readonly middle: string | null;
}

/** How the values of nodes lie apart, with the `count` at either end. Of equal values the first node comes first. */
export function spreadOf(values: readonly NamedValue[], count = 3): Spread {
  const falling = [...values].sort((a, b) => b.value - a.value);
  const rising = [...values].sort((a, b) => a.value - b.value);
  const median = medianOf(values.map(({ value }) => value));
  const max = falling[0]?.value ?? null;
  return {
    nodes: values.length,
    median,
    max,
    min: rising[0]?.value ?? null,
    factor: max === null || median === null || median <= 0 ? null : max / median,
    busiest: falling.slice(0, count),
    idlest: rising.slice(0, count),
    middle: rising[(rising.length - 1) >> 1]?.node ?? null,
  };
}
