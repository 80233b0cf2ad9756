import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median as medianOf } from "../ratio";
import { outliersOf, spreadOf } from "./spread";

const figures = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 });

describe("outliers", () => {
  it("are values far from the others", () => {
    // Median 0.95, deviations 0, 0, 0.01, 0.35: their median is 0.005, three robust deviations are 0.022.
    expect(outliersOf([0.95, 0.95, 0.94, 0.6], 0)).toEqual([3]);
    // Median 100, deviations 0, 1, 200: 4.4 is far.
    expect(outliersOf([100, 101, 300], 0)).toEqual([2]);
    // Median 200, deviations 100, 0, 100: 444.8 is far.
    expect(outliersOf([100, 200, 300], 0)).toEqual([]);
  });

  it("are none of two values", () => {
    expect(outliersOf([1, 1_000_000], 0)).toEqual([]);
    expect(outliersOf([1, null, 1_000_000], 0)).toEqual([]);
  });

  it("are none within the tolerated distance", () => {
    expect(outliersOf([0, 0, 0.4], 1)).toEqual([]);
    expect(outliersOf([0, 0, 1.4], 1)).toEqual([2]);
  });

  it("never contain unknown values, keep their order, and are the smaller group", () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({ min: 0, max: 100, noNaN: true })), { maxLength: 12 }),
        (values) => {
          const outliers = outliersOf(values, 0);
          expect(outliers.every((index) => values[index] !== null)).toBe(true);
          const known = values.filter((value) => value !== null);
          expect(outliers.length * 2).toBeLessThanOrEqual(known.length);
        },
      ),
    );
  });
});

describe("the spread of a pool", () => {
  it("names the busiest, the idlest and the middle, and how far the busiest is off", () => {
    const values = [4, 1, 12, 2, 3].map((value, n) => ({ node: `n${n}`, value }));
    expect(spreadOf(values, 2)).toEqual({
      nodes: 5,
      median: 3,
      max: 12,
      min: 1,
      factor: 4,
      middle: "n4",
      busiest: [
        { node: "n2", value: 12 },
        { node: "n0", value: 4 },
      ],
      idlest: [
        { node: "n1", value: 1 },
        { node: "n3", value: 2 },
      ],
    });
  });

  it("has no factor without a median", () => {
    expect(spreadOf([])).toMatchObject({ nodes: 0, median: null, max: null, factor: null, middle: null });
    expect(
      spreadOf([
        { node: "a", value: 0 },
        { node: "b", value: 0 },
        { node: "c", value: 9 },
      ]).factor,
    ).toBeNull();
  });

  it("has half of the values on either side of the median", () => {
    fc.assert(
      fc.property(figures, (values) => {
        const median = medianOf(values);
        if (median === null) throw new Error("there are values");
        expect(values.filter((value) => value < median).length * 2).toBeLessThanOrEqual(values.length);
        expect(values.filter((value) => value > median).length * 2).toBeLessThanOrEqual(values.length);
      }),
    );
  });
});
