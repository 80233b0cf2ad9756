/** Adding values to a query's buckets. */

/** How the values of a bucket are combined: differences are summed, gauges are the newest or the largest. */
export type Accumulator = "sum" | "last" | "largest";

/** Adds `values[from..]`, one for each entry of `bucketOf` (-1: outside), to the buckets from `into[start]` on. */
export function accumulate(
  how: Accumulator,
  values: Float64Array,
  from: number,
  bucketOf: Int32Array,
  into: Float64Array,
  start: number,
): void {
  const length = bucketOf.length;
  for (let index = 0; index < length; index++) {
    const value = values[from + index] as number;
    const bucket = bucketOf[index] as number;
    if (bucket < 0 || Number.isNaN(value)) continue;
    accumulateOne(how, value, into, start + bucket);
  }
}

/** Adds one value, not NaN. */
export function accumulateOne(how: Accumulator, value: number, into: Float64Array, at: number): void {
  const present = into[at] as number;
  if (Number.isNaN(present) || how === "last") into[at] = value;
  else if (how === "sum") into[at] = present + value;
  else if (value > present) into[at] = value;
}
