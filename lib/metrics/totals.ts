/** Figures over many nodes. Ratios from sums: a busy node weighs more than an idle one. */
import type { Totals } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { NODE_STATUSES } from "@/lib/model/node/node-status";

/** What a node adds to a sum and the HTTP interface rounds away. */
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

/** Sums over nodes; a figure that no node reports is null. */
export function totalsOf(tallies: readonly NodeWithSums[]): Totals {
  const totals = { nodes: tallies.length, hitRatio: null, findings: null } as Totals;
  for (const status of NODE_STATUSES) totals[status] = 0;
  for (const figure of SUMMED) totals[figure] = null;
  let hits = 0;
  let gets = 0;
  for (const { node, hits: nodeHits, misses } of tallies) {
    totals[node.status]++;
    for (const figure of SUMMED) {
      const value = node[figure];
      if (value !== null) totals[figure] = (totals[figure] ?? 0) + value;
    }
    totals.findings = withFindings(totals.findings, node.findings);
    if (nodeHits + misses > 0) {
      hits += nodeHits;
      gets += nodeHits + misses;
    }
  }
  if (gets > 0) totals.hitRatio = Math.round((hits / gets) * 10_000) / 10_000;
  return totals;
}

type Findings = Totals["findings"];

function withFindings(sum: Findings, more: Findings): Findings {
  if (sum === null || more === null) return sum ?? more;
  const { critical, warning, info } = sum;
  return { critical: critical + more.critical, warning: warning + more.warning, info: info + more.info };
}
