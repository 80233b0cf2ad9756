/** Each node's share of the key space of its pool, beside its items and gets. From collected data only. */
import type { FleetNode, FleetPool } from "@/lib/config/contract";
import { HASHINGS } from "@/lib/hashing/registry";
import { type NodeHolding, sharesOf, verdictOf } from "@/lib/metrics/compare/balance";
import { sumKnown } from "@/lib/metrics/ratio";
import type { Balance } from "@/lib/model/compare.schema";
import type { Node } from "@/lib/model/node/node.schema";

interface Owned {
  readonly node: string;
  readonly keySpace: number;
}

/** Computing the ring of a large pool is slow: it is cached as long as the list of all nodes lives. */
const owned = new WeakMap<readonly FleetNode[], Map<string, readonly Owned[]>>();

/**
 * @param nodes every configured node, in the order of the configuration, which modulo hashing depends on
 * @param viewOf a node as last collected; null when it is not configured
 */
export function poolBalance(
  pool: Pick<FleetPool, "name" | "hashing">,
  nodes: readonly FleetNode[],
  viewOf: (node: string) => Node | null,
  nowMs: number,
): Balance {
  const holdings = ownedBy(pool, nodes).map(({ node, keySpace }): NodeHolding => {
    const view = viewOf(node);
    return { node, keySpace, items: view?.currItems ?? null, gets: view?.getsPerSecond ?? null };
  });
  const shares = sharesOf(holdings);
  return {
    atMs: nowMs,
    pool: pool.name,
    hashing: pool.hashing,
    title: hashingOf(pool).title,
    nodes: holdings.length,
    known: holdings.filter(({ items }) => items !== null).length,
    gets: sumKnown(holdings.map(({ gets }) => gets)),
    items: sumKnown(holdings.map(({ items }) => items)),
    ...verdictOf(shares),
    shares,
  };
}

function ownedBy(pool: Pick<FleetPool, "name" | "hashing">, nodes: readonly FleetNode[]): readonly Owned[] {
  const pools = owned.get(nodes) ?? new Map<string, readonly Owned[]>();
  owned.set(nodes, pools);
  const cached = pools.get(pool.name);
  if (cached !== undefined) return cached;
  const members = nodes.filter((node) => node.pool === pool.name);
  const servers = members.map(({ endpoint, weight = 1 }) => ({ ...endpoint.address, weight }));
  const shares = servers.length === 0 ? [] : hashingOf(pool).sharesOf(servers);
  const computed = members.map(({ id }, index) => ({ node: id, keySpace: shares[index] ?? 0 }));
  pools.set(pool.name, computed);
  return computed;
}

function hashingOf({ hashing }: Pick<FleetPool, "hashing">): (typeof HASHINGS)[number] {
  const found = HASHINGS.find(({ name }) => name === hashing);
  if (found === undefined) throw new Error(`unknown hashing: ${hashing}`);
  return found;
}
