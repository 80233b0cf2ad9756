/** The hour that the tiles compare with. Pure. */
import { ratio } from "@/lib/metrics/ratio";
import type { Series } from "@/lib/model/series.schema";

export interface HourComparison {
  /** Hits divided by gets over the hour, from sums; null without gets. */
  readonly hitRatio: number | null;
  /** Mean gets per second over the observed part of the hour. */
  readonly getsPerSecond: number | null;
  readonly hitRatioSparkline: readonly (number | null)[];
  readonly getsSparkline: readonly (number | null)[];
  readonly evictionsSparkline: readonly (number | null)[];
}

/** The metrics of the previous hour that the tiles need, in one request. */
export const HOUR_METRICS = ["hit_ratio", "hits", "gets", "evictions"] as const;

function rowOf(series: Series, metric: (typeof HOUR_METRICS)[number]): readonly (number | null)[] {
  return series.series.find((row) => row.metric === metric)?.values ?? [];
}

/**
 * Buckets are equally long, so sums of rates have the same ratio as sums of counts; a bucket counts only
 * where both hits and gets were observed.
 */
export function hourComparison(series: Series): HourComparison {
  const hits = rowOf(series, "hits");
  const gets = rowOf(series, "gets");
  let hitSum = 0;
  let getSum = 0;
  let observed = 0;
  gets.forEach((value, index) => {
    const hit = hits[index] ?? null;
    if (value === null || hit === null) return;
    hitSum += hit;
    getSum += value;
    observed += 1;
  });
  return {
    hitRatio: ratio(hitSum, getSum),
    getsPerSecond: ratio(getSum, observed),
    hitRatioSparkline: rowOf(series, "hit_ratio"),
    getsSparkline: gets,
    evictionsSparkline: rowOf(series, "evictions"),
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
