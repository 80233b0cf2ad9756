import { describe, expect, it } from "vitest";
import { strokesOf } from "./sparkline";

describe("a sparkline", () => {
  it("leaves gaps open", () => {
    expect(strokesOf([0, 1, null, 1, 0])).toHaveLength(2);
  });

  it("draws from the lowest value at the bottom to the highest at the top", () => {
    expect(strokesOf([0, 10])).toEqual(["0.0,15.0 64.0,1.0"]);
  });

  it("draws a constant line in the middle or at its minimum, and shows a single value", () => {
    expect(strokesOf([5, 5])).toEqual(["0.0,8.0 64.0,8.0"]);
    expect(strokesOf([0, 0], 0)).toEqual(["0.0,15.0 64.0,15.0"]);
    expect(strokesOf([null, 5, null])).toEqual(["32.0,8.0 33.5,8.0"]);
  });

  it("draws nothing without values", () => {
    expect(strokesOf([null, null])).toEqual([]);
    expect(strokesOf([])).toEqual([]);
  });
});
