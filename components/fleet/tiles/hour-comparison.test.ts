import { describe, expect, it } from "vitest";
import type { Series } from "@/lib/model/series.schema";
import { nodeOf } from "@/tests/doubles/fleet-fixture";
import { busiestNodes, lowestHitRatioNodes } from "../charts/notable-nodes";
import { statsCommands } from "../charts/shell-commands";
import { visibleRows } from "../node-list/use-visible-rows";
import { hourComparison, topEvictor } from "./hour-comparison";

const MINUTE = 60_000;

/** Two hours in buckets of ten minutes: six of the previous hour, six of the last one. */
function seriesOf(rows: Record<string, (number | null)[]>): Series {
  return {
    metric: "hit_ratio",
    unit: "ratio",
    metrics: [],
    fromMs: 0,
    toMs: 120 * MINUTE,
    stepMs: 10 * MINUTE,
    atMs: Array.from({ length: 12 }, (_, n) => n * 10 * MINUTE),
    series: Object.entries(rows).map(([metric, values]) => ({ metric, node: null, pool: null, values })),
    markers: [],
  };
}

const incident = [0, 0, 0, 0, 0, 0];
const busy = [100, 100, 100, 100, 100, 100];

describe("the previous hour", () => {
  it("has one ratio from sums, not the mean of the buckets' ratios", () => {
    const hour = hourComparison(
      seriesOf({ hits: [90, 0, null, 5, 90, 0, ...busy], gets: [100, 10, 50, null, 100, 10, ...busy] }),
    );
    // 180 of 220; the third and fourth bucket are incomplete.
    expect(hour.hitRatio).toBeCloseTo(180 / 220, 10);
    expect(hour.getsPerSecond).toBe(55);
  });

  it("is the hour before the last one, which holds the incident", () => {
    const hour = hourComparison(
      seriesOf({
        hits: [90, 90, 90, 90, 90, 90, ...incident],
        gets: [...busy, ...busy],
        hit_ratio: [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, ...incident],
      }),
    );
    expect(hour.hitRatio).toBeCloseTo(0.9, 10);
    expect(hour.hitRatioSparkline).toEqual(incident);
  });

  it("is compared with once half an hour of it was observed", () => {
    const from = (observed: number) => {
      const known = Array.from({ length: 6 }, (_, n) => (n < 6 - observed ? null : 50));
      return hourComparison(seriesOf({ hits: [...known, ...busy], gets: [...known, ...busy] }));
    };
    expect(from(2)).toMatchObject({ hitRatio: null, getsPerSecond: null });
    expect(from(3)).toMatchObject({ hitRatio: 1, getsPerSecond: 50 });
  });

  it("has no ratio without gets", () => {
    const none = [...incident, ...incident];
    expect(hourComparison(seriesOf({ hits: none, gets: none })).hitRatio).toBeNull();
    expect(hourComparison(seriesOf({})).hitRatio).toBeNull();
  });
});

describe("the node that evicts most", () => {
  const nodes = [
    { id: "a", evictionsPerSecond: 412 },
    { id: "b", evictionsPerSecond: 35 },
    { id: "c", evictionsPerSecond: null },
  ];

  it("is shown when it has at least half of all evictions", () => {
    expect(topEvictor(nodes, 447)).toEqual({ id: "a", perSecond: 412 });
    expect(topEvictor(nodes, 900)).toBeNull();
  });

  it("is not shown when evictions are rare, or there is only one node", () => {
    expect(topEvictor([{ id: "a", evictionsPerSecond: 0.2 }, ...nodes.slice(1)], 0.2)).toBeNull();
    expect(topEvictor(nodes.slice(0, 1), 412)).toBeNull();
  });
});

describe("the nodes drawn beside the fleet", () => {
  it("are those with the lowest hit ratio that have gets", () => {
    const nodes = [
      nodeOf("a:1", { hitRatio: 0.5 }),
      nodeOf("b:1", { hitRatio: 0, getsPerSecond: 0 }),
      nodeOf("c:1", { hitRatio: null }),
      nodeOf("d:1", { hitRatio: 0.2 }),
    ];
    expect(lowestHitRatioNodes(nodes, 2)).toEqual(["d:1", "a:1"]);
  });

  it("are those with the most connections", () => {
    const nodes = [nodeOf("a:1", { currConnections: 1 }), nodeOf("b:1", { currConnections: 9 })];
    expect(busiestNodes(nodes, 1)).toEqual(["b:1"]);
  });
});

describe("the shell command of a page", () => {
  it("contains only nodes that respond without credentials", () => {
    const nodes = [
      nodeOf("10.0.0.1:11211"),
      nodeOf("10.0.0.2:11211", { auth: "sasl" }),
      nodeOf("10.0.0.3:11211", { tls: true }),
      nodeOf("unix:/run/m.sock"),
    ];
    expect(statsCommands(nodes)).toEqual(["memcstat --servers=10.0.0.1:11211"]);
    expect(statsCommands(nodes.slice(1))).toEqual([]);
  });
});

describe("visible rows", () => {
  it("are all of a short list", () => {
    expect(visibleRows(60, 33, 5_000, 900)).toEqual({ first: 0, end: 60 });
  });

  it("cover the window with a margin, at any scroll position", () => {
    for (const top of [2_000, 900, 0, -1, -10_000, -32_900, -40_000]) {
      const { first, end } = visibleRows(1_000, 33, top, 900);
      for (let row = 0; row < 1_000; row += 1) {
        const above = top + row * 33;
        if (above + 33 > 0 && above < 900) {
          expect(row).toBeGreaterThanOrEqual(first);
          expect(row).toBeLessThan(end);
        }
      }
      expect(end - first).toBeLessThan(80);
    }
  });
});
