/** Checks a series query against the configuration and reads it from the history. */
import type { Configuration } from "@/lib/config/contract";
import type { History } from "@/lib/history/contract";
import { answerSeries } from "@/lib/history/series";
import { metricNames, metricOf } from "@/lib/metrics/derive";
import { InputError } from "@/lib/model/errors";
import type { SeriesQuery } from "@/lib/model/http/queries";
import { SERIES_LIMITS } from "@/lib/model/series";
import type { Series } from "@/lib/model/series.schema";
import { bucketMs, parseInstant } from "@/lib/model/window";
import type { FleetDirectory } from "./fleet-directory";

const MARKER_LIMIT = 1_000;

interface SeriesQueryContext {
  readonly history: History;
  readonly configuration: Configuration;
  readonly directory: Pick<FleetDirectory, "select">;
  /** Other nodes of the same server process. */
  readonly sameProcessAs: (node: string) => readonly string[];
  /** Nodes that discovery no longer lists, of these pools or of all. */
  readonly departed: (pools: readonly string[] | null) => readonly string[];
  readonly nowMs: number;
}

/**
 * @throws InputError for an unknown metric, a window that ends before it begins, or too many values
 * @throws NotFoundError for a node or pool that is not configured
 */
export async function querySeries(query: SeriesQuery, context: SeriesQueryContext): Promise<Series> {
  const fromMs = parseInstant("from", query.from ?? "now-1h", context.nowMs);
  const toMs = parseInstant("to", query.to ?? "now", context.nowMs);
  if (toMs <= fromMs) {
    throw new InputError([{ field: "to", found: String(toMs), allowed: `later than from (${fromMs})` }]);
  }
  const metrics = query.metric.map((name) => {
    const metric = metricOf(name);
    if (metric) return metric;
    throw new InputError([
      { field: "metric", found: JSON.stringify(name), allowed: metricNames().join(", ") },
    ]);
  });
  const nodes = selectNodes(query, context);
  const points = query.points ?? SERIES_LIMITS.usualPoints;
  if (nodes.length * points * metrics.length > SERIES_LIMITS.values) {
    const found = `${nodes.length} nodes × ${points} points × ${metrics.length} metrics`;
    throw new InputError([
      { field: "points", found, allowed: `at most ${SERIES_LIMITS.values} values in all` },
    ]);
  }
  return answerSeries(context.history, {
    metrics,
    nodes,
    // Only a chart of pools marks nodes that left; a chart of named nodes is about those alone.
    departed: query.node === undefined ? context.departed(query.pool ?? null) : [],
    aggregate: query.aggregate ?? "none",
    sameProcessAs: context.sameProcessAs,
    fromMs,
    toMs,
    stepMs: bucketMs(toMs - fromMs, points, context.configuration.poll.intervalMs),
    markerLimit: MARKER_LIMIT,
  });
}

function selectNodes(
  { node, pool }: SeriesQuery,
  { configuration, directory }: SeriesQueryContext,
): { id: string; pool: string }[] {
  const nodes = node || pool ? directory.select(node ?? [], pool ?? []) : configuration.nodes;
  return nodes.map(({ id, pool }) => ({ id, pool }));
}
