"use client";
import { lazy, Suspense } from "react";
import { useTranslations } from "use-intl";
import { useHydrated } from "@/components/ui/hooks/use-hydrated";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import type { NodeChartsGridProps } from "./charts-grid";

const NodeChartsGrid = lazy(() => import("./charts-grid"));

function Placeholders({ charts }: Pick<NodeChartsGridProps, "charts">) {
  const t = useTranslations("node.charts");
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3.5 sm:grid-cols-[repeat(auto-fit,minmax(min(100%,340px),1fr))]">
      {charts.map(({ id }) => (
        <Panel key={id} title={t(`${id}.title`)}>
          {/* A chart and one line of legend. */}
          <Skeleton className="h-[190px] w-full" />
        </Panel>
      ))}
    </div>
  );
}

/** The charts, whose code is loaded after the page. */
export function LazyChartsGrid(props: NodeChartsGridProps) {
  const hydrated = useHydrated();
  const placeholders = <Placeholders charts={props.charts} />;
  return (
    <Suspense fallback={placeholders}>{hydrated ? <NodeChartsGrid {...props} /> : placeholders}</Suspense>
  );
}
