/**
 * The same sweeps in the embedded history, in Prometheus and in VictoriaMetrics, and the same questions to each, one
 * after the other in one run. CPU is that of this process together with the engine's.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import type { History, HistoryQuery } from "@/lib/history/contract";
import { createEmbeddedHistory } from "@/lib/history/embedded/history";
import { createPrometheusHistory } from "@/lib/history/prometheus/history";
import { HOUR_MS } from "@/lib/model/time";
import type { Engine } from "../../tests/servers/engine";
import { startPrometheusEngine } from "../../tests/servers/prometheus-engine";
import { startVictoriaMetrics } from "../../tests/servers/victoria-metrics";
import { InventedFleet, MOVING } from "./fleet";

const INTERVAL_MS = 10_000;
const START = Date.UTC(2026, 0, 5);
const SWEEPS_AN_HOUR = HOUR_MS / INTERVAL_MS;
const SEED = 20_260_105;
const RUNS = 5;
const TEN = [
  "get_hits",
  "get_misses",
  "cmd_set",
  "evictions",
  "bytes",
  "curr_items",
  "curr_connections",
  "bytes_read",
  "rusage_user",
  "latency",
];

interface Candidate {
  readonly name: string;
  readonly history: History;
  /** Nothing waits in this process any more. */
  written(): Promise<void>;
  /** Nothing is left to write, compact or make visible. */
  settled(): Promise<void>;
  /** CPU of the engine's own process so far, in seconds. */
  cpuSeconds(): Promise<number>;
  memory(): Promise<number>;
  readonly directory: string;
  close(): Promise<void>;
}

