/** Totals over many nodes. */
import type { Totals } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { NODE_STATUSES } from "@/lib/model/node/node-status";
import { distinctProcesses } from "./distinct-processes";
import { hitRatio, rounded } from "./ratio";

/** A node with the exact sums behind its rounded ratios. */
export interface NodeWithSums {
  readonly node: Node;
  readonly hits: number;
  readonly misses: number;
}

const SUMMED = [
  "bytes",
  "limitMaxbytes",
  "currConnections",
  "maxConnections",
  "currItems",
  "getsPerSecond",
  "setsPerSecond",
  "evictionsPerSecond",
] as const;

/** Sums over nodes, of each server process once; null for what no node reports. */
export function totalsOf(nodes: readonly NodeWithSums[]): Totals {
  const totals = { nodes: nodes.length, hitRatio: null, findings: null } as Totals;
  for (const status of NODE_STATUSES) totals[status] = 0;
  for (const field of SUMMED) totals[field] = null;
  let hits = 0;
  let misses = 0;
  for (const { node } of nodes) totals[node.status]++;
  for (const { node, ...sums } of distinct(nodes)) {
    for (const field of SUMMED) {
      const value = node[field];
      if (value !== null) totals[field] = (totals[field] ?? 0) + value;
    }
    if (sums.hits + sums.misses > 0) {
      hits += sums.hits;
      misses += sums.misses;
    }
  }
  for (const { node } of nodes) totals.findings = addFindings(totals.findings, node.findings);
  return { ...totals, hitRatio: rounded(hitRatio(hits, misses)) };
}

/** A node that is up counts for its process before one that is not. */
function distinct(nodes: readonly NodeWithSums[]): NodeWithSums[] {
  const shared = nodes.some(({ node }) => node.sameProcessAs !== undefined);
  if (!shared) return [...nodes];
  const up = nodes.filter(({ node }) => node.status === "up");
  const others = nodes.filter(({ node }) => node.status !== "up");
  return [
    ...distinctProcesses(
      up,
      ({ node }) => node.id,
      ({ node }) => node.sameProcessAs,
    ),
    ...others,
  ];
}

type Findings = Totals["findings"];

function addFindings(sum: Findings, more: Findings): Findings {
  if (sum === null || more === null) return sum ?? more;
  const { critical, warning, info } = sum;
  return { critical: critical + more.critical, warning: warning + more.warning, info: info + more.info };
}
