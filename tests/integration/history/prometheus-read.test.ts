/** History that another collector stored under memcached_exporter's names, on real engines. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPrometheusHistory, type PrometheusHistory } from "@/lib/history/prometheus/history";
import { encodeLabels, WriteRequest } from "@/lib/history/prometheus/write-request";
import type { Engine } from "@/tests/servers/engine";
import { startPrometheusEngine } from "@/tests/servers/prometheus-engine";
import { startVictoriaMetrics } from "@/tests/servers/victoria-metrics";

const MINUTE = 60_000;
/** Scrapes come four seconds and a bit after each quarter of a minute. */
const SCRAPE_MS = 15_000;
const LATE_MS = 4_123;
const START = Math.floor(Date.now() / (5 * MINUTE)) * 5 * MINUTE - 40 * MINUTE;
/** Scrapes that are there; b:1 restarts between the 79th and the 80th, and c:1 is away from the 40th to the 59th. */
const SCRAPES = 120;
const RESTART = 80;

/**
 * d:1 exists from the 36th on and restarts while it is away, from the 40th to the 59th: its uptime is greater afterwards.
 * e:1 restarts between all of the first five, with a higher uptime each time. The clock of f:1 is set ahead by an hour.
 */
const NODES = ["a:1", "b:1", "c:1", "d:1", "e:1", "f:1"];

interface Scraped {
  readonly uptime: number;
  readonly getHits: number;
  readonly getMisses: number;
  readonly items: number;
}

/** A node's stats at its n-th scrape: hits grow by three per second, misses by one. */
function scraped(node: string, at: number): Scraped | null {
  if ((node === "c:1" || node === "d:1") && at >= 40 && at < 60) return null;
  if (node === "d:1" && at < 36) return null;
  const seconds = uptimeOf(node, at);
  return { uptime: seconds, getHits: seconds * 3, getMisses: seconds, items: at };
}

function uptimeOf(node: string, at: number): number {
  if (node === "b:1" && at >= RESTART) return (at - RESTART) * 15 + 5;
  if (node === "d:1") return at < 60 ? (at - 36) * 15 + 5 : (at - 60) * 15 + 120;
  if (node === "e:1") return at < 5 ? 3 + at : (at - 5) * 15 + 9;
  return 1_000 + at * 15;
}

async function collect(engine: Engine): Promise<void> {
  for (let at = 0; at < SCRAPES; at++) {
    const request = new WriteRequest();
    const atMs = START + at * SCRAPE_MS + LATE_MS;
    for (const node of NODES) {
      const found = scraped(node, at);
      if (found === null) continue;
      const add = (__name__: string, value: number, labels: Record<string, string> = {}) =>
        request.add([encodeLabels({ __name__, instance: node, job: "memcached", ...labels })], value, atMs);
      add("memcached_uptime_seconds", found.uptime);
      const ahead = node === "f:1" && at >= 50 ? 3_600 : 0;
      add("memcached_time_seconds", Math.floor(atMs / 1_000) + ahead);
      add("memcached_commands_total", found.getHits, { command: "get", status: "hit" });
      add("memcached_commands_total", found.getMisses, { command: "get", status: "miss" });
      add("memcached_current_items", found.items);
    }
    const reply = await fetch(engine.writeUrl, {
      method: "POST",
      headers: { "content-encoding": "snappy", "content-type": "application/x-protobuf" },
      body: request.body(),
    });
    if (!reply.ok) throw new Error(await reply.text());
  }
  await engine.flushed();
}

