/** Five-minute buckets of one group's hour: sums of a counter's differences; last and largest of a gauge. */

import { HOUR_MS } from "@/lib/model/time";
import { ByteReader, ByteWriter } from "./codec/bytes";
import { asStored } from "./codec/column";
import { decodeColumn } from "./codec/column-decode";
import { encodeColumn } from "./codec/column-encode";
import { BUCKETS_PER_HOUR, ROLLUP_MS } from "./settings";

/** Bucket of each time within its hour. */
export function bucketsOf(hour: number, times: readonly number[]): Int32Array {
  return Int32Array.from(times, (at) => Math.floor((at - hour * HOUR_MS) / ROLLUP_MS));
}

/**
 * Rolls up `nodes` runs of `buckets.length` values. Null without values. The bytes hold the length of
 * the first column, the sums or last values, and for a gauge a second one: how far the largest lies above.
 */
export function encodeRollup(
  values: Float64Array,
  nodes: number,
  buckets: Int32Array,
  kind: "counter" | "gauge",
  scale: number | null,
): Uint8Array | null {
  const total = nodes * BUCKETS_PER_HOUR;
  const first = new Float64Array(total).fill(Number.NaN);
  const above = new Float64Array(total).fill(Number.NaN);
  for (let node = 0; node < nodes; node++) {
    const into = node * BUCKETS_PER_HOUR;
    const from = node * buckets.length;
    if (kind === "counter") addUp(values, from, buckets, first, into);
    else lastAndLargest(values, from, buckets, first, above, into);
  }
  const column = new ByteWriter(256);
  if (!encodeColumn(column, first, total, BUCKETS_PER_HOUR, scale)) return null;
  const out = new ByteWriter(column.length + 8);
  out.uint(column.length);
  out.put(column.copy());
  if (kind === "gauge") {
    for (let index = 0; index < total; index++)
      above[index] = (above[index] as number) - (first[index] as number);
    column.clear();
    encodeColumn(column, above, total, BUCKETS_PER_HOUR, scale);
    out.put(column.copy());
  }
  return out.copy();
}

function addUp(
  values: Float64Array,
  from: number,
  buckets: Int32Array,
  sums: Float64Array,
  into: number,
): void {
  for (let index = 0; index < buckets.length; index++) {
    const value = values[from + index] as number;
    if (Number.isNaN(value)) continue;
    const at = into + (buckets[index] as number);
    const sum = sums[at] as number;
    sums[at] = Number.isNaN(sum) ? value : sum + value;
  }
}

function lastAndLargest(
  values: Float64Array,
  from: number,
  buckets: Int32Array,
  last: Float64Array,
  largest: Float64Array,
  into: number,
): void {
  for (let index = 0; index < buckets.length; index++) {
    const value = values[from + index] as number;
    if (Number.isNaN(value)) continue;
    const at = into + (buckets[index] as number);
    last[at] = value;
    if (!((largest[at] as number) >= value)) largest[at] = value;
  }
}

let scratch = new Float64Array(0);

/** Reads the sums or last values, or with `largest` a gauge's largest values, into `out`. */
export function decodeRollup(
  bytes: Uint8Array,
  out: Float64Array,
  nodes: number,
  scale: number | null,
  largest: boolean,
): void {
  const total = nodes * BUCKETS_PER_HOUR;
  const reader = new ByteReader(bytes);
  decodeColumn(reader.take(reader.uint()), out, total, BUCKETS_PER_HOUR, scale);
  if (!largest || reader.done) return;
  if (scratch.length < total) scratch = new Float64Array(total);
  decodeColumn(bytes.subarray(reader.at), scratch, total, BUCKETS_PER_HOUR, scale);
  for (let index = 0; index < total; index++) {
    out[index] = asStored((out[index] as number) + (scratch[index] as number), scale);
  }
}
