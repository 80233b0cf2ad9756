/** Answers a series request from a history: reads the rows and divides once per point. */

import { type Metric, pointOf, statsNeeded } from "@/lib/metrics/derive";
import { distinctProcesses } from "@/lib/metrics/distinct-processes";
import { median } from "@/lib/metrics/ratio";
import type { Aggregate, Series } from "@/lib/model/series.schema";
import type { History, HistoryResult } from "./contract";

interface SeriesRequest {
  readonly metrics: readonly Metric[];
  /** Requested nodes with their pools, in the order of the reply. */
  readonly nodes: readonly { readonly id: string; readonly pool: string }[];
  /** Removed nodes, of which only markers are read. */
  readonly departed?: readonly string[];
  readonly aggregate: Aggregate;
  /** Other nodes of the same server process: sums of the fleet and of pools count it once. */
  readonly sameProcessAs?: (node: string) => readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly markerLimit: number;
}

/** A series before the division: a history result and the node index in it. */
interface Line {
  readonly result: HistoryResult;
  readonly index: number;
  readonly node: string | null;
  readonly pool: string | null;
}

/** Series of every requested metric, with the markers of the requested nodes. */
export async function answerSeries(history: History, request: SeriesRequest): Promise<Series> {
  const stats = statsNeeded(request.metrics);
  const { fromMs, toMs, markerLimit: limit, departed = [] } = request;
  const marked = [...request.nodes.map((node) => node.id), ...departed];
  const [lines, markers] = await Promise.all([
    readLines(history, request, stats),
    history.markers({ nodes: marked, fromMs, toMs, limit }),
  ]);
  const atMs = lines[0]?.result.atMs ?? [];
  const stepMs = lines[0]?.result.stepMs ?? request.stepMs;
  const points = atMs.length;
  const rows = request.metrics.flatMap((metric) =>
    lines.map((line) => ({
      metric: metric.name,
      node: line.node,
      pool: line.pool,
      values: divide(metric, stats, line, points),
    })),
  );
  const first = request.metrics[0] as Metric;
  return {
    metric: first.name,
    unit: first.unit,
    metrics: request.metrics.map((metric) => ({ metric: metric.name, unit: metric.unit })),
    fromMs: request.fromMs,
    toMs: request.toMs,
    stepMs,
    atMs: [...atMs],
    series: request.aggregate === "median" ? medians(request.metrics, rows, points) : rows,
    markers,
  };
}

async function readLines(history: History, request: SeriesRequest, stats: string[]): Promise<Line[]> {
  const query = (nodes: string[], combine: "each" | "sum") =>
    history.query({
      nodes,
      stats,
      fromMs: request.fromMs,
      toMs: request.toMs,
      stepMs: request.stepMs,
      combine,
    });
  const ids = request.nodes.map((node) => node.id);
  const counted = (nodes: readonly string[]) =>
    distinctProcesses(
      nodes,
      (id) => id,
      (id) => request.sameProcessAs?.(id),
    );
  if (request.aggregate === "fleet") {
    return [{ result: await query(counted(ids), "sum"), index: 0, node: null, pool: null }];
  }
  if (request.aggregate === "pool") {
    const pools = [...new Set(request.nodes.map((node) => node.pool))];
    return Promise.all(
      pools.map(async (pool) => {
        const members = request.nodes.filter((node) => node.pool === pool).map((node) => node.id);
        return { result: await query(counted(members), "sum"), index: 0, node: null, pool };
      }),
    );
  }
  const result = await query(ids, "each");
  return request.nodes.map((node, index) => ({ result, index, node: node.id, pool: node.pool }));
}

function divide(metric: Metric, stats: readonly string[], line: Line, points: number): (number | null)[] {
  const { result, index } = line;
  const at = new Map(stats.map((name, position) => [name, position]));
  const rowOf = (name: string) => result.rows[at.get(name) as number]?.[index] as Float64Array;
  const rateOf = (name: string, point: number) =>
    result.rates
      ? (result.rates[at.get(name) as number]?.[point] as number)
      : (rowOf(name)[point] as number) / (result.elapsed[index]?.[point] as number);
  const values = new Array<number | null>(points);
  for (let point = 0; point < points; point++) {
    const value = pointOf(
      metric,
      (name) => rowOf(name)[point] as number,
      (name) => rateOf(name, point),
    );
    values[point] = value === null ? null : rounded(value, metric.unit === "ratio");
  }
  return values;
}

/** Ratios carry four decimals, everything else six significant digits beyond the integer part. */
function rounded(value: number, ratio: boolean): number {
  return ratio ? Math.round(value * 1e4) / 1e4 : Math.round(value * 1e6) / 1e6;
}

function medians(metrics: readonly Metric[], rows: Series["series"], points: number): Series["series"] {
  return metrics.map((metric) => {
    const ofMetric = rows.filter((row) => row.metric === metric.name);
    const values = Array.from({ length: points }, (_, point) =>
      median(
        ofMetric.flatMap((row) =>
          typeof row.values[point] === "number" ? [row.values[point] as number] : [],
        ),
      ),
    );
    return { metric: metric.name, node: null, pool: null, values };
  });
}
