/** Real engines that go away while a fleet is watched, and come back. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPrometheusHistory, type PrometheusHistory } from "@/lib/history/prometheus/history";
import { sweepOf } from "@/tests/history/contract-suite";
import type { Engine } from "@/tests/servers/engine";
import { startPrometheusEngine } from "@/tests/servers/prometheus-engine";
import { startVictoriaMetrics } from "@/tests/servers/victoria-metrics";

const INTERVAL_MS = 10_000;
const NODES = Array.from({ length: 120 }, (_, index) => `10.0.0.${index}:11211`);

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(100)) if (await condition()) return;
  throw new Error("it did not come to that");
}

describe.each([
  ["Prometheus", () => startPrometheusEngine()],
  ["VictoriaMetrics", () => startVictoriaMetrics()],
] as const)("%s as Debian has it, stopped and started again", (_name, start) => {
  let engine: Engine;
  let history: PrometheusHistory;
  // Samples as old as those of the minutes before now: nothing comes late.
  const first = Math.floor(Date.now() / INTERVAL_MS) * INTERVAL_MS - 30 * INTERVAL_MS;
  let sweeps = 0;

  beforeAll(async () => {
    engine = await start();
    history = createPrometheusHistory({
      intervalMs: INTERVAL_MS,
      queryUrl: engine.url,
      writeUrl: engine.writeUrl,
      headers: {},
      timeoutMs: 10_000,
      buffer: { ageMs: 600_000, bytes: 67_108_864 },
      externalLabels: {},
      onDefect: (error) => {
        throw error;
      },
    });
  }, 90_000);
  afterAll(async () => {
    await history?.close();
    await engine?.stop();
  });

  /** The n-th sweep: the k-th node has had n + k hits since the sweep before. */
  const append = () => {
    const at = sweeps++;
    const nodes = new Map(
      NODES.map((node, index) => [
        node,
        { elapsedSeconds: 10, values: { get_hits: at + index, bytes: at * 1_000 } },
      ]),
    );
    return history.append(sweepOf({ atMs: first + at * INTERVAL_MS, nodes }));
  };
  const readHits = (combine: "each" | "sum", nodes: readonly string[] = NODES) =>
    history.query({
      nodes,
      stats: ["get_hits", "bytes"],
      fromMs: first,
      toMs: first + sweeps * INTERVAL_MS,
      stepMs: INTERVAL_MS,
      combine,
    });

  it("loses no data of the outage, and the page reports it meanwhile", async () => {
    for (let index = 0; index < 8; index++) await append();
    await history.settled();
    expect(history.health().problem).toBeNull();

    await engine.halt();
    for (let index = 0; index < 6; index++) await append();
    await until(() => history.health().problem !== null);
    expect(history.health()).toMatchObject({ writable: true });
    expect(history.health().problem).toMatch(
      /write history to .*connection refused.*6 batches are waiting in memory/,
    );
    await expect(readHits("sum")).rejects.toMatchObject({
      name: "UnavailableError",
      message: expect.stringContaining("connection refused"),
    });

    await engine.resume();
    await append();
    await history.settled();
    await engine.flushed();
    const sum = await readHits("sum");
    expect(history.health()).toEqual({ writable: true, problem: null, sinceMs: null });
    // 0 + 1 + … + 119 is 7140.
    const hits = Array.from({ length: 15 }, (_, at) => 7_140 + 120 * at);
    expect(Array.from(sum.rows[0]?.[0] ?? [])).toEqual(hits);
    expect(Array.from(sum.elapsed[0] ?? [])).toEqual(hits.map(() => 1_200));
    const one = await readHits("each", ["10.0.0.7:11211"]);
    expect(Array.from(one.rows[0]?.[0] ?? [])).toEqual(hits.map((_, at) => 7 + at));
    expect(Array.from(one.rows[1]?.[0] ?? [])).toEqual(hits.map((_, at) => at * 1_000));
  }, 180_000);

  it("shows the latest samples, not those of half a minute ago", async () => {
    const atMs = Math.floor(Date.now() / INTERVAL_MS) * INTERVAL_MS;
    const sweep = (hits: number, at: number) => ({
      atMs: at,
      nodes: new Map([["new:1", { elapsedSeconds: 10, values: { get_hits: hits } }]]),
    });
    for (const [index, hits] of [1, 2, 4, 8].entries())
      await history.append(sweepOf(sweep(hits, atMs - (3 - index) * INTERVAL_MS - 1_000)));
    await history.settled();
    await engine.flushed();
    const found = await history.query({
      nodes: ["new:1"],
      stats: ["get_hits"],
      fromMs: atMs - 4 * INTERVAL_MS,
      toMs: atMs,
      stepMs: INTERVAL_MS,
      combine: "each",
    });
    expect(Array.from(found.rows[0]?.[0] ?? [])).toEqual([1, 2, 4, 8]);
  }, 60_000);
});
