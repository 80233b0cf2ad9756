"use client";
import { useSeries } from "@/lib/client/queries/fleet";
import { useWindow, windowQuery } from "@/lib/client/view-state";
import { SERIES_LIMITS } from "@/lib/model/series";
import { metricsOf, NODE_CHARTS } from "./charts";

const METRICS = metricsOf(NODE_CHARTS);

/** A node's series over the window in view. One question for charts, events and last known facts. */
export function useNodeSeries(node: string, metrics: readonly string[] = METRICS) {
  const { window } = useWindow();
  return useSeries({ metrics, nodes: [node], points: SERIES_LIMITS.usualPoints, ...windowQuery(window) });
}
