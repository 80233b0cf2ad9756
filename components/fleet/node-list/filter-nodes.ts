/** Which nodes a list shows, and in which order. Pure. */
import { ratio } from "@/lib/metrics/ratio";
import type { FleetSort } from "@/lib/model/fleet-sort";
import type { Node } from "@/lib/model/node/node.schema";
import type { NodeStatus } from "@/lib/model/node/node-status";
import type { Health } from "../node-health";
import { type NodeOrder, nodeOrder, ranksOf } from "./node-order";

export interface NodeFilter {
  /** Words that must all occur in id, pool, version, status or labels. */
  readonly q: string;
  readonly pool: string | null;
  readonly status: NodeStatus | null;
  /** `name` or `name=value`. */
  readonly label: string | null;
  readonly version: string | null;
}

function hasLabel(node: Node, label: string): boolean {
  const [name = "", ...rest] = label.split("=");
  const value = Object.hasOwn(node.labels, name) ? node.labels[name] : undefined;
  return rest.length === 0 ? value !== undefined : value === rest.join("=");
}

function textOf(node: Node): string {
  const labels = Object.entries(node.labels).map(([name, value]) => `${name}=${value}`);
  return [node.id, node.pool, node.version ?? "", node.status, ...labels].join(" ").toLowerCase();
}

export function filterNodes(nodes: readonly Node[], filter: NodeFilter): Node[] {
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  return nodes.filter(
    (node) =>
      (filter.pool === null || node.pool === filter.pool) &&
      (filter.status === null || node.status === filter.status) &&
      (filter.version === null || node.version === filter.version) &&
      (filter.label === null || hasLabel(node, filter.label)) &&
      (words.length === 0 || containsAll(textOf(node), words)),
  );
}

function containsAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}

/** What a column sorts by; null sorts last in both directions. */
const SORT_KEYS: Record<Exclude<FleetSort, "worst">, (node: Node) => number | string | null> = {
  node: (node) => node.id,
  pool: (node) => node.pool,
  version: (node) => node.version,
  hitRatio: (node) => node.hitRatio,
  memory: (node) => ratio(node.bytes, node.limitMaxbytes),
  connections: (node) => ratio(node.currConnections, node.maxConnections),
  gets: (node) => node.getsPerSecond,
  uptime: (node) => node.uptimeSeconds,
  evictions: (node) => node.evictionsPerSecond,
};

/** The first sort direction of a column: the notable values come first. */
export const FIRST_DIRECTION: Record<FleetSort, "asc" | "desc"> = {
  worst: "asc",
  node: "asc",
  pool: "asc",
  version: "asc",
  hitRatio: "asc",
  memory: "desc",
  connections: "desc",
  gets: "desc",
  uptime: "asc",
  evictions: "desc",
};

/** A sorted copy. Unreported values come last in both directions; equals keep their stable order. */
export function sortNodes(
  nodes: readonly Node[],
  sort: FleetSort,
  dir: "asc" | "desc" | null,
  health: ReadonlyMap<string, Health>,
  order: NodeOrder = nodeOrder(nodes),
): Node[] {
  const sign = (dir ?? FIRST_DIRECTION[sort]) === "desc" ? -1 : 1;
  const keyOf = sort === "worst" ? (node: Node) => health.get(node.id)?.rank ?? null : SORT_KEYS[sort];
  const keys = nodes.map(keyOf);
  const ranks = ranksOf(keys.filter((key) => typeof key === "string"));
  const rankOf = (key: number | string | null) => (typeof key === "string" ? (ranks.get(key) ?? null) : key);
  return nodes
    .map((node, index) => ({ node, key: rankOf(keys[index] ?? null), rank: order.get(node.id) ?? 0 }))
    .sort((a, b) => compare(a.key, b.key, sign) || a.rank - b.rank)
    .map(({ node }) => node);
}

function compare(a: number | null, b: number | null, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * (a - b);
}
