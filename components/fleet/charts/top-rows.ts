/** The top nodes of a metric, and all others combined into one line. Pure. */
import type { Node } from "@/lib/model/node/node.schema";
import type { Series } from "@/lib/model/series.schema";
import { lowestHitRatioNodes } from "./notable-nodes";

export const TOP_METRICS = ["gets", "sets", "evictions", "curr_connections", "bytes", "hit_ratio"] as const;
export type TopMetric = (typeof TOP_METRICS)[number];
export const TOP_COUNT = 5;

const FIGURE: Readonly<Record<Exclude<TopMetric, "hit_ratio">, (node: Node) => number | null>> = {
  gets: (node) => node.getsPerSecond,
  sets: (node) => node.setsPerSecond,
  evictions: (node) => node.evictionsPerSecond,
  curr_connections: (node) => node.currConnections,
  bytes: (node) => node.bytes,
};

/** The current top nodes: the lowest hit ratio, else the greatest value. */
export function topNodes(nodes: readonly Node[], metric: TopMetric, count = TOP_COUNT): string[] {
  if (metric === "hit_ratio") return lowestHitRatioNodes(nodes, count);
  const figure = FIGURE[metric];
  return nodes
    .flatMap((node) => {
      const value = figure(node);
      return value === null ? [] : [{ id: node.id, value }];
    })
    .sort((a, b) => b.value - a.value || a.id.localeCompare(b.id))
    .slice(0, count)
    .map(({ id }) => id);
}

/**
 * Every responding node has at least one connection, Memfleet's: where none remains, no other was observed.
 */
const PRESENCE = "curr_connections";

/** The metrics to read, for all nodes and for the top nodes. */
export function metricsFor(metric: TopMetric): readonly string[] {
  const parts = metric === "hit_ratio" ? ["hit_ratio", "hits", "gets"] : [metric];
  return [...new Set([...parts, PRESENCE])];
}

/** The sum over the rows of a metric, by bucket; a bucket without any value is missing. */
function sums(reply: Series, metric: string): Map<number, number> {
  const found = new Map<number, number>();
  for (const row of reply.series) {
    if (row.metric !== metric) continue;
    row.values.forEach((value, index) => {
      const at = reply.atMs[index];
      if (value !== null && at !== undefined) found.set(at, (found.get(at) ?? 0) + value);
    });
  }
  return found;
}

/**
 * One value per bucket of `total` for all nodes but the top ones: the total minus theirs; a ratio from sums.
 * Null where the total is unknown, or where no other node was observed.
 */
export function othersOf(total: Series, top: Series, metric: TopMetric): (number | null)[] {
  const rest = (name: string) => {
    const [all, topSum] = [sums(total, name), sums(top, name)];
    return (at: number) => {
      const sum = all.get(at);
      return sum === undefined ? null : Math.max(0, sum - (topSum.get(at) ?? 0));
    };
  };
  const present = rest(PRESENCE);
  const value = rest(metric);
  const [hits, gets] = [rest("hits"), rest("gets")];
  const known = new Set(top.atMs);
  return total.atMs.map((at) => {
    // Replies may be a bucket apart: without the top nodes, the rest of a bucket would be its total.
    if (!known.has(at) || (present(at) ?? 0) < 0.5) return null;
    if (metric !== "hit_ratio") return value(at);
    const [hit, get] = [hits(at), gets(at)];
    return hit === null || get === null || get <= 0 ? null : Math.min(1, hit / get);
  });
}

/** The rows of the top nodes and, when there are others, one for all of them. */
export function withOthers(total: Series, top: Series, metric: TopMetric, others: number): Series {
  const rows = top.series.filter((row) => row.metric === metric);
  const position = new Map(top.atMs.map((at, index) => [at, index]));
  const aligned = rows.map((row) => ({
    ...row,
    values: total.atMs.map((at) => row.values[position.get(at) ?? -1] ?? null),
  }));
  const rest = { metric, node: null, pool: null, values: others > 0 ? othersOf(total, top, metric) : [] };
  const unit = total.metrics.find((entry) => entry.metric === metric)?.unit ?? total.unit;
  return { ...total, metric, unit, markers: top.markers, series: others > 0 ? [...aligned, rest] : aligned };
}
