/** What each node of a pool owns of the key space, beside what it holds and serves. Nobody is asked. */
import type { FleetNode, FleetPool } from "@/lib/config/contract";
import { HASHINGS } from "@/lib/hashing/registry";
import { type NodeHolding, sharesOf, verdictOf } from "@/lib/metrics/compare/balance";
import type { Balance } from "@/lib/model/compare.schema";
import type { Node } from "@/lib/model/node/node.schema";

interface Owned {
  readonly node: string;
  readonly keySpace: number;
}

/** The ring of a large pool takes its time: it is kept as long as the list of all nodes is. */
const owned = new WeakMap<readonly FleetNode[], Map<string, readonly Owned[]>>();

/**
 * @param nodes every node that is configured, in its order, which decides in modulo
 * @param viewOf a node as it is shown; null when it is not configured
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
    ...{ atMs: nowMs, pool: pool.name, hashing: pool.hashing, title: hashingOf(pool).title },
    nodes: holdings.length,
    known: holdings.filter(({ items }) => items !== null).length,
    gets: sum(holdings.map(({ gets }) => gets)),
    items: sum(holdings.map(({ items }) => items)),
    ...verdictOf(shares),
    shares,
  };
}

function ownedBy(pool: Pick<FleetPool, "name" | "hashing">, nodes: readonly FleetNode[]): readonly Owned[] {
  const pools = owned.get(nodes) ?? new Map<string, readonly Owned[]>();
  owned.set(nodes, pools);
  const known = pools.get(pool.name);
  if (known !== undefined) return known;
  const members = nodes.filter((node) => node.pool === pool.name);
  const shares =
    members.length === 0 ? [] : hashingOf(pool).sharesOf(members.map(({ endpoint }) => endpoint.address));
  const made = members.map(({ id }, place) => ({ node: id, keySpace: shares[place] ?? 0 }));
  pools.set(pool.name, made);
  return made;
}

function hashingOf({ hashing }: Pick<FleetPool, "hashing">): (typeof HASHINGS)[number] {
  const found = HASHINGS.find(({ name }) => name === hashing);
  if (found === undefined) throw new Error(`no hashing is named ${hashing}`);
  return found;
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
