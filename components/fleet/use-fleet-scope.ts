"use client";
import { useMemo } from "react";
import type { ApiError } from "@/lib/client/api";
import { useFleet } from "@/lib/client/queries/fleet";
import type { Attention, Totals } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { type Health, healthOf } from "./node-health";
import { type NodeOrder, nodeOrder } from "./node-list/node-order";

/** The scope of a page: the fleet, or one pool. */
export interface FleetScope {
  readonly pool: string | null;
  readonly totals: Totals;
  readonly attention: readonly Attention[];
  readonly nodes: readonly Node[];
  readonly health: ReadonlyMap<string, Health>;
  readonly order: NodeOrder;
  readonly atMs: number;
  readonly configured: boolean;
  /** False while only the first nodes of a large fleet are loaded. */
  readonly complete: boolean;
  readonly error: ApiError | null;
  readonly retry: () => void;
}

/** The fleet, narrowed to `pool` when it is not null; null until anything is known, or without that pool. */
export function useFleetScope(pool: string | null): FleetScope | null {
  const { data: fleet, error, refetch } = useFleet();
  const narrowed = useMemo(() => {
    if (fleet === undefined) return null;
    const totals = pool === null ? fleet.totals : fleet.pools.find(({ name }) => name === pool);
    if (totals === undefined) return null;
    const inScope = (item: { readonly pool: string }) => pool === null || item.pool === pool;
    const nodes = pool === null ? fleet.nodes : fleet.nodes.filter(inScope);
    const attention = pool === null ? fleet.attention : fleet.attention.filter(inScope);
    return {
      pool,
      totals,
      attention,
      nodes,
      health: healthOf(nodes, attention),
      order: nodeOrder(nodes),
      atMs: fleet.atMs,
      configured: fleet.configured,
      complete: fleet.nextCursor === null,
    };
  }, [fleet, pool]);
  return useMemo(
    () => (narrowed === null ? null : { ...narrowed, error, retry: () => void refetch() }),
    [narrowed, error, refetch],
  );
}
