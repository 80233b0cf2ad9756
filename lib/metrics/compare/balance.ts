/** Each node's share of the key space of its pool, beside its shares of items and gets. Pure. */

import type { BalanceVerdict } from "@/lib/model/compare";
import type { Balance } from "@/lib/model/compare.schema";
import { ratio } from "../ratio";

export interface NodeHolding {
  readonly node: string;
  /** Share of the key space, 0..1. */
  readonly keySpace: number;
  /** Items stored now; null when unknown. */
  readonly items: number | null;
  /** Gets per second; null when unknown. */
  readonly gets: number | null;
}

export type Share = Balance["shares"][number];

/**
 * Each node's shares of the items, the gets and the key space. Nodes without data are left out: the others are compared
 * with their share of the rest. Largest share of the gets first.
 */
export function sharesOf(holdings: readonly NodeHolding[]): Share[] {
  const ownedWithItems = sum(holdings, ({ keySpace, items }) => (items === null ? 0 : keySpace));
  const ownedWithGets = sum(holdings, ({ keySpace, gets }) => (gets === null ? 0 : keySpace));
  const allItems = sum(holdings, ({ items }) => items ?? 0);
  const allGets = sum(holdings, ({ gets }) => gets ?? 0);
  const shares = holdings.map(({ node, keySpace, items, gets }) => {
    const itemsShare = ratio(items, allItems);
    const getsShare = ratio(gets, allGets);
    return {
      node,
      keySpace,
      expected: items === null ? null : ratio(keySpace, ownedWithItems),
      items: itemsShare,
      gets: getsShare,
      itemsFactor: ratio(itemsShare, ratio(keySpace, ownedWithItems)),
      getsFactor: ratio(getsShare, ratio(keySpace, ownedWithGets)),
    };
  });
  return shares.sort((a, b) => (b.gets ?? -1) - (a.gets ?? -1) || (b.items ?? -1) - (a.items ?? -1));
}

/** From this multiple of an even share on, a node is notably busy. */
const NOTABLE = 1.5;
/** Up to this multiple of its key space, a share is explained by the ring. */
const NEAR = 1.25;
/** With fewer nodes nothing can be uneven. */
const MIN_NODES = 2;

/** Why the busiest node serves more than an even share of the gets. `shares` as returned by `sharesOf`. */
export function verdictOf(shares: readonly Share[]): { verdict: BalanceVerdict; node: string | null } {
  const known = shares.filter(({ gets }) => gets !== null);
  const [busiest] = known;
  if (busiest === undefined || known.length < MIN_NODES) return { verdict: "unknown", node: null };
  const { node, gets, getsFactor, itemsFactor } = busiest;
  if ((gets ?? 0) * known.length < NOTABLE) return { verdict: "even", node: null };
  if (getsFactor !== null && getsFactor < NEAR) return { verdict: "ring", node };
  if (itemsFactor === null) return { verdict: "unknown", node };
  return { verdict: itemsFactor >= NEAR ? "placement" : "hotKeys", node };
}

function sum(holdings: readonly NodeHolding[], of: (holding: NodeHolding) => number): number {
  return holdings.reduce((total, holding) => total + of(holding), 0);
}
