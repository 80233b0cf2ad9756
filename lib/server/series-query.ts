/** A question for series, checked against the configuration and put to the history. */
import type { Configuration, FleetNode } from "@/lib/config/contract";
import type { History } from "@/lib/history/contract";
import { answerSeries } from "@/lib/history/series";
import { metricNames, metricOf } from "@/lib/metrics/derive";
import { InputError, NotFoundError } from "@/lib/model/errors";
import type { SeriesQuery } from "@/lib/model/http/queries";
import { SERIES_LIMITS, type Series } from "@/lib/model/series.schema";
import { bucketMs, parseInstant } from "@/lib/model/window";

const MARKER_LIMIT = 1_000;
const USUAL_POINTS = 240;

export interface SeriesQueryContext {
  readonly history: History;
  readonly configuration: Configuration;
  /** Throws `NotFoundError` for a node that is not configured. */
  readonly node: (id: string) => FleetNode;
  /** Nodes of these pools, or of all, that were found once and are no more. */
  readonly departed: (pools: readonly string[] | null) => readonly string[];
  readonly nowMs: number;
}

/**
 * @throws InputError for an unknown metric, a window that ends before it begins, or too large a question
 * @throws NotFoundError for a node or pool that is not configured
 */
export async function querySeries(query: SeriesQuery, of: SeriesQueryContext): Promise<Series> {
  const fromMs = parseInstant("from", query.from ?? "now-1h", of.nowMs);
  const toMs = parseInstant("to", query.to ?? "now", of.nowMs);
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
  const nodes = chosenNodes(query, of);
  const points = query.points ?? USUAL_POINTS;
  if (nodes.length * points * metrics.length > SERIES_LIMITS.values) {
    const found = `${nodes.length} nodes × ${points} points × ${metrics.length} metrics`;
    throw new InputError([
      { field: "points", found, allowed: `at most ${SERIES_LIMITS.values} values in all` },
    ]);
  }
  return answerSeries(of.history, {
    metrics,
    nodes,
    // A chart of a whole pool says which of its nodes left; one of named nodes speaks of those alone.
    departed: query.node === undefined ? of.departed(query.pool ?? null) : [],
    aggregate: query.aggregate ?? "none",
    fromMs,
    toMs,
    stepMs: bucketMs(toMs - fromMs, points, of.configuration.poll.intervalMs),
    markerLimit: MARKER_LIMIT,
  });
}

function chosenNodes(query: SeriesQuery, of: SeriesQueryContext): { id: string; pool: string }[] {
  const { nodes, pools } = of.configuration;
  for (const pool of query.pool ?? []) {
    if (!pools.some((known) => known.name === pool))
      throw new NotFoundError(`no pool named ${pool} is configured`);
  }
  const named = (query.node ?? []).map((id) => of.node(id));
  const pooled = query.pool ? nodes.filter((node) => query.pool?.includes(node.pool)) : [];
  const chosen = query.node || query.pool ? [...new Set([...named, ...pooled])] : nodes;
  return chosen.map(({ id, pool }) => ({ id, pool }));
}
