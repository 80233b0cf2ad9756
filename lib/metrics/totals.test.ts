import { describe, expect, it } from "vitest";
import { plainNode } from "@/tests/doubles/plain-node";
import { totalsOf } from "./totals";

describe("totals over nodes", () => {
  it("take the hit ratio from sums: a busy node weighs more than an idle one", () => {
    const totals = totalsOf([
      { node: plainNode({ hitRatio: 1 }), hits: 1, misses: 0 },
      { node: plainNode({ hitRatio: 0.5 }), hits: 500, misses: 500 },
    ]);
    expect(totals.hitRatio).toBe(0.5005);
  });

  it("count every status and sum only what is reported", () => {
    const totals = totalsOf([
      { node: plainNode({ bytes: 10, maxConnections: null }), hits: 0, misses: 0 },
      { node: plainNode({ status: "down", bytes: null, maxConnections: null }), hits: 0, misses: 0 },
    ]);
    expect(totals).toMatchObject({
      nodes: 2,
      up: 1,
      down: 1,
      timeout: 0,
      bytes: 10,
      maxConnections: null,
      hitRatio: null,
    });
  });

  it("count the figures of one server process once, by a node that is up", () => {
    const node = (id: string, more: Parameters<typeof plainNode>[0]) => ({
      node: plainNode({ id, ...more }),
      hits: 5,
      misses: 5,
    });
    const totals = totalsOf([
      node("a", { status: "down", bytes: null, sameProcessAs: ["b", "c"] }),
      node("b", { bytes: 10, sameProcessAs: ["a", "c"] }),
      node("c", { bytes: 10, sameProcessAs: ["a", "b"] }),
      node("d", { bytes: 7 }),
    ]);
    expect(totals).toMatchObject({ nodes: 4, up: 3, down: 1, bytes: 17 });
  });

  it("sum the findings, and are null where nothing was diagnosed", () => {
    const tally = (findings: { critical: number; warning: number; info: number } | null) => ({
      node: plainNode({ findings }),
      hits: 0,
      misses: 0,
    });
    expect(totalsOf([tally(null)]).findings).toBeNull();
    const some = [
      tally({ critical: 1, warning: 2, info: 3 }),
      tally(null),
      tally({ critical: 0, warning: 5, info: 0 }),
    ];
    expect(totalsOf(some).findings).toEqual({ critical: 1, warning: 7, info: 3 });
  });
});
