"use client";
import type { ReactNode } from "react";
import { usePollIntervalMs } from "@/lib/client/queries/fleet";
import { type SeriesQuery, useSeries } from "@/lib/client/queries/series";
import { useWindow, windowQuery } from "@/lib/client/view-state";
import { SERIES_LIMITS } from "@/lib/model/series";
import type { Series } from "@/lib/model/series.schema";
import {
  type ChartData,
  type ChartLimit,
  chartData,
  greatestValue,
  type LineStyle,
  newestValue,
  type SeriesRow,
} from "./chart-data";
import { TimeSeriesView } from "./time-series-view";

/** The series to read, over the page's time range. */
export type SeriesRequest = Pick<SeriesQuery, "metrics" | "nodes" | "pool" | "aggregate" | "points">;

export interface TimeSeriesPanelProps {
  /** Names the panel in file names; unique on the page. */
  readonly id: string;
  /** Names the metric. */
  readonly title: string;
  /** One line that explains it, on hover of the title. */
  readonly meaning: string;
  readonly request: SeriesRequest;
  /** A second request whose rows are drawn in the same chart, such as the worst nodes beside the fleet. */
  readonly also?: SeriesRequest;
  /** Name and colour of each row of the replies; null omits the row. The index counts over both replies. */
  readonly lineOf?: (row: SeriesRow, index: number) => LineStyle | null;
  /** Limits to draw, from the same replies: see `limitFrom`. */
  readonly limitsOf?: (replies: readonly Series[]) => readonly ChartLimit[];
  /** The latest value beside the title, from the drawn data. */
  readonly currentOf?: (data: ChartData) => ReactNode;
  /** Shell commands that show the same. */
  readonly commands?: readonly string[];
  /** Charts of one group mark the same instant; by default all charts of the page. */
  readonly group?: string;
  readonly height?: number;
  readonly className?: string;
  readonly tools?: ReactNode;
}

/** A chart that reads its series over the page's time range, with loading, empty, stale and failed states. */
export function TimeSeriesPanel(props: TimeSeriesPanelProps) {
  const { request, also, lineOf = plainLine, limitsOf, currentOf, ...view } = props;
  const { window } = useWindow();
  const range = windowQuery(window);
  const intervalMs = usePollIntervalMs();
  const points = SERIES_LIMITS.usualPoints;
  const first = useSeries({ points, ...request, ...range });
  const second = useSeries({ points, ...(also ?? request), ...range }, { enabled: also !== undefined });
  const replies = [first.data, also === undefined ? undefined : second.data].filter(
    (reply) => reply !== undefined,
  );
  const waiting = first.isPending || (also !== undefined && second.isPending);
  const data = waiting ? null : chartData(replies, lineOf, limitsOf?.(replies) ?? [], intervalMs);
  const error = first.error ?? second.error;
  const retry = () => {
    void first.refetch();
    if (also) void second.refetch();
  };
  return (
    <TimeSeriesView
      {...view}
      data={data}
      nowMs={readAt(first.dataUpdatedAt, data)}
      loading={waiting}
      error={error ?? undefined}
      onRetry={retry}
      node={request.nodes?.length === 1 ? request.nodes[0] : undefined}
      current={data && currentOf ? currentOf(data) : undefined}
    />
  );
}

function readAt(updatedAtMs: number, data: ChartData | null): number {
  return updatedAtMs > 0 ? updatedAtMs : (data?.toMs ?? 0);
}

function plainLine(row: SeriesRow): LineStyle {
  return { label: row.node ?? row.pool ?? row.metric };
}

/** The limit given by a metric of the replies: its latest value, the greatest when nodes differ. */
export function limitFrom(
  replies: readonly Series[],
  metric: string,
  label: (value: number) => string,
): ChartLimit[] {
  const values = replies
    .flatMap((reply) => reply.series)
    .filter((row) => row.metric === metric)
    .map((row) => newestValue(row.values));
  const value = greatestValue(values);
  return value === null || value <= 0 ? [] : [{ value, label: label(value) }];
}
