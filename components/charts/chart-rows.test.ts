import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Marker } from "@/lib/model/series.schema";
import type { ChartData } from "./chart-data";
import { chartRows, drawnTimes, firstAtOrAfter, nearestIndex } from "./chart-rows";

const NODE = "10.0.0.1:11211";

function data(
  values: (number | null)[][],
  markers: Marker[] = [],
  nodes: (string | null)[] = [NODE, NODE],
): ChartData {
  return {
    unit: "count",
    fromMs: 0,
    toMs: 60_000,
    stepMs: 10_000,
    intervalMs: 10_000,
    atMs: (values[0] ?? []).map((_, index) => index * 10_000),
    lines: values.map((line, index) => ({
      key: `l${index}`,
      label: "",
      metric: "curr_items",
      node: nodes[index] ?? null,
      tone: "s1",
      dash: null,
      area: false,
      values: line,
    })),
    limits: [],
    markers,
  };
}

function marker(atMs: number, kind: Marker["kind"] = "restart", node = NODE): Marker {
  return { atMs, kind, node, text: "" };
}

const LATER = 1e9;

describe("chart rows", () => {
  it("keep gaps as gaps and zeros as zeros", () => {
    const { rows } = chartRows(data([[1, null, 0, 4]]), LATER);
    expect(rows).toEqual([
      { atMs: 0, l0: 1 },
      { atMs: 10_000, l0: null },
      { atMs: 20_000, l0: 0 },
      { atMs: 30_000, l0: 4 },
    ]);
  });

  it("break a line between the buckets around a restart, so that no line joins two processes", () => {
    // The sample at 20 s covers 10 s to 20 s; a restart at 13 s is in it.
    const { rows } = chartRows(data([[5, 6, 1, 2]], [marker(13_000)]), LATER);
    expect(rows.map((row) => [row.atMs, row.l0])).toEqual([
      [0, 5],
      [10_000, 6],
      [15_000, null],
      [20_000, 1],
      [30_000, 2],
    ]);
  });

  it("break at a counter reset, but not at a flush or an outage", () => {
    expect(chartRows(data([[1, 1, 1]], [marker(5_000, "reset")]), LATER).rows).toHaveLength(4);
    for (const kind of ["flush", "down", "up", "action", "clock"] as const) {
      expect(chartRows(data([[1, 1, 1]], [marker(5_000, kind)]), LATER).rows).toHaveLength(3);
    }
  });

  it("do not break the lines of other nodes", () => {
    const { rows } = chartRows(
      data(
        [
          [5, 6, 1],
          [10, 20, 40],
        ],
        [marker(13_000)],
        [NODE, "other:1"],
      ),
      LATER,
    );
    expect(rows[2]).toEqual({ atMs: 15_000, l0: null, l1: 30 });
  });

  it("do not break an aggregate, whose other nodes continue", () => {
    expect(chartRows(data([[5, 6, 1]], [marker(13_000)], [null]), LATER).rows).toHaveLength(3);
  });

  it("move the unfinished bucket to the dashed key, with the point before it", () => {
    const wide = { ...data([[1, 2, 3]]), stepMs: 10_000, intervalMs: 2_000 };
    // The last bucket begins at 20 s and is full at 28 s.
    expect(chartRows(wide, 25_000)).toEqual({
      rows: [
        { atMs: 8_000, l0: 1 },
        { atMs: 18_000, l0: 2, "l0:open": 2 },
        { atMs: 25_000, l0: null, "l0:open": 3 },
      ],
      lone: [],
      unfinished: true,
    });
    expect(chartRows(wide, 28_000).unfinished).toBe(false);
  });

  it("list isolated values, which no line can show", () => {
    const { lone } = chartRows(data([[1, null, 3, null, 5, 6]]), LATER);
    expect(lone).toEqual([
      { key: "l0", atMs: 0, value: 1 },
      { key: "l0", atMs: 20_000, value: 3 },
    ]);
  });

  it("never lose or invent a value, wherever restarts happen", () => {
    const value = fc.option(fc.integer({ min: 0, max: 99 }), { nil: null });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 30 }),
        fc.array(fc.integer({ min: -5_000, max: 320_000 })),
        (values, at) => {
          const { rows } = chartRows(
            data(
              [values],
              at.map((ms) => marker(ms)),
            ),
            LATER,
          );
          const drawn = rows.filter((row) => row.atMs % 10_000 === 0).map((row) => row.l0);
          expect(drawn).toEqual(values);
          const times = rows.map((row) => row.atMs);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
        },
      ),
    );
  });
});

describe("finding a point", () => {
  it("draws a bucket where its newest observation lies, never in the future", () => {
    expect(drawnTimes({ atMs: [0, 60_000], stepMs: 60_000, intervalMs: 10_000 }, 100_000)).toEqual([
      50_000, 100_000,
    ]);
    expect(drawnTimes({ atMs: [0, 10_000], stepMs: 10_000, intervalMs: 10_000 }, 100_000)).toEqual([
      0, 10_000,
    ]);
  });

  it("agrees with a plain search", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 })),
        fc.integer({ min: -10, max: 1010 }),
        (unsorted, at) => {
          const times = unsorted.toSorted((a, b) => a - b);
          const found = times.findIndex((time) => time >= at);
          expect(firstAtOrAfter(times, at)).toBe(found === -1 ? times.length : found);
          const nearest = nearestIndex(times, at);
          const least = times.reduce(
            (low, time) => Math.min(low, Math.abs(time - at)),
            Number.POSITIVE_INFINITY,
          );
          if (times.length === 0) expect(nearest).toBe(-1);
          else expect(Math.abs((times[nearest] ?? Number.NaN) - at)).toBe(least);
        },
      ),
    );
  });
});
