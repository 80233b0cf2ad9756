import { describe, expect, it } from "vitest";
import type { Series } from "@/lib/model/series.schema";
import { stepFrom } from "./grid";
import { byValue, fullValue, meansOf, rowsOfPage, rowValues, visiblePages } from "./rows";

describe("rows over time", () => {
  it("are sorted by urgency, with unknown values last", () => {
    const values = new Map([
      ["a", 0.9],
      ["b", null],
      ["c", 0.2],
    ]);
    expect(byValue(["a", "b", "c", "d"], values, true)).toEqual(["c", "a", "b", "d"]);
    expect(byValue(["b", "c", "a"], values, false)).toEqual(["a", "c", "b"]);
  });

  it("have a mean of the observed values, and none without values", () => {
    const series = [
      { node: "a", values: [1, null, 3] },
      { node: "b", values: [null, null, null] },
    ];
    expect(meansOf({ series } as unknown as Series)).toEqual(
      new Map([
        ["a", 2],
        ["b", null],
      ]),
    );
  });

  it("are loaded a page at a time, never more than two pages", () => {
    expect(visiblePages(0, 26)).toEqual([0]);
    expect(visiblePages(90, 116)).toEqual([0, 1]);
    expect(visiblePages(100, 126)).toEqual([1]);
    const ids = Array.from({ length: 250 }, (_, n) => String(n));
    expect(rowsOfPage(ids, 2)).toHaveLength(50);
    expect([0, 1, 2].flatMap((page) => rowsOfPage(ids, page))).toEqual(ids);
  });

  it("scale to 1 for a ratio, else to the greatest visible value", () => {
    expect(fullValue([[0.2, null]], "ratio")).toBe(1);
    expect(fullValue([[2, null], [7]], "count")).toBe(7);
    expect(fullValue([[null]], "count")).toBe(0);
  });

  it("count gaps, and a row of gaps has no values", () => {
    expect(rowValues([null, 2, 1, null])).toEqual({ latest: 1, min: 1, max: 2, gaps: 2 });
    expect(rowValues([null])).toEqual({ latest: null, min: null, max: null, gaps: 1 });
  });

  it("are navigated by keys: nodes up and down, times left and right", () => {
    const from = { row: 1, bucket: null };
    expect(stepFrom(from, "ArrowDown", 5, 10, 3)).toEqual({ row: 2, bucket: null });
    expect(stepFrom(from, "ArrowLeft", 5, 10, 3)).toEqual({ row: 1, bucket: 8 });
    expect(stepFrom(from, "ArrowRight", 5, 10, 3)).toEqual({ row: 1, bucket: 9 });
    expect(stepFrom(from, "ArrowLeft", 5, 10, 3, 7)).toEqual({ row: 1, bucket: 6 });
    expect(stepFrom(from, "PageDown", 5, 10, 30)).toEqual({ row: 4, bucket: null });
    expect(stepFrom(from, "Home", 5, 10, 3)).toEqual({ row: 0, bucket: null });
    expect(stepFrom(from, "Tab", 5, 10, 3)).toBeNull();
    expect(stepFrom(from, "ArrowDown", 0, 0, 3)).toBeNull();
  });
});
