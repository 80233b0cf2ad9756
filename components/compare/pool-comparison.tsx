"use client";
import { PoolBalance } from "./pool-balance";
import { PoolConsistency } from "./pool-consistency";
import { PoolLoad } from "./pool-load";

/** The consistency of a pool's nodes: load, settings and share of the keys. */
export function PoolComparison({ pool }: { readonly pool: string }) {
  return (
    <div className="mt-4 flex flex-col gap-4 border-line border-t pt-3">
      <PoolLoad pool={pool} />
      <PoolConsistency pool={pool} />
      <PoolBalance pool={pool} />
    </div>
  );
}
