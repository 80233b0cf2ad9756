"use client";
/**
 * The view of the map of all nodes, kept in the URL. `map`: the state now, or a metric over time; `metric`:
 * which one; `rows`: worst nodes first, or by the metric.
 */
import { choice, text, useParameters } from "@/lib/client/url-params";

export const MAP_VIEWS = ["now", "time"] as const;
export type MapView = (typeof MAP_VIEWS)[number];
export const ROW_ORDERS = ["worst", "metric"] as const;
export type RowOrder = (typeof ROW_ORDERS)[number];
export const DEFAULT_METRIC = "hit_ratio";

export const ROW_HEIGHT = 14;
const MOST_ROWS = 26;
/** Space for a row of a small fleet and its surroundings. */
const FEWEST_ROWS = 4;

/** The height of the heat map for a number of nodes, pixels; it scrolls when more nodes exist than fit. */
export function heatmapHeight(nodes: number): number {
  return ROW_HEIGHT * Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, nodes));
}

const MAP = { map: choice(MAP_VIEWS, "now"), metric: text, rows: choice(ROW_ORDERS, "worst") };

export function useMapState() {
  const [{ map, metric, rows }, set] = useParameters(MAP, "push");
  return [{ map, metric: metric === "" ? DEFAULT_METRIC : metric, rows }, set] as const;
}
