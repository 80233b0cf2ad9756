import { describe, expect, it } from "vitest";
import { type Metric, metricOf } from "@/lib/metrics/derive";
import type { History, HistoryQuery, HistoryResult } from "./contract";
import { answerSeries } from "./series";

/** Two nodes, two buckets: a has 9 of 10 and 1 of 1, b has 0 of 90 and nothing. */
const HITS = { a: [9, 1], b: [0, Number.NaN] };
const MISSES = { a: [1, 0], b: [90, Number.NaN] };
const ELAPSED = { a: [10, 10], b: [20, Number.NaN] };

function historyOf(): { history: History; queries: HistoryQuery[] } {
  const queries: HistoryQuery[] = [];
  const columns: Record<string, Record<string, number[]>> = { get_hits: HITS, get_misses: MISSES };
  const query = async (question: HistoryQuery): Promise<HistoryResult> => {
    queries.push(question);
    const pick = (table: Record<string, number[]>) =>
      question.nodes.map((node) => Float64Array.from(table[node] as number[]));
    const sum = (rows: Float64Array[]) =>
      Float64Array.from([0, 1], (point) => {
        const known = rows.map((row) => row[point] as number).filter((value) => !Number.isNaN(value));
        return known.length === 0 ? Number.NaN : known.reduce((total, value) => total + value, 0);
      });
    const each = question.stats.map((stat) => pick(columns[stat] as Record<string, number[]>));
    const elapsed = pick(ELAPSED);
    const rates = each.map((rows) =>
      sum(rows.map((row, node) => row.map((value, point) => value / (elapsed[node]?.[point] as number)))),
    );
    return question.combine === "each"
      ? { stepMs: 10_000, atMs: [0, 10_000], rows: each, elapsed }
      : {
          stepMs: 10_000,
          atMs: [0, 10_000],
          rows: each.map((rows) => [sum(rows)]),
          elapsed: [sum(elapsed)],
          rates,
        };
  };
  const history = { query, markers: async () => [] } as unknown as History;
  return { history, queries };
}

const seriesOf = (history: History, metrics: string[], aggregate: "none" | "fleet" | "pool" | "median") =>
  answerSeries(history, {
    metrics: metrics.map((name) => metricOf(name) as Metric),
    nodes: [
      { id: "a", pool: "one" },
      { id: "b", pool: "two" },
    ],
    aggregate,
    fromMs: 0,
    toMs: 20_000,
    stepMs: 10_000,
    markerLimit: 10,
  });

describe("series from a history", () => {
  it("divide per node and leave what was not observed null", async () => {
    const { series } = await seriesOf(historyOf().history, ["hit_ratio", "hits"], "none");
    expect(series).toEqual([
      { metric: "hit_ratio", node: "a", pool: "one", values: [0.9, 1] },
      { metric: "hit_ratio", node: "b", pool: "two", values: [0, null] },
      { metric: "hits", node: "a", pool: "one", values: [0.9, 0.1] },
      { metric: "hits", node: "b", pool: "two", values: [0, null] },
    ]);
  });

  it("count one server process once in sums, and show each of its nodes", async () => {
    const { history, queries } = historyOf();
    const request = {
      metrics: [metricOf("hits") as Metric],
      nodes: [
        { id: "a", pool: "one" },
        { id: "b", pool: "one" },
      ],
      sameProcessAs: (node: string) => (node === "a" ? ["b"] : ["a"]),
      fromMs: 0,
      toMs: 20_000,
      stepMs: 10_000,
      markerLimit: 10,
    };
    await answerSeries(history, { ...request, aggregate: "fleet" });
    await answerSeries(history, { ...request, aggregate: "pool" });
    await answerSeries(history, { ...request, aggregate: "none" });
    expect(queries.map(({ nodes }) => nodes)).toEqual([["a"], ["a"], ["a", "b"]]);
  });

  it("take the fleet's ratio from sums, not from the nodes' ratios", async () => {
    const { series } = await seriesOf(historyOf().history, ["hit_ratio"], "fleet");
    expect(series).toEqual([{ metric: "hit_ratio", node: null, pool: null, values: [0.09, 1] }]);
  });

  it("sum rates by each node's own elapsed time", async () => {
    const { series } = await seriesOf(historyOf().history, ["misses"], "fleet");
    expect(series[0]?.values).toEqual([0.1 + 4.5, 0]);
  });

  it("give one line per pool", async () => {
    const { series } = await seriesOf(historyOf().history, ["hit_ratio"], "pool");
    expect(series.map((line) => [line.pool, line.values])).toEqual([
      ["one", [0.9, 1]],
      ["two", [0, null]],
    ]);
  });

  it("give the median of what the nodes had", async () => {
    const { series } = await seriesOf(historyOf().history, ["hit_ratio"], "median");
    expect(series).toEqual([{ metric: "hit_ratio", node: null, pool: null, values: [0.45, 1] }]);
  });

  it("read only the stats they need from the history", async () => {
    const { history, queries } = historyOf();
    await seriesOf(history, ["hit_ratio", "hits"], "none");
    expect(queries[0]?.stats).toEqual(["get_hits", "get_misses"]);
  });
});
