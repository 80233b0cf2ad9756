/** The value that pages show beside a metric's name: the same figure everywhere, over the last 60 s. Pure. */
import type { Totals } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";

type Metrics = Pick<
  Node & Totals,
  | "hitRatio"
  | "getsPerSecond"
  | "setsPerSecond"
  | "evictionsPerSecond"
  | "bytes"
  | "currConnections"
  | "currItems"
>;

const FIELDS: Readonly<Record<string, keyof Metrics>> = {
  hit_ratio: "hitRatio",
  gets: "getsPerSecond",
  sets: "setsPerSecond",
  evictions: "evictionsPerSecond",
  bytes: "bytes",
  curr_connections: "currConnections",
  curr_items: "currItems",
};

/**
 * The value of a metric of the series for a node, or for totals: rates and ratios over the last 60 s, levels of the newest
 * sample. Null when the node does not report it; undefined for metrics that have no such value.
 */
export function presentValue(of: Metrics | undefined, metric: string): number | null | undefined {
  const field = FIELDS[metric];
  return of === undefined || field === undefined ? undefined : of[field];
}
