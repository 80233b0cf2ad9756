import { describe, expect, it } from "vitest";
import type { Marker } from "@/lib/model/series.schema";
import { nextIndex } from "./chart-overlay";
import { dotsPath, FRAME, instantAt, positionMarkers, xOf, yOf } from "./plot-geometry";

const plot = {
  width: FRAME.left + 1000 + FRAME.right,
  height: FRAME.top + 100 + FRAME.bottom,
  fromMs: 0,
  toMs: 1_000_000,
};

function marker(atMs: number, kind: Marker["kind"] = "restart"): Marker {
  return { atMs, kind, node: "n", text: "" };
}

describe("plot geometry", () => {
  it("maps instants to pixels and back", () => {
    expect(xOf(plot, 500_000)).toBe(FRAME.left + 500);
    expect(instantAt(plot, FRAME.left + 500)).toBe(500_000);
    expect(instantAt(plot, 0)).toBe(0);
    expect(instantAt(plot, 9_999)).toBe(1_000_000);
  });

  it("draws a dot at every point of a path", () => {
    const points = [
      { atMs: 0, value: 100 },
      { atMs: 500_000, value: 0 },
    ];
    expect(dotsPath(plot, points, [0, 100])).toBe(
      `M${FRAME.left}.0 ${FRAME.top}.0h0M${FRAME.left + 500}.0 ${FRAME.top + 100}.0h0`,
    );
  });

  it("maps values to pixels from the top, clamped to the plot", () => {
    expect(yOf(plot, 25, [0, 100])).toBe(FRAME.top + 75);
    expect(yOf(plot, 200, [0, 100])).toBe(FRAME.top);
  });

  it("draws markers within the time range only, without overlapping labels", () => {
    const placed = positionMarkers(plot, [
      marker(-5),
      marker(100_000),
      marker(120_000),
      marker(300_000),
      marker(990_000),
      marker(2_000_000),
    ]);
    expect(placed.map(({ marker: { atMs }, labelled, side }) => [atMs, labelled, side])).toEqual([
      [100_000, true, "right"],
      [120_000, false, "right"],
      [300_000, true, "right"],
      [990_000, true, "left"],
    ]);
  });

  it("draws many equal markers on one pixel once", () => {
    expect(positionMarkers(plot, [marker(1000), marker(1100), marker(1200)])).toHaveLength(1);
  });
});

describe("moving the cursor by keyboard", () => {
  it("starts at the newest point and stays inside", () => {
    expect(nextIndex("ArrowLeft", -1, 10)).toBe(9);
    expect(nextIndex("ArrowRight", -1, 10)).toBe(9);
    expect(nextIndex("ArrowRight", 9, 10)).toBe(9);
    expect(nextIndex("ArrowLeft", 0, 10)).toBe(0);
    expect(nextIndex("PageDown", 50, 100)).toBe(40);
    expect(nextIndex("Home", 5, 10)).toBe(0);
    expect(nextIndex("End", 5, 10)).toBe(9);
    expect(nextIndex("a", 5, 10)).toBeNull();
    expect(nextIndex("ArrowLeft", 0, 0)).toBeNull();
  });
});
