/** Where the plot lies inside the chart, in CSS pixels, and what lies where in it. */
import type { Marker } from "@/lib/model/series.schema";

/** Space for the axes around the plot. The chart library gets the same numbers. */
export const FRAME = { left: 52, right: 14, top: 16, bottom: 22 } as const;

export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Pixels from the left edge of the chart. */
export function xOf(plot: Plot, atMs: number): number {
  const inner = Math.max(1, plot.width - FRAME.left - FRAME.right);
  return FRAME.left + ((atMs - plot.fromMs) / Math.max(1, plot.toMs - plot.fromMs)) * inner;
}

/** The instant at a pixel, clamped to the time range. */
export function instantAt(plot: Plot, x: number): number {
  const inner = Math.max(1, plot.width - FRAME.left - FRAME.right);
  const share = Math.min(1, Math.max(0, (x - FRAME.left) / inner));
  return plot.fromMs + share * (plot.toMs - plot.fromMs);
}

/** Pixels from the top edge of the chart. */
export function yOf(plot: Plot, value: number, domain: readonly [number, number]): number {
  const inner = Math.max(1, plot.height - FRAME.top - FRAME.bottom);
  const share = (value - domain[0]) / Math.max(Number.MIN_VALUE, domain[1] - domain[0]);
  return FRAME.top + (1 - Math.min(1, Math.max(0, share))) * inner;
}

/** A path that, stroked with round caps, is a dot at every point. */
export function dotsPath(
  plot: Plot,
  points: readonly { readonly atMs: number; readonly value: number }[],
  domain: readonly [number, number],
): string {
  return points
    .map(({ atMs, value }) => `M${xOf(plot, atMs).toFixed(1)} ${yOf(plot, value, domain).toFixed(1)}h0`)
    .join("");
}

export interface PositionedMarker {
  readonly marker: Marker;
  readonly x: number;
  /** Whether its word fits without touching the one before it. */
  readonly labelled: boolean;
  /** The side of the line that the label is on. */
  readonly side: "left" | "right";
}

const LABEL_PIXELS = 64;

/** Markers of the time range from left to right. Of several on the same pixel, the first is drawn. */
export function positionMarkers(plot: Plot, markers: readonly Marker[]): PositionedMarker[] {
  const placed: PositionedMarker[] = [];
  let labelEnd = Number.NEGATIVE_INFINITY;
  for (const marker of [...markers].sort((a, b) => a.atMs - b.atMs)) {
    if (marker.atMs < plot.fromMs || marker.atMs > plot.toMs) continue;
    const x = xOf(plot, marker.atMs);
    const previous = placed.at(-1);
    if (previous && Math.abs(previous.x - x) < 1 && previous.marker.kind === marker.kind) continue;
    const side = x + LABEL_PIXELS > plot.width ? "left" : "right";
    const start = side === "right" ? x : x - LABEL_PIXELS;
    // A recovery needs no label: the line continues.
    const labelled = start >= labelEnd && marker.kind !== "up";
    if (labelled) labelEnd = start + LABEL_PIXELS;
    placed.push({ marker, x, labelled, side });
  }
  return placed;
}

/** Markers within `reachMs` of an instant. */
export function markersNear(markers: readonly Marker[], atMs: number, reachMs: number): Marker[] {
  return markers.filter((marker) => Math.abs(marker.atMs - atMs) <= reachMs);
}
