"use client";
import { type ComponentProps, lazy, Suspense } from "react";
import { useHydrated } from "@/components/ui/hooks/use-hydrated";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/placeholder/skeleton";

const MapPanel = lazy(() => import("./panel"));

/** The approximate height of the cells of that many nodes, on a large screen. */
function heightFor(count: number): number {
  return Math.min(320, Math.max(29, Math.ceil(count / 90) * 8));
}

/** The map of all nodes, whose code is loaded after the page. */
export function LazyCells(props: ComponentProps<typeof MapPanel>) {
  const hydrated = useHydrated();
  if (props.scope.totals.nodes < 2) return null;
  const placeholder = (
    <Panel className="mt-3.5" title={<Skeleton className="h-7 w-32" />}>
      <div aria-hidden="true" style={{ height: heightFor(props.scope.totals.nodes) }} />
    </Panel>
  );
  return <Suspense fallback={placeholder}>{hydrated ? <MapPanel {...props} /> : placeholder}</Suspense>;
}