describe.each([
  ["Prometheus", () => startPrometheusEngine()],
  ["VictoriaMetrics", () => startVictoriaMetrics()],
] as const)("a history that is only read, on %s", { timeout: 60_000 }, (_name, start) => {
  let engine: Engine;
  let history: PrometheusHistory;
  const open = (job: string) =>
    createPrometheusHistory({
      intervalMs: 10_000,
      queryUrl: engine.url,
      writeUrl: null,
      headers: {},
      timeoutMs: 20_000,
      buffer: { ageMs: 600_000, bytes: 67_108_864 },
      externalLabels: { job },
      // Half a minute after the last scrape.
      now: () => START + SCRAPES * SCRAPE_MS + 30_000,
      onDefect: (error) => {
        throw error;
      },
    });
  beforeAll(async () => {
    engine = await start();
    await collect(engine);
    history = open("memcached");
  }, 120_000);
  afterAll(async () => {
    await history?.close();
    await engine?.stop();
  });

  const read = (nodes: string[], stats: string[], stepMs: number, combine: "each" | "sum" = "each") =>
    history.query({ nodes, stats, fromMs: START + 5 * MINUTE, toMs: START + 25 * MINUTE, stepMs, combine });

  it("gives the exact differences of raw counters, and the node's own seconds", async () => {
    const { rows, elapsed, stepMs } = await read(["a:1"], ["get_hits", "cmd_get", "curr_items"], MINUTE);
    expect(stepMs).toBe(MINUTE);
    const minutes = Array.from({ length: 20 }, (_, index) => 5 + index);
    expect(Array.from(rows[0]?.[0] ?? [])).toEqual(minutes.map(() => 180));
    expect(Array.from(rows[1]?.[0] ?? [])).toEqual(minutes.map(() => 240));
    expect(Array.from(rows[2]?.[0] ?? [])).toEqual(minutes.map((minute) => minute * 4 + 3));
    expect(Array.from(elapsed[0] ?? [])).toEqual(minutes.map(() => 60));
  });

  it("has a gap where the node restarted and nowhere else", async () => {
    const { rows, elapsed } = await read(["b:1"], ["get_misses"], MINUTE);
    // The restart is between minute 19 and 20.
    const expected = Array.from({ length: 20 }, (_, index) => (index === 15 ? Number.NaN : 60));
    expect(Array.from(rows[0]?.[0] ?? [])).toEqual(expected);
    expect(Array.from(elapsed[0] ?? [])).toEqual(expected);
  });

  it("assigns the changes of an outage to the bucket in which the node is back", async () => {
    const { rows, elapsed } = await read(["c:1"], ["get_misses"], MINUTE);
    const expected = Array.from({ length: 20 }, (_, index) => {
      const minute = 5 + index;
      if (minute >= 10 && minute < 15) return Number.NaN;
      return minute === 15 ? 6 * 60 : 60;
    });
    // Scrapes 40 to 59 are minutes 10 to 14; the first sample after them is five minutes and a quarter later.
    expect(Array.from(elapsed[0] ?? [])).toEqual(expected);
    expect(Array.from(rows[0]?.[0] ?? [])).toEqual(expected);
  });

  it("has a gap where a node restarted and its uptime grew all the same", async () => {
    const { rows } = await read(["d:1", "e:1"], ["get_misses"], MINUTE);
    const [away = [], loop = []] = (rows[0] ?? []).map((row) => Array.from(row));
    expect(away.slice(10, 20)).toEqual(
      [60, 60, 60, 60, 60, 60, 60, 60, 60, 60].map((n, i) => (i === 0 ? Number.NaN : n)),
    );
    expect(loop.slice(0, 2)).toEqual([60, 60]);
  });

  it("sums nodes, and their rates each by its own seconds", async () => {
    const nodes = ["a:1", "b:1", "never:1"];
    const { rows, rates, elapsed } = await read(nodes, ["get_hits", "curr_items"], 5 * MINUTE, "sum");
    expect(Array.from(rows[0]?.[0] ?? [])).toEqual([1_800, 1_800, 1_800, 900]);
    expect(Array.from(elapsed[0] ?? [])).toEqual([600, 600, 600, 300]);
    expect(Array.from(rates?.[0] ?? [])).toEqual([6, 6, 6, 3]);
    expect(Array.from(rows[1]?.[0] ?? [])).toEqual([39, 59, 79, 99].map((items) => items * 2));
    expect(Array.from(rates?.[1] ?? []).every(Number.isNaN)).toBe(true);
  });

  it("has no bucket narrower than the interval of the samples", async () => {
    const { stepMs, rows } = await read(["a:1"], ["get_hits"], 10_000);
    expect(stepMs).toBe(20_000);
    const values = Array.from(rows[0]?.[0] ?? []);
    expect(values.filter(Number.isNaN)).toEqual([]);
    // Every second, except where the window starts and ends between two scrapes.
    expect(values.reduce((sum, one) => sum + one, 0)).toBe(20 * 60 * 3);
  });

  it("finds restarts in the collected data, and remembers other markers while it runs", async () => {
    const down = { atMs: START + 7 * MINUTE, node: "a:1", kind: "down", text: "connectionRefused" } as const;
    await history.mark([down]);
    const markers = await history.markers({
      nodes: null,
      fromMs: START,
      toMs: START + 30 * MINUTE,
      limit: 20,
    });
    // Samples are read every 20 s, so that one of the five restarts of e:1 falls between two of them.
    const loop = Array.from({ length: 4 }, () => "e:1 restart");
    expect(markers.map(({ node, kind }) => `${node} ${kind}`)).toEqual([
      ...loop,
      "a:1 down",
      "d:1 restart",
      "b:1 restart",
    ]);
    // It started five seconds before the scrape, by a clock with a resolution of one second.
    const began = START + RESTART * SCRAPE_MS + LATE_MS - 5_000;
    expect(Math.abs((markers.at(-1)?.atMs ?? 0) - began)).toBeLessThanOrEqual(1_000);
    const none = await history.markers({
      nodes: ["c:1", "f:1"],
      fromMs: START,
      toMs: START + 30 * MINUTE,
      limit: 10,
    });
    expect(none).toEqual([]);
  });

  it("reads only series with the configured labels", async () => {
    const other = open("another");
    const question = {
      nodes: ["a:1"],
      stats: ["get_hits"],
      fromMs: START,
      toMs: START + 30 * MINUTE,
      stepMs: MINUTE,
      combine: "each",
    } as const;
    const { rows } = await other.query(question);
    expect(Array.from(rows[0]?.[0] ?? []).every(Number.isNaN)).toBe(true);
    await other.close();
  });
});
