/** Which nodes are drawn beside the fleet's own line. Pure. */
import type { Node } from "@/lib/model/node/node.schema";

/** Below this many gets per second, a hit ratio means little. */
const MIN_GETS_PER_SECOND = 0.1;

/** The nodes with the lowest hit ratio, worst first. */
export function lowestHitRatioNodes(nodes: readonly Node[], count: number): string[] {
  return nodes
    .flatMap(({ id, hitRatio, getsPerSecond }) =>
      hitRatio === null || (getsPerSecond ?? 0) < MIN_GETS_PER_SECOND ? [] : [{ id, hitRatio }],
    )
    .sort((a, b) => a.hitRatio - b.hitRatio || a.id.localeCompare(b.id))
    .slice(0, count)
    .map((node) => node.id);
}

/** The nodes with the most connections, most first. */
export function busiestNodes(nodes: readonly Node[], count: number): string[] {
  return nodes
    .flatMap(({ id, currConnections }) => (currConnections === null ? [] : [{ id, currConnections }]))
    .sort((a, b) => b.currConnections - a.currConnections || a.id.localeCompare(b.id))
    .slice(0, count)
    .map((node) => node.id);
}
