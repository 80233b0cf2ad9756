/** Spread and outliers of values. Pure. */
import { median as medianOf, ratio } from "../ratio";

/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const NORMAL = 1.4826;
/** Standard deviations from which on a value is an outlier. */
const FAR = 3;
/** Fewer values have no outlier. */
const MIN_VALUES = 3;

/**
 * Indexes of the outliers: values more than three robust standard deviations (1.4826 times the median absolute
 * deviation) and more than `least` from the median, so that nearly equal nodes have none. Nulls are ignored.
 */
export function outliersOf(values: readonly (number | null)[], least: number): number[] {
  const known = values.filter((value) => value !== null);
  const median = medianOf(known);
  if (median === null || known.length < MIN_VALUES) return [];
  const deviation = medianOf(known.map((value) => Math.abs(value - median))) ?? 0;
  const far = Math.max(least, FAR * NORMAL * deviation);
  return values.flatMap((value, index) => (value !== null && Math.abs(value - median) > far ? [index] : []));
}

export interface NamedValue {
  readonly node: string;
  readonly value: number;
}

interface Spread {
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

/** The spread of values, with the `count` nodes at either end. Among equal values the first node comes first. */
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
    factor: ratio(max, median),
    busiest: falling.slice(0, count),
    idlest: rising.slice(0, count),
    middle: rising[(rising.length - 1) >> 1]?.node ?? null,
  };
}
