/** A question to `/api/v1/series`, as the pages ask it. */
import type { Aggregate } from "@/lib/model/series.schema";
import { queryString } from "../api";

export interface SeriesQuery {
  readonly metrics: readonly string[];
  /** Node ids; with neither nodes nor pool: the whole fleet. */
  readonly nodes?: readonly string[];
  readonly pool?: string;
  /** Unix milliseconds, or relative as `now-1h`. */
  readonly from: string;
  readonly to: string;
  /** How many points are wanted at most. */
  readonly points?: number;
  readonly aggregate?: Aggregate;
}

/** The path below `/api/v1` that asks it. */
export function seriesPath(query: SeriesQuery): string {
  return `/series${queryString({
    metric: query.metrics,
    node: query.nodes,
    pool: query.pool,
    from: query.from,
    to: query.to,
    points: query.points,
    aggregate: query.aggregate === "none" ? undefined : query.aggregate,
  })}`;
}