async function embedded(clock: { now: number }): Promise<Candidate> {
  const directory = mkdtempSync(join(tmpdir(), "memfleet-bench-"));
  const day = 24 * HOUR_MS;
  const history = await createEmbeddedHistory({
    dataDir: directory,
    rawMs: 2 * day,
    rollupMs: 90 * day,
    intervalMs: INTERVAL_MS,
    now: () => clock.now,
  });
  return {
    name: "embedded",
    history,
    directory,
    written: async () => {},
    settled: () => history.settled(),
    cpuSeconds: async () => 0,
    memory: async () => Number.NaN,
    close: async () => {
      await history.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function remote(name: string, engine: Engine): Promise<Candidate> {
  const history = createPrometheusHistory({
    queryUrl: engine.url,
    writeUrl: engine.writeUrl,
    headers: {},
    timeoutMs: 120_000,
    buffer: { ageMs: Number.POSITIVE_INFINITY, bytes: 268_435_456 },
    externalLabels: {},
    intervalMs: INTERVAL_MS,
    onDefect: (error) => {
      throw error;
    },
  });
  return {
    name,
    history,
    directory: engine.directory,
    written: () => history.settled(),
    settled: async () => {
      await history.settled();
      await engine.flushed();
    },
    cpuSeconds: async () => (await engine.costs()).cpuSeconds,
    memory: async () => (await engine.costs()).bytes,
    close: async () => {
      await history.close();
      await engine.stop();
    },
  };
}

/** CPU of this process and of the engine, in milliseconds. */
async function cpuMs(candidate: Candidate): Promise<number> {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000 + (await candidate.cpuSeconds()) * 1_000;
}

function bytesBelow(path: string): number {
  const found = statSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesBelow(join(path, name)), 0);
}

/** A fleet that reports only what moves, so that no engine is measured by how it stores constants. */
function movingSweep(fleet: InventedFleet, atMs: number) {
  const slots = MOVING.map(requiredSlot);
  const entries = fleet.sweep(atMs).map(({ node, values, elapsedSeconds }) => {
    const moving = emptyValues();
    for (const slot of slots) moving[slot] = values[slot] as number;
    return { node, values: moving, elapsedSeconds };
  });
  return { atMs, entries };
}

interface Amount {
  readonly nodes: number;
  readonly sweeps: number;
  /** Writing ends after this long, whatever has been written; the questions are about that. */
  readonly writeMs: number;
}

async function write(candidate: Candidate, { nodes, sweeps, writeMs }: Amount, clock: { now: number }) {
  const fleet = new InventedFleet(nodes, SEED);
  let madeMs = 0;
  let madeCpuMs = 0;
  const cpu = await cpuMs(candidate);
  const begun = performance.now();
  let sweep = 0;
  for (; sweep < sweeps && performance.now() - begun - madeMs < writeMs; sweep++) {
    clock.now = START + sweep * INTERVAL_MS;
    const making = { at: performance.now(), cpu: process.cpuUsage() };
    const next = movingSweep(fleet, clock.now);
    const spent = process.cpuUsage(making.cpu);
    madeMs += performance.now() - making.at;
    madeCpuMs += (spent.user + spent.system) / 1_000;
    await candidate.history.append(next);
    await candidate.written();
    if (sweep % SWEEPS_AN_HOUR === 0) await candidate.settled();
  }
  await candidate.settled();
  const wholeMs = performance.now() - begun - madeMs;
  const { problem } = candidate.history.health();
  if (problem !== null) throw new Error(`${candidate.name}: ${problem}`);
  return { sweeps: sweep, wholeMs, cpuMs: (await cpuMs(candidate)) - cpu - madeCpuMs };
}

async function timeQuery(candidate: Candidate, query: HistoryQuery): Promise<string> {
  const times: number[] = [];
  const before = await cpuMs(candidate);
  for (let run = 0; run < RUNS; run++) {
    const begun = performance.now();
    await candidate.history.query(query);
    times.push(performance.now() - begun);
  }
  const cpu = ((await cpuMs(candidate)) - before) / RUNS;
  const median = times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
  return `${median.toFixed(0)} ms, ${cpu.toFixed(0)} CPU`;
}

/** Prints one column for each engine. */
export async function compareEngines(nodes: number, hours: number, writeMs: number): Promise<void> {
  const amount = { nodes, sweeps: Math.round((hours * HOUR_MS) / INTERVAL_MS), writeMs };
  const clock = { now: START };
  const opens: readonly (() => Promise<Candidate>)[] = [
    () => embedded(clock),
    async () => remote("Prometheus", await startPrometheusEngine()),
    async () => remote("VictoriaMetrics", await startVictoriaMetrics()),
  ];
  const columns: string[][] = [];
  let labels: string[] = [];
  for (const open of opens) {
    const candidate = await open();
    try {
      const rows = await measure(candidate, amount, clock);
      labels = rows.map(([label]) => label);
      columns.push([candidate.name, ...rows.map(([, result]) => result)]);
      console.error(`${candidate.name} measured`);
    } finally {
      await candidate.close();
    }
  }
  const lines = ["", ...labels].map((label, row) => [label, ...columns.map((column) => column[row] ?? "")]);
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  console.log(`${nodes} nodes, ${MOVING.length} stats that move, a sweep every ten seconds for ${hours} h`);
  for (const line of lines) console.log(line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  "));
}

async function measure(
  candidate: Candidate,
  amount: Amount,
  clock: { now: number },
): Promise<(readonly [string, string])[]> {
  const { nodes } = amount;
  const written = await write(candidate, amount, clock);
  const values = written.sweeps * nodes * MOVING.length;
  const end = START + written.sweeps * INTERVAL_MS;
  const ids = new InventedFleet(nodes, SEED).nodes;
  const stepMs = Math.ceil((end - START) / 288 / INTERVAL_MS) * INTERVAL_MS;
  const allTime = { fromMs: START, toMs: end, stepMs } as const;
  const hour = { fromMs: end - HOUR_MS, toMs: end, stepMs: INTERVAL_MS } as const;
  const all = { nodes: ids, stats: ["get_hits"] };
  const one = { nodes: ids.slice(nodes >> 1, (nodes >> 1) + 1), stats: TEN, combine: "each" } as const;
  const time = (query: HistoryQuery) => timeQuery(candidate, query);
  return [
    ["sweeps written", String(written.sweeps)],
    [
      "writing, per value",
      `${((written.wholeMs * 1_000) / values).toFixed(2)} µs, ${((written.cpuMs * 1_000) / values).toFixed(2)} CPU`,
    ],
    ["one metric, every node, all time", await time({ ...allTime, ...all, combine: "each" })],
    ["the same, summed", await time({ ...allTime, ...all, combine: "sum" })],
    ["one node, ten metrics, all time", await time({ ...allTime, ...one })],
    ["one metric, every node, last hour, summed", await time({ ...hour, ...all, combine: "sum" })],
    ["one node, ten metrics, last hour", await time({ ...hour, ...one })],
    ["on disk, per value", `${(bytesBelow(candidate.directory) / values).toFixed(2)} bytes`],
    ["memory of the engine", memoryText(await candidate.memory())],
  ];
}

function memoryText(bytes: number): string {
  return Number.isNaN(bytes) ? "in this process" : `${(bytes / 1e6).toFixed(0)} MB`;
}
