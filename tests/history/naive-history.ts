/**
 * The simplest possible history, for tests: a list of batches, read value by value.
 * It shares nothing with an engine but the contract's words.
 */
import { STATS } from "@/lib/catalogue/stats";
import type { HistoryQuery } from "../../lib/history/contract";

export interface PlainSweep {
  readonly atMs: number;
  readonly nodes: ReadonlyMap<
    string,
    { readonly elapsedSeconds: number; readonly values: Readonly<Record<string, number>> }
  >;
}

export interface PlainResult {
  readonly atMs: number[];
  readonly rows: number[][][];
  readonly elapsed: number[][];
  readonly rates: number[][];
}

/** Answers `query` with buckets of `stepMs`, the width the engine has chosen. */
export function answerNaively(
  batches: readonly PlainSweep[],
  query: HistoryQuery,
  stepMs: number,
): PlainResult {
  const atMs: number[] = [];
  for (let at = Math.floor(query.fromMs / stepMs) * stepMs; at < query.toMs; at += stepMs) atMs.push(at);
  const within = atMs.map((from) =>
    batches.filter((batch) => batch.atMs >= from && batch.atMs < from + stepMs),
  );
  const perNode = (node: string, pick: (batch: PlainSweep) => number | undefined, how: How) =>
    within.map((some) => combine(some.filter((batch) => batch.nodes.has(node)).map(pick), how));
  const elapsed = query.nodes.map((node) =>
    perNode(node, (batch) => batch.nodes.get(node)?.elapsedSeconds, "sum"),
  );
  const rows = query.stats.map((stat) =>
    query.nodes.map((node) =>
      perNode(node, (batch) => batch.nodes.get(node)?.values[stat], howOf(stat, query)),
    ),
  );
  if (query.combine === "each") return { atMs, rows, elapsed, rates: [] };
  const rates = query.stats.map((stat, index) => {
    const each = query.nodes.map((_, node) =>
      atMs.map((_at, bucket) => cell(rows[index], node, bucket) / cell(elapsed, bucket, node, true)),
    );
    return isCounter(stat) ? addUp(each, atMs.length) : atMs.map(() => Number.NaN);
  });
  return {
    atMs,
    rows: rows.map((each) => [addUp(each, atMs.length)]),
    elapsed: [addUp(elapsed, atMs.length)],
    rates,
  };
}

type How = "sum" | "newest" | "largest";

function isCounter(stat: string): boolean {
  return STATS.some((row) => row.name === stat && row.kind === "counter");
}

function howOf(stat: string, query: HistoryQuery): How {
  return isCounter(stat) ? "sum" : (query.gauges ?? "newest");
}

function cell(
  rows: readonly (readonly number[])[] | undefined,
  one: number,
  other: number,
  turned = false,
): number {
  const value = turned ? rows?.[other]?.[one] : rows?.[one]?.[other];
  return value ?? Number.NaN;
}

function combine(values: readonly (number | undefined)[], how: How): number {
  const there = values.filter((value) => value !== undefined && !Number.isNaN(value)) as number[];
  if (there.length === 0) return Number.NaN;
  if (how === "newest") return there.at(-1) as number;
  return how === "largest" ? Math.max(...there) : there.reduce((sum, value) => sum + value, 0);
}

function addUp(rows: readonly (readonly number[])[], length: number): number[] {
  return Array.from({ length }, (_, at) =>
    combine(
      rows.map((row) => row[at]),
      "sum",
    ),
  );
}
