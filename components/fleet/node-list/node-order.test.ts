import { describe, expect, it } from "vitest";
import { nodeOrder } from "./node-order";

const order = (nodes: { id: string; pool: string }[]) =>
  [...nodeOrder(nodes)].sort((a, b) => a[1] - b[1]).map(([id]) => id);

describe("the ranks of nodes", () => {
  it("are by pool, then by id with numbers as numbers", () => {
    const nodes = [
      { id: "a:10", pool: "y" },
      { id: "a:9", pool: "y" },
      { id: "b:1", pool: "x" },
    ];
    expect(order(nodes)).toEqual(["b:1", "a:9", "a:10"]);
  });

  it("are the same object while the nodes are the same, whatever their metrics", () => {
    const before = nodeOrder([{ id: "a:1", pool: "x" }]);
    expect(nodeOrder([{ id: "a:1", pool: "x" }])).toBe(before);
  });

  it("are recomputed when a node is added, removed, or moved to another pool", () => {
    const a = { id: "a:1", pool: "x" };
    const b = { id: "b:1", pool: "x" };
    expect(order([b, a])).toEqual(["a:1", "b:1"]);
    expect(order([b])).toEqual(["b:1"]);
    expect(order([a, b])).toEqual(["a:1", "b:1"]);
    expect(order([{ ...a, pool: "y" }, b])).toEqual(["b:1", "a:1"]);
  });
});
