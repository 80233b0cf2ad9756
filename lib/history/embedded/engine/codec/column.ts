/**
 * Encoding of a column of numbers.
 *
 * A column is `total` values cut into sequences of `sequence` values (the last may be shorter): one sequence
 * per node when it covers a period. NaN, "not reported", is encoded separately as run lengths, so it costs
 * nothing where every value is present. Present values are packed in blocks: the smallest value, then the
 * offsets from it in as few bits as the block needs; or, where that is shorter, differences between neighbours.
 * A column that never changes is one number. Values with a `scale` are stored as integers of 1/scale; other
 * values that are not integers are stored as doubles, so that only values with a declared scale are rounded.
 */

/** First byte of a column. */
export const HAS_GAPS = 1;
export const CONSTANT = 2;
export const DOUBLES = 4;

/** Values per block, and the first byte of a block: the bits per value, and two flags. */
export const BLOCK = 60;
export const WIDTH_MASK = 63;
export const NEIGHBOURS = 64;
export const REST_IS_EQUAL = 128;

/** Value as it will be read back: rounded to 1/scale, or untouched without a scale; NaN when not finite. */
export function asStored(value: number, scale: number | null): number {
  if (!Number.isFinite(value)) return Number.NaN;
  return scale === null ? value : Math.round(value * scale) / scale;
}
