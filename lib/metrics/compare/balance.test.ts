import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NodeHolding, sharesOf, verdictOf } from "./balance";

const holding = (node: string, keySpace: number, items: number | null, gets: number | null): NodeHolding => ({
  node,
  keySpace,
  items,
  gets,
});
const verdict = (...holdings: NodeHolding[]) => verdictOf(sharesOf(holdings));

describe("shares of a pool", () => {
  it("are of the known items and gets, with the share of the ring", () => {
    const [first, second, third] = sharesOf([
      holding("a", 0.5, 100, 300),
      holding("b", 0.25, 300, 100),
      holding("c", 0.25, null, null),
    ]);
    // Among a and b, a owns 2/3 of the key space, has 1/4 of the items and 3/4 of the gets.
    expect(first).toMatchObject({ node: "a", keySpace: 0.5, items: 0.25, gets: 0.75 });
    expect(first?.expected).toBeCloseTo(2 / 3);
    expect(first?.itemsFactor).toBeCloseTo(3 / 8);
    expect(first?.getsFactor).toBeCloseTo(9 / 8);
    expect(second).toMatchObject({ node: "b", items: 0.75, gets: 0.25 });
    expect(third).toEqual({
      node: "c",
      keySpace: 0.25,
      expected: null,
      items: null,
      gets: null,
      itemsFactor: null,
      getsFactor: null,
    });
  });

  it("are empty without items and gets", () => {
    const [share] = sharesOf([holding("a", 1, 0, 0)]);
    expect(share).toMatchObject({ items: null, gets: null, getsFactor: null });
    expect(verdict(holding("a", 0.5, 0, 0), holding("b", 0.5, 0, 0))).toEqual({
      verdict: "unknown",
      node: null,
    });
  });

  it("add up to one, whatever the nodes store", () => {
    const one = fc.record({
      keySpace: fc.double({ min: 0.01, max: 1, noNaN: true }),
      items: fc.option(fc.nat()),
      gets: fc.option(fc.nat()),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 10 }), (nodes) => {
        const shares = sharesOf(nodes.map((node, n) => ({ node: `n${n}`, ...node })));
        for (const name of ["items", "gets"] as const) {
          const known = shares.flatMap((share) => share[name] ?? []);
          if (known.length > 0) expect(known.reduce((sum, value) => sum + value)).toBeCloseTo(1);
        }
      }),
    );
  });
});

describe("why a node serves more than the others", () => {
  it("is even when all serve about the same", () => {
    expect(verdict(holding("a", 0.5, 10, 11), holding("b", 0.5, 10, 9))).toEqual({
      verdict: "even",
      node: null,
    });
  });
  it("is the ring when it owns that much of it", () => {
    expect(verdict(holding("a", 0.8, 80, 800), holding("b", 0.2, 20, 200)).verdict).toBe("ring");
  });
  it("is hot keys when it has its share of the items and more than its share of the gets", () => {
    expect(verdict(holding("a", 0.5, 50, 900), holding("b", 0.5, 50, 100))).toEqual({
      verdict: "hotKeys",
      node: "a",
    });
  });
  it("is key placement when its items are as far from the ring as its gets", () => {
    expect(verdict(holding("a", 0.5, 90, 900), holding("b", 0.5, 10, 100)).verdict).toBe("placement");
  });
  it("is not known without a second node", () => {
    expect(verdict(holding("a", 1, 5, 5)).verdict).toBe("unknown");
  });
});
