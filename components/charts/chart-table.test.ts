import { describe, expect, it } from "vitest";
import type { Series } from "@/lib/model/series.schema";
import { chartData, latestValue } from "./chart-data";
import { chartCsv, csvCell, summarise } from "./chart-table";

function reply(atMs: number[], values: (number | null)[], node: string | null = "10.0.0.1:11211"): Series {
  return {
    metric: "hit_ratio",
    unit: "ratio",
    metrics: [{ metric: "hit_ratio", unit: "ratio" }],
    fromMs: atMs[0] ?? 0,
    toMs: (atMs.at(-1) ?? 0) + 10_000,
    stepMs: 10_000,
    atMs,
    series: [{ metric: "hit_ratio", node, pool: null, values }],
    markers: [{ atMs: 5_000, node: "10.0.0.1:11211", kind: "restart", text: "pid 1 to 2" }],
  };
}

describe("joining replies", () => {
  it("aligns replies that are a bucket apart, and keeps a marker that both carry once", () => {
    const data = chartData(
      [reply([0, 10_000], [0.5, 0.6]), reply([10_000, 20_000], [0.9, 0.8], null)],
      () => ({ label: "x" }),
    );
    expect(data?.atMs).toEqual([0, 10_000, 20_000]);
    expect(data?.lines.map((line) => line.values)).toEqual([
      [0.5, 0.6, null],
      [null, 0.9, 0.8],
    ]);
    expect(data?.markers).toHaveLength(1);
    expect(data).toMatchObject({ fromMs: 0, toMs: 30_000 });
  });

  it("omits rows without a style", () => {
    const data = chartData([reply([0], [1]), reply([0], [1], null)], (row) =>
      row.node === null ? null : { label: "n" },
    );
    expect(data?.lines.map((line) => line.label)).toEqual(["n"]);
  });
});

describe("the values of a chart", () => {
  it("are summarized by first, last, min and max", () => {
    const data = chartData([reply([0, 1, 2, 3], [0.5, null, 0.25, 0.75])], () => ({ label: "x" }));
    expect(summarise(data ?? { lines: [] })).toMatchObject([
      { first: 0.5, last: 0.75, min: 0.25, max: 0.75, gaps: 1 },
    ]);
  });

  it("do not show the last response of a silent node as current", () => {
    expect(latestValue({ values: [1, 2, null, null] })).toEqual({ value: 2, index: 1, present: true });
    expect(latestValue({ values: [1, 2, null, null, null] })).toEqual({ value: 2, index: 1, present: false });
    expect(latestValue({ values: [null] })).toBeNull();
  });

  it("become CSV with plain numbers and empty cells for gaps", () => {
    const data = chartData([reply([0, 10_000], [0.5, null])], () => ({ label: "x" }));
    if (!data) throw new Error("no data");
    expect(chartCsv(data)).toBe(
      "from,to,hit_ratio 10.0.0.1:11211\r\n" +
        "1970-01-01T00:00:00.000Z,1970-01-01T00:00:10.000Z,0.5\r\n" +
        "1970-01-01T00:00:10.000Z,1970-01-01T00:00:20.000Z,\r\n",
    );
  });

  it.each([
    ["=1+1", "'=1+1"],
    ["+cmd", "'+cmd"],
    ["-2", "'-2"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ['say "hi", you', '"say ""hi"", you"'],
    ["=a,b", '"\'=a,b"'],
    ["plain", "plain"],
  ])("never start a formula: %j", (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it("keep numbers unchanged, also negative ones", () => {
    expect(csvCell(-2)).toBe("-2");
    expect(csvCell(null)).toBe("");
  });
});
