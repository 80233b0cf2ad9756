/**
 * The contract of every history engine as one test suite. An engine that keeps batches
 * calls `testHistory` with a way to open itself.
 */
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import type { History, HistoryQuery, NodeSample, SampleBatch } from "../../lib/history/contract";
import { answerNaively, type PlainSweep } from "./naive-history";

export interface HistoryUnderTest {
  /** A history with nothing in it. */
  open(settings: { readonly intervalMs: number }): Promise<History>;
  /** Closes the history and reopens what it has stored. */
  reopen(history: History): Promise<History>;
  /** Lets the engine do what it does in the background, so that older batches are read in another way. */
  settle(history: History): Promise<void>;
}

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const START = Date.UTC(2026, 0, 5, 10, 0, 0);

/** Counters, a counter in seconds, gauges. */
const STATS = ["get_hits", "evictions", "rusage_user", "bytes", "curr_connections"] as const;

/** A batch in the engine's form. */
export function sweepOf(plain: PlainSweep): SampleBatch {
  const entries = [...plain.nodes].map(([node, found]): NodeSample => {
    const values = emptyValues();
    for (const [stat, value] of Object.entries(found.values)) values[requiredSlot(stat)] = value;
    return { node, values, elapsedSeconds: found.elapsedSeconds };
  });
  return { atMs: plain.atMs, entries };
}

const counter = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4_000_000 }), fc.constant(Number.NaN));
const level = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 64_000_000_000 }) },
  fc.constant(0),
  fc.integer({ min: 0, max: 400 }).map((quarters) => quarters / 4),
  fc.constant(Number.NaN),
);
const micros = fc.oneof(
  fc.integer({ min: 0, max: 20_000_000 }).map((us) => us / 1_000_000),
  fc.constant(Number.NaN),
);
const node = fc.record({
  elapsedSeconds: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 30 }) },
    fc.constant(Number.NaN),
  ),
  values: fc.record(
    { get_hits: counter, evictions: counter, rusage_user: micros, bytes: level, curr_connections: level },
    { requiredKeys: [] },
  ),
});
const NODES = Array.from({ length: 45 }, (_, index) => `10.0.0.${index}:11211`);

