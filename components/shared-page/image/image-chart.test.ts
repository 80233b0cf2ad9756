import { describe, expect, it } from "vitest";
import type { ChartData } from "@/components/charts/chart-data";
import { imageChart } from "./image-chart";

const line = {
  key: "line0",
  label: "a",
  metric: "bytes",
  node: "a",
  tone: "s1",
  dash: null,
  area: false,
} as const;
const data: ChartData = {
  unit: "count",
  fromMs: 0,
  toMs: 400,
  stepMs: 100,
  intervalMs: 100,
  atMs: [0, 100, 200, 300],
  lines: [{ ...line, values: [0, 10, null, 5] }],
  limits: [],
  markers: [
    { atMs: 200, node: "a", kind: "down", text: "" },
    { atMs: 900, node: "a", kind: "up", text: "" },
  ],
};

describe("the chart of a preview image", () => {
  it("breaks the line at gaps, and draws a single value as a dash", () => {
    const { path } = imageChart(data, 1_000, 400, 100).lines[0] ?? { path: "" };
    expect(path.match(/M/g)).toHaveLength(2);
    // 0 at the bottom, 10 at the top; buckets of a quarter of the width.
    expect(path.startsWith("M0.0 100.0L100.0 0.0M")).toBe(true);
  });

  it("shows markers within the time range only", () => {
    expect(imageChart(data, 1_000, 400, 100).markers).toEqual([{ x: 200, down: true }]);
  });
});
