"use client";
/** Time series, and the catalogue of metrics. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Catalogue } from "@/lib/model/node/inspection.schema";
import type { Aggregate, Series } from "@/lib/model/series.schema";
import { type ApiError, getJson, queryString } from "../api";
import { usePollIntervalMs } from "./fleet";

export interface SeriesQuery {
  readonly metrics: readonly string[];
  /** Node ids; with neither nodes nor pool: all nodes. */
  readonly nodes?: readonly string[];
  readonly pool?: string;
  /** Unix milliseconds, or relative as `now-1h`. */
  readonly from: string;
  readonly to: string;
  /** The most points of a series. */
  readonly points?: number;
  readonly aggregate?: Aggregate;
}

/** The path below `/api/v1` of a series query. */
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

export const ALL_SERIES = ["series"] as const;

interface SeriesOptions {
  readonly enabled?: boolean;
}

/**
 * Series over a time range. A range that ends now moves on with every poll interval; the last reply stays shown
 * while the next one loads.
 */
export function useSeries(query: SeriesQuery, { enabled = true }: SeriesOptions = {}) {
  const intervalMs = usePollIntervalMs();
  const moving = query.to === "now";
  return useQuery<Series, ApiError>({
    queryKey: [...ALL_SERIES, query],
    queryFn: ({ signal }) => getJson<Series>(seriesPath(query), signal),
    enabled,
    staleTime: moving ? intervalMs : 5 * 60_000,
    refetchInterval: moving ? Math.max(intervalMs, longRangeMs(query.from)) : false,
    placeholderData: keepPreviousData,
  });
}

/** A point of a long range covers minutes: reading it every ten seconds would show the same picture. */
function longRangeMs(from: string): number {
  return /^now-\d+d$/.test(from) ? 60_000 : 0;
}

/** Every stat and metric with its meaning. */
export function useCatalogue() {
  return useQuery<Catalogue, ApiError>({
    queryKey: ["metrics-catalogue"],
    queryFn: ({ signal }) => getJson<Catalogue>("/metrics-catalogue", signal),
    staleTime: 10 * 60_000,
  });
}
