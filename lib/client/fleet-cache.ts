/** How the event stream's messages change what the cache holds of the fleet. Pure. */
import type { Fleet } from "@/lib/model/fleet";
import type { Node } from "@/lib/model/node";

/** The fleet reply without its nodes: what the `fleet` event carries. */
export type FleetSummary = Omit<Fleet, "nodes" | "matched" | "nextCursor">;

/** Nodes replaced by id, new ones added at the end. */
export function withNodes(fleet: Fleet, atMs: number, changed: readonly Node[]): Fleet {
  const byId = new Map(changed.map((node) => [node.id, node]));
  const nodes = fleet.nodes.map((node) => {
    const next = byId.get(node.id);
    if (next === undefined) return node;
    byId.delete(node.id);
    return next;
  });
  return { ...fleet, atMs: Math.max(fleet.atMs, atMs), nodes: [...nodes, ...byId.values()] };
}

/** Totals, pools, attention and notices replaced. */
export function withSummary(fleet: Fleet, summary: FleetSummary): Fleet {
  return { ...fleet, ...summary, nodes: fleet.nodes };
}

/** Nodes that the configuration no longer has taken out. */
export function withoutNodes(fleet: Fleet, ids: readonly string[]): Fleet {
  const gone = new Set(ids);
  return { ...fleet, nodes: fleet.nodes.filter((node) => !gone.has(node.id)) };
}
