import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHART_METRICS, chartChoice } from "./chart-choice";
import { comparePath } from "./compare-path";
import { comparedNodes, moved } from "./use-compared-nodes";

describe("the address of a comparison", () => {
  it("holds the nodes in their order, whatever they are called", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, unit: "grapheme" }), { maxLength: 20 }),
        (nodes) => {
          const { searchParams } = new URL(comparePath(nodes), "http://localhost");
          expect(comparedNodes(searchParams)).toEqual(nodes);
        },
      ),
    );
  });

  it("names each node once, and not more than can be compared", () => {
    expect(comparedNodes(new URLSearchParams("node=a&node=b&node=a"))).toEqual(["a", "b"]);
    const many = new URLSearchParams(Array.from({ length: 30 }, (_, n) => ["node", `n${n}`]));
    expect(comparedNodes(many)).toHaveLength(20);
  });

  it("has no word for the usual charts, and one for none", () => {
    const usual = chartChoice.read(null);
    expect(chartChoice.write(usual)).toBeNull();
    expect(chartChoice.read(chartChoice.write([]))).toEqual([]);
    expect(chartChoice.read("evil,gets")).toEqual(["gets"]);
    expect(chartChoice.read("evil")).toEqual(usual);
  });

  it("keeps any choice of charts", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...CHART_METRICS]), (chosen) => {
        const kept = chartChoice.read(chartChoice.write(chosen));
        expect([...kept].sort()).toEqual([...chosen].sort());
      }),
    );
  });
});

describe("moving a node", () => {
  it("puts it elsewhere and leaves the others in their order", () => {
    expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  });
  it("does nothing beyond the ends", () => {
    expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], 1, 2)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], 5, 0)).toEqual(["a", "b"]);
  });
});
