"use client";
import { lazy, Suspense } from "react";
import { useHydrated } from "@/components/ui/hooks/use-hydrated";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import type { FleetScope } from "../use-fleet-scope";

const OverviewCharts = lazy(() => import("./overview"));

function Placeholders() {
  return (
    <div className="mt-3.5 grid gap-3.5 lg:grid-cols-3" aria-hidden="true">
      {["a", "b", "c"].map((key) => (
        <div key={key} className="panel px-3.5 py-3">
          <Skeleton className="mb-2 h-[21px] w-32" />
          <Skeleton className="h-[190px] w-full" />
        </div>
      ))}
    </div>
  );
}

/** The charts, whose code is loaded after the page. */
export function LazyCharts({ scope }: { readonly scope: FleetScope }) {
  const hydrated = useHydrated();
  return (
    <Suspense fallback={<Placeholders />}>
      {hydrated ? <OverviewCharts scope={scope} /> : <Placeholders />}
    </Suspense>
  );
}
