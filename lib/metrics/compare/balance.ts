/** What each node of a pool owns of the key space, beside what it holds and serves. Pure. */

import type { BalanceVerdict } from "@/lib/model/compare";
import type { Balance } from "@/lib/model/compare.schema";

export interface NodeHolding {
  readonly node: string;
  /** Share of the whole key space, 0..1. */
  readonly keySpace: number;
  /** Items stored now; null when not known. */
  readonly items: number | null;
  /** Gets per second; null when not known. */
  readonly gets: number | null;
}

export type Share = Balance["shares"][number];

/**
 * Each node's share of the items and the gets beside its share of the key space. Nodes that do not answer hold nobody's
 * share: the others are compared with what they own among themselves. Greatest share of the gets first.
 */
export function sharesOf(holdings: readonly NodeHolding[]): Share[] {
  const ownedWithItems = sum(holdings, ({ keySpace, items }) => (items === null ? 0 : keySpace));
  const ownedWithGets = sum(holdings, ({ keySpace, gets }) => (gets === null ? 0 : keySpace));
  const allItems = sum(holdings, ({ items }) => items ?? 0);
  const allGets = sum(holdings, ({ gets }) => gets ?? 0);
  const shares = holdings.map(({ node, keySpace, items, gets }) => {
    const itemsShare = part(items, allItems);
    const getsShare = part(gets, allGets);
    return {
      ...{ node, keySpace },
      expected: items === null ? null : part(keySpace, ownedWithItems),
      ...{ items: itemsShare, gets: getsShare },
      itemsFactor: part(itemsShare, part(keySpace, ownedWithItems)),
      getsFactor: part(getsShare, part(keySpace, ownedWithGets)),
    };
  });
  return shares.sort((a, b) => (b.gets ?? -1) - (a.gets ?? -1) || (b.items ?? -1) - (a.items ?? -1));
}

/** One node carries notably more than an even share from here on. */
const NOTABLE = 1.5;
/** What a share may be above the ring's and still be the ring's. */
const NEAR = 1.25;
/** Below this many nodes nothing can be uneven. */
const LEAST_NODES = 2;

/** Why the node that serves the most gets serves more than an even share. `shares` as `sharesOf` gives them. */
export function verdictOf(shares: readonly Share[]): { verdict: BalanceVerdict; node: string | null } {
  const known = shares.filter(({ gets }) => gets !== null);
  const [busiest] = known;
  if (busiest === undefined || known.length < LEAST_NODES) return { verdict: "unknown", node: null };
  const { node, gets, getsFactor, itemsFactor } = busiest;
  if ((gets ?? 0) * known.length < NOTABLE) return { verdict: "even", node: null };
  if (getsFactor !== null && getsFactor < NEAR) return { verdict: "ring", node };
  if (itemsFactor === null) return { verdict: "unknown", node };
  return { verdict: itemsFactor >= NEAR ? "placement" : "hotKeys", node };
}

function part(of: number | null, whole: number | null): number | null {
  return of === null || whole === null || whole <= 0 ? null : of / whole;
}

function sum(holdings: readonly NodeHolding[], of: (holding: NodeHolding) => number): number {
  return holdings.reduce((total, holding) => total + of(holding), 0);
}
