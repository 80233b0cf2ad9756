/** Adding values to a query's buckets. */

/** How values in one bucket become one: differences add up, levels are the newest or the largest. */
export type Accumulator = "sum" | "last" | "largest";

/** Adds `values[from..]`, one for each entry of `places` (-1: outside), to the buckets from `into[start]` on. */
export function accumulate(
  how: Accumulator,
  values: Float64Array,
  from: number,
  places: Int32Array,
  into: Float64Array,
  start: number,
): void {
  const length = places.length;
  for (let index = 0; index < length; index++) {
    const value = values[from + index] as number;
    const place = places[index] as number;
    if (place < 0 || Number.isNaN(value)) continue;
    accumulateOne(how, value, into, start + place);
  }
}

/** Adds one value, not NaN. */
export function accumulateOne(how: Accumulator, value: number, into: Float64Array, at: number): void {
  const present = into[at] as number;
  if (Number.isNaN(present) || how === "last") into[at] = value;
  else if (how === "sum") into[at] = present + value;
  else if (value > present) into[at] = value;
}
