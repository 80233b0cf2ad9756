/** Totals over many nodes. */
import type { Totals } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { NODE_STATUSES } from "@/lib/model/node/node-status";
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

/** Sums over nodes; null for what no node reports. */
export function totalsOf(nodes: readonly NodeWithSums[]): Totals {
  const totals = { nodes: nodes.length, hitRatio: null, findings: null } as Totals;
  for (const status of NODE_STATUSES) totals[status] = 0;
  for (const field of SUMMED) totals[field] = null;
  let hits = 0;
  let misses = 0;
  for (const { node, ...sums } of nodes) {
    totals[node.status]++;
    for (const field of SUMMED) {
      const value = node[field];
      if (value !== null) totals[field] = (totals[field] ?? 0) + value;
    }
    totals.findings = addFindings(totals.findings, node.findings);
    if (sums.hits + sums.misses > 0) {
      hits += sums.hits;
      misses += sums.misses;
    }
  }
  return { ...totals, hitRatio: rounded(hitRatio(hits, misses)) };
}

type Findings = Totals["findings"];

function addFindings(sum: Findings, more: Findings): Findings {
  if (sum === null || more === null) return sum ?? more;
  const { critical, warning, info } = sum;
  return { critical: critical + more.critical, warning: warning + more.warning, info: info + more.info };
}
