/** How the event stream's messages change what the cache holds of the fleet. Pure. */
import { worstFirst } from "@/lib/metrics/attention";
import type { Attention, Fleet, Pool } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { decodeRows } from "./columns";
import { attentionKey, type ChangedAttention, type ChangedPools, type FleetDelta, patchesOf } from "./delta";
import { decodeNodes } from "./fleet-columns";

/** The fleet with the changes in it. Nodes that did not change keep their identity and order. */
export function applyDelta(fleet: Fleet, changes: FleetDelta): Fleet {
  return {
    ...fleet,
    ...changes.summary,
    atMs: Math.max(fleet.atMs, changes.atMs),
    nodes: nodesAfter(fleet, changes),
    pools: changes.pools === undefined ? fleet.pools : poolsAfter(fleet.pools, changes.pools),
    attention:
      changes.attention === undefined ? fleet.attention : attentionAfter(fleet.attention, changes.attention),
  };
}

function nodesAfter(fleet: Fleet, { whole, changed, removed }: FleetDelta): Node[] {
  if (whole === undefined && changed === undefined && removed === undefined) return fleet.nodes;
  const fullNodes = new Map((whole === undefined ? [] : decodeNodes(whole)).map((node) => [node.id, node]));
  const patches = changed === undefined ? new Map<string, Partial<Node>>() : patchesOf(changed);
  const removedIds = new Set(removed);
  const nodes: Node[] = [];
  for (const node of fleet.nodes) {
    if (removedIds.has(node.id)) continue;
    const next = fullNodes.get(node.id);
    const patch = patches.get(node.id);
    fullNodes.delete(node.id);
    nodes.push(next ?? (patch === undefined ? node : { ...node, ...patch }));
  }
  // While only the first nodes of a large fleet are here, the others are on their way.
  if (fleet.nextCursor === null) for (const node of fullNodes.values()) nodes.push(node);
  return nodes;
}

function poolsAfter(pools: readonly Pool[], { order, now }: ChangedPools): Pool[] {
  const byName = new Map(pools.map((pool) => [pool.name, pool]));
  for (const pool of decodeRows<Pool>(now)) byName.set(pool.name, pool);
  return (order ?? pools.map(({ name }) => name)).flatMap((name) => byName.get(name) ?? []);
}

function attentionAfter(attention: readonly Attention[], { gone, now }: ChangedAttention): Attention[] {
  if (gone === null) return [...now];
  const out = new Set([...gone, ...now.map(attentionKey)]);
  return worstFirst([...attention.filter((entry) => !out.has(attentionKey(entry))), ...now]);
}
