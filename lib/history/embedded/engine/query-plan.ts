/** The buckets of a query, and the rows they are filled from. */

import { HOUR_MS } from "@/lib/model/time";
import { ROLLUP_MS } from "./settings";

export interface Buckets {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly count: number;
}

export interface QueryPlan extends Buckets {
  /** Compacted hours are read from their raw values rather than their rollups. */
  readonly raw: boolean;
}

/**
 * Raw values where the step is finer than a rollup's bucket and they are still stored from the beginning of the
 * query; otherwise rollups, in steps of whole rollup buckets. The step is never finer than the batches.
 */
export function planQuery(
  query: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number },
  rawFromMs: number,
  intervalMs: number,
): QueryPlan {
  const fine = Math.max(1, Math.round(query.stepMs), intervalMs);
  if (fine < ROLLUP_MS && query.fromMs >= rawFromMs) return { ...align(query, fine), raw: true };
  return { ...align(query, Math.ceil(fine / ROLLUP_MS) * ROLLUP_MS), raw: false };
}

function align(query: { readonly fromMs: number; readonly toMs: number }, stepMs: number): Buckets {
  const fromMs = Math.floor(query.fromMs / stepMs) * stepMs;
  return { fromMs, stepMs, count: Math.max(0, Math.ceil((query.toMs - fromMs) / stepMs)) };
}

/** Bucket of each time; -1 outside. */
export function bucketIndexes(buckets: Buckets, times: readonly number[]): Int32Array {
  return Int32Array.from(times, (at) => {
    const bucket = Math.floor((at - buckets.fromMs) / buckets.stepMs);
    return bucket >= 0 && bucket < buckets.count ? bucket : -1;
  });
}

/** Starts of an hour's rollup buckets. */
export function rollupTimes(hour: number): number[] {
  return Array.from({ length: HOUR_MS / ROLLUP_MS }, (_, index) => hour * HOUR_MS + index * ROLLUP_MS);
}
