"use client";
import { lazy, Suspense } from "react";
import { useTranslations } from "use-intl";
import { Segmented } from "@/components/ui/form/segmented";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Panel } from "@/components/ui/panel";
import type { Node } from "@/lib/model/node/node.schema";
import type { FleetScope } from "../use-fleet-scope";
import NodeMap from "./cells";
import CellLegend from "./legend";
import { heatmapHeight, MAP_VIEWS, useMapState } from "./state";

const Heatmap = lazy(() => import("../heatmap/heatmap"));

/** The height of the controls around the heat map, so that the page does not jump when it loads. */
const CONTROLS_HEIGHT = 88;

interface MapPanelProps {
  readonly scope: FleetScope;
  /** The nodes that pass the filters, in any order. */
  readonly nodes: readonly Node[];
}

/** Every node at a glance: its state now, or a metric over time. */
export default function MapPanel({ scope, nodes }: MapPanelProps) {
  const t = useTranslations("fleet.map");
  const format = useFormat();
  const [{ map }, setMap] = useMapState();
  return (
    <Panel
      title={t("title")}
      subtitle={format.integer(nodes.length)}
      className="mt-3.5"
      tools={
        <>
          {map === "now" && <CellLegend />}
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
      {map === "now" ? (
        <NodeMap scope={scope} nodes={nodes} />
      ) : (
        <Suspense
          fallback={
            <div aria-hidden="true" style={{ height: CONTROLS_HEIGHT + heatmapHeight(nodes.length) }} />
          }
        >
          <Heatmap scope={scope} nodes={nodes} />
        </Suspense>
      )}
    </Panel>
  );
}
