import { describe, expect, it } from "vitest";
import type { Series } from "@/lib/model/series.schema";
import { nodeOf } from "@/tests/doubles/fleet-fixture";
import { metricsFor, othersOf, topNodes, withOthers } from "./top-rows";

function seriesOf(
  atMs: number[],
  rows: [metric: string, node: string | null, values: (number | null)[]][],
): Series {
  return {
    ...{
      metric: rows[0]?.[0] ?? "",
      unit: "perSecond",
      metrics: [],
      fromMs: 0,
      toMs: 40,
      stepMs: 10,
      markers: [],
    },
    atMs,
    series: rows.map(([metric, node, values]) => ({ metric, node, pool: null, values })),
  };
}

const times = [0, 10, 20, 30];

describe("the others in a chart of top nodes", () => {
  it("are the total minus the top nodes; a silent top node subtracts nothing", () => {
    const total = seriesOf(times, [
      ["gets", null, [100, 100, 100, null]],
      ["curr_connections", null, [10, 10, 10, null]],
    ]);
    const top = seriesOf(times, [
      ["gets", "a", [30, 30, null, null]],
      ["gets", "b", [20, 25, 20, null]],
      ["curr_connections", "a", [2, 2, null, null]],
      ["curr_connections", "b", [2, 2, 2, null]],
    ]);
    expect(othersOf(total, top, "gets")).toEqual([50, 45, 80, null]);
  });

  it("are a gap where no other node was observed, and 0 where others were idle", () => {
    const total = seriesOf(times, [
      ["gets", null, [30, 30, 30, 30]],
      ["curr_connections", null, [2, 5, 2, 5]],
    ]);
    const top = seriesOf(times, [
      ["gets", "a", [30, 30, 30, 30]],
      ["curr_connections", "a", [2, 2, 2, 2]],
    ]);
    expect(othersOf(total, top, "gets")).toEqual([null, 0, null, 0]);
  });

  it("have a hit ratio from sums, and none where they had no gets", () => {
    const total = seriesOf(times, [
      ["hits", null, [90, 60, 60, 60]],
      ["gets", null, [100, 100, 60, 60]],
      ["curr_connections", null, [9, 9, 9, 9]],
    ]);
    const top = seriesOf(times, [
      ["hits", "a", [40, 20, 60, 0]],
      ["gets", "a", [50, 60, 60, 0]],
      ["curr_connections", "a", [1, 1, 1, 1]],
    ]);
    // 50 of 50; 40 of 40; nothing of nothing; 60 of 60.
    expect(othersOf(total, top, "hit_ratio")).toEqual([1, 1, null, 1]);
    const half = seriesOf(times, [
      ["hits", "a", [65, 20, 30, 0]],
      ["gets", "a", [50, 20, 20, 0]],
      ["curr_connections", "a", [1, 1, 1, 1]],
    ]);
    // 25 of 50; 40 of 80; 30 of 40.
    expect(othersOf(total, half, "hit_ratio").slice(0, 3)).toEqual([0.5, 0.5, 0.75]);
  });

  it("are a gap in a bucket that only one of the two replies has", () => {
    const total = seriesOf(times, [
      ["gets", null, [9, 9, 9, 9]],
      ["curr_connections", null, [9, 9, 9, 9]],
    ]);
    const top = seriesOf([0, 10, 20], [["gets", "a", [1, 1, 1]]]);
    expect(othersOf(total, top, "gets")).toEqual([8, 8, 8, null]);
    expect(withOthers(total, top, "gets", 2).series.map(({ values }) => values)).toEqual([
      [1, 1, 1, null],
      [8, 8, 8, null],
    ]);
  });

  it("are omitted when there are none", () => {
    const total = seriesOf(times, [["gets", null, [9, 9, 9, 9]]]);
    const top = seriesOf(times, [["gets", "a", [9, 9, 9, 9]]]);
    expect(withOthers(total, top, "gets", 0).series).toHaveLength(1);
  });
});

describe("the top nodes", () => {
  const nodes = [
    nodeOf("a", { getsPerSecond: 5, hitRatio: 0.9 }),
    nodeOf("b", { getsPerSecond: 9, hitRatio: 0.5 }),
    nodeOf("c", { getsPerSecond: null, hitRatio: null }),
  ];
  it("have the greatest value, or the lowest hit ratio; unreported values never count", () => {
    expect(topNodes(nodes, "gets")).toEqual(["b", "a"]);
    expect(topNodes(nodes, "hit_ratio", 1)).toEqual(["b"]);
  });

  it("are requested with the metrics that show whether other nodes were observed", () => {
    expect(metricsFor("gets")).toEqual(["gets", "curr_connections"]);
    expect(metricsFor("curr_connections")).toEqual(["curr_connections"]);
    expect(metricsFor("hit_ratio")).toEqual(["hit_ratio", "hits", "gets", "curr_connections"]);
  });
});
