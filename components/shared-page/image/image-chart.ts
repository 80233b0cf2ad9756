/** The lines of a chart as SVG paths, for an image. Pure. */
import { valueAxis } from "@/components/charts/chart-axes";
import type { ChartData } from "@/components/charts/chart-data";
import { drawnTimes } from "@/components/charts/chart-rows";

export interface ImageChart {
  readonly lines: readonly { readonly path: string; readonly area: string; readonly index: number }[];
  /** Pixels from the top; null when the limit is outside or unknown. */
  readonly limit: { readonly y: number; readonly label: string } | null;
  /** Pixels from the left. */
  readonly markers: readonly { readonly x: number; readonly down: boolean }[];
  readonly ticks: readonly { readonly value: number; readonly y: number }[];
}

/** More lines than this cannot be distinguished in a small picture. */
const MOST_LINES = 5;

/** Geometry within `width` × `height` pixels. A gap in the values is a gap in the line. */
export function imageChart(data: ChartData, nowMs: number, width: number, height: number): ImageChart {
  const axis = valueAxis(data, new Set());
  const [low, high] = axis.domain;
  const times = drawnTimes(data, nowMs);
  const xAt = (atMs: number) => ((atMs - data.fromMs) / Math.max(1, data.toMs - data.fromMs)) * width;
  const yAt = (value: number) =>
    (1 - Math.min(1, Math.max(0, (value - low) / Math.max(Number.MIN_VALUE, high - low)))) * height;
  const [limit] = data.limits;
  return {
    lines: data.lines.slice(0, MOST_LINES).map((line, index) => {
      const runs = runsOf(line.values, times, xAt, yAt);
      return {
        index,
        path: runs.map((run) => `M${run.map(pair).join("L")}`).join(""),
        area: line.area ? runs.map((run) => areaOf(run, height)).join("") : "",
      };
    }),
    limit: limit === undefined || limit.value > high ? null : { y: yAt(limit.value), label: limit.label },
    markers: data.markers
      .filter((marker) => marker.atMs >= data.fromMs && marker.atMs <= data.toMs)
      .map((marker) => ({ x: Math.round(xAt(marker.atMs)), down: marker.kind === "down" }))
      .filter((marker, index, all) => index === 0 || marker.x !== all[index - 1]?.x),
    ticks: axis.ticks.map((value) => ({ value, y: yAt(value) })),
  };
}

type Point = readonly [x: number, y: number];

function runsOf(
  values: readonly (number | null)[],
  times: readonly number[],
  xAt: (atMs: number) => number,
  yAt: (value: number) => number,
): Point[][] {
  const runs: Point[][] = [];
  let open = false;
  values.forEach((value, index) => {
    if (value === null) {
      open = false;
      return;
    }
    if (!open) runs.push([]);
    open = true;
    runs.at(-1)?.push([xAt(times[index] ?? 0), yAt(value)]);
  });
  // A lone point has no length: it becomes a short dash that ends there, since the newest lies at the edge.
  return runs.map((run) => {
    const [only] = run;
    return run.length > 1 || only === undefined ? run : [[only[0] - 4, only[1]], only];
  });
}

function pair([x, y]: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

function areaOf(run: readonly Point[], height: number): string {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return "";
  return `M${run.map(pair).join("L")}L${last[0].toFixed(1)} ${height}L${first[0].toFixed(1)} ${height}Z`;
}
