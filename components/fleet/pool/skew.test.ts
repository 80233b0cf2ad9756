import { describe, expect, it } from "vitest";
import { median } from "@/lib/metrics/ratio";
import { nodeOf } from "@/tests/doubles/fleet-fixture";
import { limitSkew, loadSkew, versionSkew } from "./skew";

describe("load skew", () => {
  it("compares the busiest node with the median", () => {
    const nodes = [100, 120, 90, 480].map((getsPerSecond, index) => nodeOf(`n${index}:1`, { getsPerSecond }));
    // Median of 90, 100, 120, 480 is 110.
    expect(loadSkew(nodes)).toEqual({ busiest: "n3:1", max: 480, median: 110, factor: 480 / 110 });
  });

  it("omits nodes that do not report it, and needs two that do", () => {
    const silent = nodeOf("c:1", { getsPerSecond: null });
    expect(loadSkew([nodeOf("a:1"), silent])).toBeNull();
    expect(loadSkew([nodeOf("a:1"), nodeOf("b:1"), silent])?.factor).toBe(1);
  });

  it("has no factor when the median node is idle", () => {
    const nodes = [0, 0, 5].map((getsPerSecond, index) => nodeOf(`n${index}:1`, { getsPerSecond }));
    expect(loadSkew(nodes)?.factor).toBeNull();
  });
});

describe("the median", () => {
  it("is the middle value, or the mean of the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNull();
  });
});

describe("version and size skew", () => {
  it("group nodes by what they report, the largest group first", () => {
    const nodes = [
      nodeOf("a:1", { version: "1.6.18", limitMaxbytes: 64 }),
      nodeOf("b:1", { version: "1.6.45", limitMaxbytes: 64 }),
      nodeOf("c:1", { version: "1.6.45", limitMaxbytes: 128 }),
      nodeOf("d:1", { version: null, limitMaxbytes: null }),
    ];
    expect(versionSkew(nodes)).toEqual([
      { value: "1.6.45", nodes: ["b:1", "c:1"] },
      { value: "1.6.18", nodes: ["a:1"] },
    ]);
    expect(limitSkew(nodes).map((group) => group.value)).toEqual([64, 128]);
  });
});
