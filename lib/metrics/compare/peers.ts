/** Chooses the nodes to compare one node with. Pure. */
import type { Node } from "@/lib/model/node/node.schema";

/** A pool of at most this many nodes is compared in full. */
const SMALL_POOL = 8;

/**
 * All other nodes of a small pool; of a large one the nodes with the most, the median and the fewest gets.
 */
export function comparisonPeers(node: string, pool: readonly Node[]): string[] {
  const others = pool.filter(({ id }) => id !== node);
  if (others.length < SMALL_POOL) return others.map(({ id }) => id);
  const sorted = others
    .filter(({ getsPerSecond }) => getsPerSecond !== null)
    .sort((a, b) => (b.getsPerSecond ?? 0) - (a.getsPerSecond ?? 0));
  const chosen =
    sorted.length < 3 ? others.slice(0, 3) : [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
  return chosen.flatMap((peer) => peer?.id ?? []);
}
