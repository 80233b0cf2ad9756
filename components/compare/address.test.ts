import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHART_METRICS, chartChoice } from "./chart-choice";
import { comparePath } from "./compare-path";
import { comparedNodes, moved } from "./use-compared-nodes";

describe("the URL of a comparison", () => {
  it("contains the nodes in order, whatever their names", () => {
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

  it("contains each node once, up to the limit", () => {
    expect(comparedNodes(new URLSearchParams("node=a&node=b&node=a"))).toEqual(["a", "b"]);
    const many = new URLSearchParams(Array.from({ length: 30 }, (_, n) => ["node", `n${n}`]));
    expect(comparedNodes(many)).toHaveLength(20);
  });

  it("omits the default charts, and has a value for none", () => {
    const usual = chartChoice.read(null);
    expect(chartChoice.write(usual)).toBeNull();
    expect(chartChoice.read(chartChoice.write([]))).toEqual([]);
    expect(chartChoice.read("evil,gets")).toEqual(["gets"]);
    expect(chartChoice.read("evil")).toEqual(usual);
  });

  it("round-trips any choice of charts", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...CHART_METRICS]), (chosen) => {
        const parsed = chartChoice.read(chartChoice.write(chosen));
        expect([...parsed].sort()).toEqual([...chosen].sort());
      }),
    );
  });
});

describe("moving a node", () => {
  it("changes its position and keeps the order of the others", () => {
    expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  });
  it("does nothing at the ends", () => {
    expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], 1, 2)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], 5, 0)).toEqual(["a", "b"]);
  });
});
