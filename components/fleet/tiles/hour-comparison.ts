/**
 * The hour that the tiles compare with: the one before the last hour. A mean over the last hour would contain the very
 * incident that is to be seen. Pure.
 */
import { ratio } from "@/lib/metrics/ratio";
import type { Series } from "@/lib/model/series.schema";
import { HOUR_MS, MINUTE_MS } from "@/lib/model/time";

export interface HourComparison {
  /** Hits divided by gets over the previous hour, from sums; null without gets, or with too little of it observed. */
  readonly hitRatio: number | null;
  /** Mean gets per second over the observed part of the previous hour; null with too little of it observed. */
  readonly getsPerSecond: number | null;
  /** Of the last hour. */
  readonly hitRatioSparkline: readonly (number | null)[];
  readonly getsSparkline: readonly (number | null)[];
  readonly evictionsSparkline: readonly (number | null)[];
}

/** Less of the previous hour is no comparison. */
const LEAST_OBSERVED_MS = 30 * MINUTE_MS;

/** The metrics of the last two hours that the tiles need, in one request. */
export const HOUR_METRICS = ["hit_ratio", "hits", "gets", "evictions"] as const;

function rowOf(series: Series, metric: (typeof HOUR_METRICS)[number]): readonly (number | null)[] {
  return series.series.find((row) => row.metric === metric)?.values ?? [];
}

/**
 * Of a series over the last two hours. Buckets are equally long, so sums of rates have the same ratio as sums of counts; a bucket counts only
 * where both hits and gets were observed.
 */
export function hourComparison(series: Series): HourComparison {
  const hits = rowOf(series, "hits");
  const gets = rowOf(series, "gets");
  const lastHour = Math.max(
    0,
    series.atMs.findIndex((atMs) => atMs >= series.toMs - HOUR_MS),
  );
  let hitSum = 0;
  let getSum = 0;
  let observed = 0;
  gets.slice(0, lastHour).forEach((value, index) => {
    const hit = hits[index] ?? null;
    if (value === null || hit === null) return;
    hitSum += hit;
    getSum += value;
    observed += 1;
  });
  const enough = observed * series.stepMs >= LEAST_OBSERVED_MS;
  return {
    hitRatio: enough ? ratio(hitSum, getSum) : null,
    getsPerSecond: enough ? ratio(getSum, observed) : null,
    hitRatioSparkline: rowOf(series, "hit_ratio").slice(lastHour),
    getsSparkline: gets.slice(lastHour),
    evictionsSparkline: rowOf(series, "evictions").slice(lastHour),
  };
}

/** The node with at least half of all evictions, when evictions are notable; else null. */
export function topEvictor(
  nodes: readonly { readonly id: string; readonly evictionsPerSecond: number | null }[],
  total: number | null,
): { readonly id: string; readonly perSecond: number } | null {
  if (total === null || total < 0.5 || nodes.length < 2) return null;
  for (const { id, evictionsPerSecond } of nodes) {
    if (evictionsPerSecond !== null && evictionsPerSecond >= total / 2)
      return { id, perSecond: evictionsPerSecond };
  }
  return null;
}
