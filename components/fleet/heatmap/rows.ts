/** Rows of the heat map: their order, pages and values. Pure. */
import { SERIES_LIMITS } from "@/lib/model/series";
import type { Series, SeriesUnit } from "@/lib/model/series.schema";

/** Rows per request: a reply has at most this many rows of `POINTS` values. */
export const PAGE_ROWS = 100;
export const POINTS = SERIES_LIMITS.usualPoints;

/** Whether low values are bad: a low hit ratio is, low memory use is not. */
export function lowFirst(metric: string): boolean {
  return metric === "hit_ratio";
}

/**
 * The mean of each node over the time range, from a reply of few buckets; null where nothing was observed.
 */
export function meansOf(series: Series): Map<string, number | null> {
  return new Map(
    series.series.map(({ node, values }) => {
      const observed = values.filter((value) => value !== null);
      const mean =
        observed.length === 0 ? null : observed.reduce((sum, value) => sum + value, 0) / observed.length;
      return [node ?? "", mean];
    }),
  );
}

/** Ids by value, bad values first, unknown last; equals keep their order. */
export function byValue(
  ids: readonly string[],
  values: ReadonlyMap<string, number | null>,
  smallFirst: boolean,
): string[] {
  const sign = smallFirst ? 1 : -1;
  return [...ids].sort((a, b) => {
    const [x, y] = [values.get(a) ?? null, values.get(b) ?? null];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * (x - y);
  });
}

/** The pages that rows `first` up to `end` lie on; at least one, at most two. */
export function visiblePages(first: number, end: number): readonly number[] {
  const from = Math.floor(Math.max(0, first) / PAGE_ROWS);
  const to = Math.floor(Math.max(0, end - 1) / PAGE_ROWS);
  return to > from ? [from, from + 1] : [from];
}

export function rowsOfPage(ids: readonly string[], page: number): readonly string[] {
  return ids.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS);
}

/** The value of a full bar: 1 for a ratio, else the greatest loaded value. */
export function fullValue(rows: Iterable<readonly (number | null)[]>, unit: SeriesUnit): number {
  let max = unit === "ratio" ? 1 : 0;
  for (const values of rows) for (const value of values) if (value !== null && value > max) max = value;
  return max;
}

export interface RowValues {
  readonly latest: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Buckets in which nothing was observed. */
  readonly gaps: number;
}

/** The table values of a row; null where nothing was observed. */
export function rowValues(values: readonly (number | null)[]): RowValues {
  const observed = values.filter((value) => value !== null);
  return {
    latest: observed.at(-1) ?? null,
    min: observed.length === 0 ? null : observed.reduce((a, b) => Math.min(a, b)),
    max: observed.length === 0 ? null : observed.reduce((a, b) => Math.max(a, b)),
    gaps: values.length - observed.length,
  };
}
