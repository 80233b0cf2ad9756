/**
 * How a run of numbers becomes bytes.
 *
 * A column is `total` values cut into sequences of `sequence` values (the last may be shorter): one sequence
 * per node when it holds a span of time. NaN, "not reported", is kept apart from every number by run lengths,
 * so it costs nothing where everything is there. What is there is packed in blocks: smallest value, then the
 * distance from it in as few bits as the block needs; or, where that is shorter, distances between neighbours.
 * A column that never changes is one number. Values with a `scale` are kept as integers of 1/scale; values
 * that are no integers are kept as doubles, so nothing is ever rounded that was not declared to be.
 */

/** First byte of a column. */
export const HAS_GAPS = 1;
export const CONSTANT = 2;
export const DOUBLES = 4;

/** Values of a block, and the first byte of one: how wide a value is, and two flags. */
export const BLOCK = 60;
export const WIDTH_MASK = 63;
export const NEIGHBOURS = 64;
export const REST_IS_EQUAL = 128;

/** Value as it will be read back: rounded to 1/scale, or untouched without a scale; NaN when not finite. */
export function asStored(value: number, scale: number | null): number {
  if (!Number.isFinite(value)) return Number.NaN;
  return scale === null ? value : Math.round(value * scale) / scale;
}
