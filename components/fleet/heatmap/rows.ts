/** Rows of the map of nodes over time: their order, their pages, and what a cell says. Pure. */
import { SERIES_LIMITS } from "@/lib/model/series";
import type { Series, SeriesUnit } from "@/lib/model/series.schema";

/** Rows asked for at once: an answer has at most this many rows of `POINTS` values. */
export const PAGE_ROWS = 100;
export const POINTS = SERIES_LIMITS.usualPoints;

/** Whether small values are what an operator looks for: a low hit ratio is bad, a full memory is. */
export function lowFirst(metric: string): boolean {
  return metric === "hit_ratio";
}

/** The mean of each node over the window, from a reply of one bucket or a few; null where nothing was observed. */
export function meansOf(series: Series): Map<string, number | null> {
  return new Map(
    series.series.map(({ node, values }) => {
      const seen = values.filter((value) => value !== null);
      const mean = seen.length === 0 ? null : seen.reduce((sum, value) => sum + value, 0) / seen.length;
      return [node ?? "", mean];
    }),
  );
}

/** Ids by their value, what an operator looks for first, what is not known last; equals stay in their order. */
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

/** What fills a cell: the whole of a ratio, else the greatest value in sight. */
export function fullValue(rows: Iterable<readonly (number | null)[]>, unit: SeriesUnit): number {
  let most = unit === "ratio" ? 1 : 0;
  for (const values of rows) for (const value of values) if (value !== null && value > most) most = value;
  return most;
}

export interface RowValues {
  readonly newest: number | null;
  readonly least: number | null;
  readonly greatest: number | null;
  /** Buckets in which nothing was observed. */
  readonly gaps: number;
}

/** The figures of a row for its table; null where nothing was observed. */
export function rowValues(values: readonly (number | null)[]): RowValues {
  const seen = values.filter((value) => value !== null);
  return {
    newest: seen.at(-1) ?? null,
    least: seen.length === 0 ? null : seen.reduce((a, b) => Math.min(a, b)),
    greatest: seen.length === 0 ? null : seen.reduce((a, b) => Math.max(a, b)),
    gaps: values.length - seen.length,
  };
}
