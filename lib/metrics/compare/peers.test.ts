import { describe, expect, it } from "vitest";
import { plainNode } from "@/tests/doubles/plain-node";
import { comparisonPeers } from "./peers";

describe("the peers that a node is compared with", () => {
  const pool = (count: number) =>
    Array.from({ length: count }, (_, n) => plainNode({ id: `n${n}`, getsPerSecond: n * 10 }));
  it("is all of a small pool", () => {
    expect(comparisonPeers("n1", pool(4))).toEqual(["n0", "n2", "n3"]);
  });
  it("is the busiest, the middle and the idlest of a large one, without itself", () => {
    expect(comparisonPeers("n99", pool(100))).toEqual(["n98", "n49", "n0"]);
  });
  it("is a few of a pool whose gets are not known", () => {
    const silent = pool(50).map((node) => ({ ...node, getsPerSecond: null }));
    expect(comparisonPeers("n0", silent)).toEqual(["n1", "n2", "n3"]);
  });
});
