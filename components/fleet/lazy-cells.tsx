"use client";
import { lazy, Suspense } from "react";
import { useTranslations } from "use-intl";
import type { Node } from "@/lib/model/node";
import { Panel } from "../ui/panel";
import { Segmented } from "../ui/segmented";
import { useFormat } from "../ui/use-format";
import { useHydrated } from "../ui/use-hydrated";
import { cellLayout } from "./cell-layout";
import { MAP_VIEWS, useMapState } from "./map-state";
import type { Scope } from "./use-scope";

const NodeCells = lazy(() => import("./node-cells"));
const CellLegend = lazy(() => import("./cell-legend"));
const CourseMap = lazy(() => import("./course-map"));

/** About as wide as the panel on a large screen. */
const GUESSED_WIDTH = 1_100;

interface LazyCellsProps {
  readonly scope: Scope;
  /** The nodes that pass the filters, in any order. */
  readonly nodes: readonly Node[];
}

/** Every node at a glance: its state now, or a metric over time. What draws it is loaded when the page stands. */
export function LazyCells({ scope, nodes }: LazyCellsProps) {
  const t = useTranslations("fleet.cells");
  const format = useFormat();
  const hydrated = useHydrated();
  const [{ map }, setMap] = useMapState();
  if (scope.totals.nodes < 2) return null;
  const { height } = cellLayout(nodes.length, GUESSED_WIDTH);
  const room = <div aria-hidden="true" style={{ height: map === "now" ? Math.min(height, 320) : 430 }} />;
  return (
    <Panel
      title={t("title")}
      subtitle={format.integer(nodes.length)}
      className="mt-3.5"
      tools={
        <>
          {hydrated && map === "now" && (
            <Suspense>
              <CellLegend />
            </Suspense>
          )}
          <Segmented
            label={t("view")}
            options={MAP_VIEWS.map((value) => ({ value, label: t(`views.${value}`) }))}
            value={map}
            onChange={(value) => setMap({ map: value })}
            className="ml-2"
          />
        </>
      }
    >
      {/* What is measured in the browser is drawn there alone. */}
      <Suspense fallback={room}>
        {hydrated ? (
          map === "now" ? (
            <NodeCells scope={scope} nodes={nodes} />
          ) : (
            <CourseMap scope={scope} nodes={nodes} />
          )
        ) : (
          room
        )}
      </Suspense>
    </Panel>
  );
}
