"use client";
import { Pill } from "@/components/ui/status/pill";
import { useFleet } from "@/lib/client/queries/fleet";

/** The labels that the configuration gives a pool. */
export function PoolLabels({ pool }: { readonly pool: string }) {
  const { data: fleet } = useFleet();
  const labels = fleet?.pools.find(({ name }) => name === pool)?.labels ?? {};
  return Object.entries(labels).map(([name, value]) => (
    <span key={name} className="max-lg:hidden">
      <Pill>
        {name}={value}
      </Pill>
    </span>
  ));
}
