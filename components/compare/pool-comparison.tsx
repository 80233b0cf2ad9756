"use client";
import { PoolLoad } from "./pool-load";
import { PoolSettings } from "./pool-settings";

/** Whether the nodes of a pool are alike: in what they carry, and in how they are set. */
export function PoolComparison({ pool }: { readonly pool: string }) {
  return (
    <div className="mt-4 flex flex-col gap-4 border-line border-t pt-3">
      <PoolLoad pool={pool} />
      <PoolSettings pool={pool} />
    </div>
  );
}
