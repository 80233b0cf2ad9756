/** The charts of a node page: which metrics each draws, how, and against which limit. */
import type { LineStyle, SeriesRow } from "@/components/charts/chart-data";
import type { Series } from "@/lib/model/series.schema";

export interface NodeChart {
  /** Also the key of its texts. */
  readonly id: string;
  /** In the order in which they are drawn. */
  readonly metrics: readonly string[];
  /** Metric whose latest value is the limit; it is read but not drawn as a line. */
  readonly limit?: string;
  readonly area?: boolean;
  /** Colour of the first line when it is not the first of the theme. */
  readonly tone?: LineStyle["tone"];
}

export const NODE_CHARTS = [
  { id: "hitRatio", metrics: ["hit_ratio"] },
  { id: "memory", metrics: ["bytes"], limit: "limit_maxbytes", area: true },
  { id: "connections", metrics: ["curr_connections"], limit: "max_connections" },
  { id: "evictions", metrics: ["evictions"], tone: "s2" },
  { id: "commands", metrics: ["gets", "sets"] },
  { id: "items", metrics: ["curr_items"] },
  { id: "network", metrics: ["bytes_read", "bytes_written"] },
  { id: "cpu", metrics: ["cpu_user", "cpu_system"] },
  { id: "connectionsOpened", metrics: ["connections_opened"], tone: "s3" },
  { id: "latency", metrics: ["latency"], tone: "s4" },
] as const satisfies readonly NodeChart[];

export const EXTSTORE_CHARTS = [
  {
    id: "extstoreBytes",
    metrics: ["extstore_bytes_used", "extstore_bytes_fragmented"],
    limit: "extstore_limit_maxbytes",
  },
  { id: "extstoreReads", metrics: ["get_extstore", "extstore_objects_written"] },
  { id: "extstoreEvictions", metrics: ["extstore_objects_evicted", "extstore_page_evictions"], tone: "s2" },
] as const satisfies readonly NodeChart[];

export const PROXY_CHARTS = [
  { id: "proxyRequests", metrics: ["proxy_conn_requests", "proxy_conn_errors"] },
  { id: "proxyActive", metrics: ["proxy_req_active", "proxy_await_active"] },
  { id: "proxyBackends", metrics: ["proxy_backend_total", "proxy_backend_failed"] },
] as const satisfies readonly NodeChart[];

export type NodeChartId = (typeof NODE_CHARTS | typeof EXTSTORE_CHARTS | typeof PROXY_CHARTS)[number]["id"];

/** Every metric the charts need, once. */
export function metricsOf(charts: readonly NodeChart[]): string[] {
  return [...new Set(charts.flatMap((chart) => [...chart.metrics, ...(chart.limit ? [chart.limit] : [])]))];
}

/** The part of a reply that one chart draws, in the chart's order, in the unit of its first metric. */
export function chartReply(reply: Series, chart: NodeChart): Series {
  const series = chart.metrics.flatMap((metric) => reply.series.filter((row) => row.metric === metric));
  const metrics = reply.metrics.filter(({ metric }) => chart.metrics.includes(metric));
  const first = metrics.find(({ metric }) => metric === chart.metrics[0]);
  return {
    ...reply,
    metric: chart.metrics[0] ?? reply.metric,
    unit: first?.unit ?? reply.unit,
    metrics,
    series,
  };
}

/** Newest value that a reply has of a metric; null when it has none. */
export function newestOf(reply: Series, metric: string): number | null {
  const row = reply.series.find((candidate) => candidate.metric === metric);
  return row?.values.findLast((value) => value !== null) ?? null;
}

/** Style of a chart's rows; the label is the metric's own name unless `labelOf` returns one. */
export function styleOf(
  chart: NodeChart,
  labelOf: (metric: string) => string,
): (row: SeriesRow, index: number) => LineStyle {
  return (row, index) => ({
    label: labelOf(row.metric),
    tone: index === 0 ? chart.tone : index === 1 ? "s3" : undefined,
    area: chart.area === true && index === 0,
  });
}