/** Batches over changing nodes, some minutes apart, across several hours. */
const batches = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 40 }),
      nodes: fc.array(fc.tuple(fc.constantFrom(...NODES), node), { minLength: 0, maxLength: 12 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((list) => {
    let atMs = START;
    return list.map(({ gap, nodes }): PlainSweep => {
      atMs += gap * 10 * SECOND;
      return { atMs, nodes: new Map(nodes) };
    });
  });

const questions = fc.record({
  nodes: fc.uniqueArray(fc.constantFrom(...NODES, "never.seen:1"), { minLength: 1, maxLength: 20 }),
  stats: fc.uniqueArray(fc.constantFrom(...STATS), { minLength: 1, maxLength: 3 }),
  from: fc.integer({ min: -30, max: 300 }),
  length: fc.integer({ min: 1, max: 400 }),
  stepMs: fc.constantFrom(10 * SECOND, 37 * SECOND, 60 * SECOND, 300 * SECOND, 600 * SECOND, 3_600 * SECOND),
  combine: fc.constantFrom("each" as const, "sum" as const),
  gauges: fc.constantFrom("newest" as const, "largest" as const),
});

function queryOf(
  question: typeof questions extends fc.Arbitrary<infer Question> ? Question : never,
  shiftMs: number,
): HistoryQuery {
  const fromMs = START + shiftMs + question.from * 60 * SECOND;
  return { ...question, fromMs, toMs: fromMs + question.length * 60 * SECOND };
}

async function expectSame(
  history: History,
  stored: readonly PlainSweep[],
  query: HistoryQuery,
): Promise<void> {
  const found = await history.query(query);
  const expected = answerNaively(stored, query, found.stepMs);
  expect(found.atMs).toEqual(expected.atMs);
  closeTo(found.elapsed, expected.elapsed);
  for (const [index, rows] of expected.rows.entries()) closeTo(found.rows[index] ?? [], rows);
  if (query.combine === "sum") closeTo(found.rates ?? [], expected.rates);
  else expect(found.rates).toBeUndefined();
}

function closeTo(found: readonly Float64Array[], expected: readonly (readonly number[])[]): void {
  expect(found.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  const differences = expected.flatMap((row, index) =>
    row.flatMap((value, at) => {
      const other = found[index]?.[at] ?? Number.NaN;
      return isClose(value, other) ? [] : [{ row: index, at, expected: value, found: other }];
    }),
  );
  expect(differences).toEqual([]);
}

/** Sums may be added up in another order; absent is close to absent only. */
function isClose(one: number, other: number): boolean {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number.isNaN(one) && Number.isNaN(other);
  return Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one));
}

export function testHistory(name: string, engine: HistoryUnderTest): void {
  describe(name, { timeout: 60_000 }, () => {
    const opened: History[] = [];
    const open = async (intervalMs = 10 * SECOND) => {
      const history = await engine.open({ intervalMs });
      opened.push(history);
      return history;
    };
    const reopen = async (history: History) => {
      const again = await engine.reopen(history);
      opened.push(again);
      return again;
    };
    afterEach(async () => {
      for (const history of opened.splice(0)) await history.close();
    });

    const one = (atMs: number, values: Record<string, number>, elapsedSeconds = 10): PlainSweep => ({
      atMs,
      nodes: new Map([["a:1", { elapsedSeconds, values }]]),
    });
    const withDefaults = (changes: Partial<HistoryQuery> = {}): HistoryQuery => ({
      nodes: ["a:1"],
      stats: ["get_hits"],
      fromMs: START,
      toMs: START + 60 * SECOND,
      stepMs: 10 * SECOND,
      combine: "each",
      ...changes,
    });

    it("distinguishes absent from zero exactly", async () => {
      const history = await open();
      await history.append(sweepOf(one(START, { get_hits: 0 })));
      await history.append(sweepOf(one(START + 10 * SECOND, { get_hits: Number.NaN })));
      await history.append(sweepOf(one(START + 20 * SECOND, { get_hits: 7 })));
      const found = await history.query(withDefaults({ stats: ["get_hits", "cmd_meta"] }));
      expect(Array.from(found.rows[0]?.[0] ?? []).slice(0, 4)).toEqual([0, Number.NaN, 7, Number.NaN]);
      expect(Array.from(found.rows[1]?.[0] ?? []).every(Number.isNaN)).toBe(true);
    });

    it("ignores a repeated batch with the same time, also after its hour has ended", async () => {
      const history = await open();
      await history.append(sweepOf(one(START, { get_hits: 5 })));
      await history.append(sweepOf(one(START, { get_hits: 6 })));
      await history.append(sweepOf(one(START + HOUR, { get_hits: 1 })));
      await engine.settle(history);
      await history.append(sweepOf(one(START, { get_hits: 6 })));
      const found = await history.query(withDefaults());
      expect(found.rows[0]?.[0]?.[0]).toBe(5);
      expect(found.elapsed[0]?.[0]).toBe(10);
    });

    it("returns NaN for an unknown node and for a stat that was never reported", async () => {
      const history = await open();
      await history.append(sweepOf(one(START, { get_hits: 5 })));
      const found = await history.query(
        withDefaults({ nodes: ["b:1"], stats: ["get_hits", "no_such_stat"] }),
      );
      for (const rows of found.rows) expect(Array.from(rows[0] ?? []).every(Number.isNaN)).toBe(true);
      expect(Array.from(found.elapsed[0] ?? []).every(Number.isNaN)).toBe(true);
    });

    it("sums rates of nodes that were observed for different periods, each by its own seconds", async () => {
      const history = await open();
      const nodes = new Map([
        ["a:1", { elapsedSeconds: 10, values: { get_hits: 100 } }],
        ["b:1", { elapsedSeconds: 2, values: { get_hits: 100 } }],
      ]);
      await history.append(sweepOf({ atMs: START, nodes }));
      const found = await history.query(
        withDefaults({ nodes: ["a:1", "b:1"], stats: ["get_hits"], combine: "sum" }),
      );
      expect(found.rows[0]?.[0]?.[0]).toBe(200);
      expect(found.rates?.[0]?.[0]).toBe(60);
    });

    it("accepts a late batch after its hour has ended", async () => {
      const history = await open();
      await history.append(sweepOf(one(START, { get_hits: 5 })));
      await history.append(sweepOf(one(START + HOUR, { get_hits: 1 })));
      await engine.settle(history);
      await history.append(sweepOf(one(START + 20 * SECOND, { get_hits: 9 })));
      await engine.settle(history);
      const check = async (opened: History) => {
        const found = await opened.query(withDefaults());
        expect(Array.from(found.rows[0]?.[0] ?? []).slice(0, 3)).toEqual([5, Number.NaN, 9]);
      };
      await check(history);
      await check(await reopen(history));
    });

    it("stores each marker once and returns the newest ones, oldest first", async () => {
      const history = await open();
      const mark = (minute: number, node: string) =>
        ({ atMs: START + minute * 60 * SECOND, node, kind: "restart", text: "pid 1 became 2" }) as const;
      await history.mark([mark(1, "a:1"), mark(2, "b:1"), mark(3, "a:1")]);
      await history.mark([mark(3, "a:1"), mark(2, "a:1")]);
      const window = { fromMs: START, toMs: START + HOUR };
      const check = async (opened: History) => {
        const all = await opened.markers({ ...window, nodes: null, limit: 10 });
        expect(all.map((found) => found.atMs)).toEqual(
          [1, 2, 2, 3].map((minute) => START + minute * 60 * SECOND),
        );
        expect(await opened.markers({ ...window, nodes: ["a:1"], limit: 2 })).toEqual([
          mark(2, "a:1"),
          mark(3, "a:1"),
        ]);
        expect(
          await opened.markers({ nodes: null, fromMs: START, toMs: START + 60 * SECOND, limit: 9 }),
        ).toEqual([]);
      };
      await check(history);
      await check(await reopen(history));
    });

    it("replies like a plain list of batches: immediately, after the background work, and after reopening", async () => {
      const history = await open();
      const checks: { readonly stored: readonly PlainSweep[]; readonly query: HistoryQuery }[] = [];
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(
          batches,
          fc.array(questions, { minLength: 1, maxLength: 8 }),
          async (drawn, some) => {
            // Every run has a week to itself, so that none sees the batches of another.
            const shiftMs = 7 * 24 * HOUR * runs++;
            const stored = drawn.map((batch) => ({ ...batch, atMs: batch.atMs + shiftMs }));
            const queries = some.map((question) => queryOf(question, shiftMs));
            for (const batch of stored) await history.append(sweepOf(batch));
            for (const query of queries) await expectSame(history, stored, query);
            await engine.settle(history);
            for (const query of queries) await expectSame(history, stored, query);
            checks.push(...queries.map((query) => ({ stored, query })));
          },
        ),
        { numRuns: 30 },
      );
      const again = await reopen(history);
      for (const { stored, query } of checks) await expectSame(again, stored, query);
    }, 120_000);
  });
}
