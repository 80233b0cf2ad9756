"use client";
import { useSeries } from "@/lib/client/queries/series";
import { useWindow, windowQuery } from "@/lib/client/view-state";
import { SERIES_LIMITS } from "@/lib/model/series";
import { metricsOf, NODE_CHARTS } from "./charts";

const METRICS = metricsOf(NODE_CHARTS);

/** A node's series over the page's time range: one request for charts, events and last known values. */
export function useNodeSeries(node: string, metrics: readonly string[] = METRICS) {
  const { window } = useWindow();
  return useSeries({ metrics, nodes: [node], points: SERIES_LIMITS.usualPoints, ...windowQuery(window) });
}
