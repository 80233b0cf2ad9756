/** The charts of a shared status, from its one series reply. Pure. */

import {
  type ChartData,
  type ChartLimit,
  chartData,
  newestValue,
  type SeriesRow,
} from "@/components/charts/chart-data";
import { formatValue } from "@/components/charts/chart-format";
import { nodeTone } from "@/components/charts/lines/node-tone";
import type { ShareField } from "@/lib/model/share";
import type { ShareStatus } from "@/lib/model/share.schema";

interface SharedChart {
  readonly field: ShareField;
  readonly id: "chartHitRatio" | "chartMemory" | "chartConnections";
  readonly metric: string;
  /** Metric whose latest value is drawn as a limit. */
  readonly limit?: string;
}

export const SHARED_CHARTS: readonly SharedChart[] = [
  { field: "hitRatio", id: "chartHitRatio", metric: "hit_ratio" },
  { field: "memory", id: "chartMemory", metric: "bytes", limit: "limit_maxbytes" },
  { field: "connections", id: "chartConnections", metric: "curr_connections", limit: "max_connections" },
];

/** The charts of the shared fields; none when charts are not shared. */
export function shownCharts(fields: readonly ShareField[]): readonly SharedChart[] {
  return fields.includes("charts") ? SHARED_CHARTS.filter((chart) => fields.includes(chart.field)) : [];
}

/**
 * One chart's lines and limit; null when the share has no data for it. `allNodes` names a line for several
 * nodes.
 */
export function sharedChartData(
  status: ShareStatus,
  chart: SharedChart,
  allNodes: string,
  locale: string,
): ChartData | null {
  const { series } = status;
  if (series === null) return null;
  const rows = series.series.filter((row) => row.metric === chart.metric);
  if (rows.length === 0) return null;
  const unit = series.metrics.find(({ metric }) => metric === chart.metric)?.unit ?? series.unit;
  const markers = status.fields.includes("markers") ? status.markers : [];
  return chartData(
    [{ ...series, metric: chart.metric, unit, series: rows, markers: [...markers] }],
    (row) => ({
      label: row.node ?? allNodes,
      tone: row.node === null || rows.length === 1 ? "s1" : nodeTone(row.node),
      area: chart.metric === "bytes" && rows.length === 1,
    }),
    limitsOf(status, chart, unit, rows, locale),
  );
}

/** The limit is drawn only when all lines share it. */
function limitsOf(
  status: ShareStatus,
  chart: SharedChart,
  unit: ChartData["unit"],
  rows: readonly SeriesRow[],
  locale: string,
): ChartLimit[] {
  const stated =
    chart.metric === "bytes"
      ? rows.map((row) => limitOfRow(status, row, (node) => node.limitMaxbytes, status.summary.limitMaxbytes))
      : rows.map((row) =>
          limitOfRow(status, row, (node) => node.maxConnections, status.summary.maxConnections),
        );
  const charted = (status.series?.series ?? [])
    .filter((row) => row.metric === chart.limit)
    .map((row) => newestValue(row.values));
  const known = (stated.some((value) => value !== null) ? stated : charted).filter((value) => value !== null);
  const [value] = known;
  if (chart.limit === undefined || value === undefined || value <= 0) return [];
  if (known.some((other) => other !== value)) return [];
  return [{ value, label: `${chart.limit} ${formatValue(value, unit, locale)}` }];
}

function limitOfRow(
  status: ShareStatus,
  row: SeriesRow,
  ofNode: (node: ShareStatus["nodes"][number]) => number | null,
  ofAll: number | null,
): number | null {
  if (row.node === null) return ofAll;
  const node = status.nodes.find((candidate) => candidate.name === row.node);
  return node === undefined ? null : ofNode(node);
}
