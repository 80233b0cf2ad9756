/**
 * What the embedded history costs: `--nodes` (1000) for `--hours` (24) with one sweep every ten seconds, written as
 * fast as possible. Prints a table; times are the median and the best of several runs on this machine.
 * With `--compare` the same for Prometheus and VictoriaMetrics beside it, for `--hours` (2); an engine that has not
 * stored everything within `--write-minutes` (10) is queried for what it has.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Database from "libsql";
import type { HistoryQuery } from "@/lib/history/contract";
import { createEmbeddedHistory, type EmbeddedHistory } from "@/lib/history/embedded/history";
import { HOUR_MS } from "@/lib/model/time";
import { compareEngines } from "./history/engines";
import { InventedFleet, MOVING, REPORTED } from "./history/fleet";

const INTERVAL_MS = 10_000;
const START = Date.UTC(2026, 0, 5);
const TEN = [
  "get_hits",
  "get_misses",
  "cmd_set",
  "evictions",
  "bytes",
  "limit_maxbytes",
  "curr_connections",
  "curr_items",
  "rusage_user",
  "latency",
];

/** Worker threads load TypeScript only when the process was started with the preload. */
const PRELOAD = new URL("../tests/typescript.mjs", import.meta.url).href;

interface Costs {
  readonly mainMs: number[];
  readonly writtenMs: number[];
  appendCpuUs: number;
  compactionCpuUs: number;
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function write(
  history: EmbeddedHistory,
  fleet: InventedFleet,
  sweeps: number,
  clock: { now: number },
): Promise<Costs> {
  const costs: Costs = { mainMs: [], writtenMs: [], appendCpuUs: 0, compactionCpuUs: 0 };
  for (let index = 0; index < sweeps; index++) {
    clock.now = START + index * INTERVAL_MS;
    const sweep = { atMs: clock.now, entries: fleet.sweep(clock.now) };
    const cpu = cpuUs();
    const begun = performance.now();
    const written = history.append(sweep);
    costs.mainMs.push(performance.now() - begun);
    await written;
    costs.writtenMs.push(performance.now() - begun);
    const appended = cpuUs();
    costs.appendCpuUs += appended - cpu;
    if (clock.now % HOUR_MS === 0) {
      await history.settled();
      costs.compactionCpuUs += cpuUs() - appended;
    }
  }
  return costs;
}

/** Ends the current hour and runs small queries during its compaction: the longest wait, in ms. */
async function longestWait(
  history: EmbeddedHistory,
  fleet: InventedFleet,
  atMs: number,
): Promise<{ wait: number; total: number }> {
  const begun = performance.now();
  await history.append({ atMs, entries: fleet.sweep(atMs) });
  let done = false;
  const settled = history.settled().then(() => {
    done = true;
  });
  let wait = 0;
  while (!done) {
    const requested = performance.now();
    await history.markers({ nodes: null, fromMs: 0, toMs: 1, limit: 1 });
    wait = Math.max(wait, performance.now() - requested);
  }
  await settled;
  return { wait, total: performance.now() - begun };
}

async function timeQuery(history: EmbeddedHistory, query: HistoryQuery): Promise<string> {
  const times: number[] = [];
  const cpu: number[] = [];
  for (let run = 0; run < 9; run++) {
    const before = cpuUs();
    const begun = performance.now();
    await history.query(query);
    times.push(performance.now() - begun);
    cpu.push((cpuUs() - before) / 1_000);
  }
  return `${median(times).toFixed(1)} ms median, ${Math.min(...times).toFixed(1)} best, ${median(cpu).toFixed(1)} CPU`;
}

function tableBytes(file: string): string {
  const database = new Database(file);
  const sum = (table: string) => {
    const [rows, bytes] = database
      .prepare(`SELECT count(*), coalesce(sum(length(columns)), 0) FROM ${table}`)
      .raw()
      .get() as number[];
    return `${table} ${((bytes ?? 0) / 1e6).toFixed(1)} MB in ${rows} rows`;
  };
  const text = ["raw", "rollup", "tick"].map(sum).join(", ");
  const [free] = database.prepare("PRAGMA freelist_count").raw().get() as number[];
  database.close();
  return `${text}, free ${(((free ?? 0) * 8192) / 1e6).toFixed(1)} MB`;
}

function print(rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(...rows.map(([what]) => what.length));
  for (const [what, result] of rows) console.log(`${what.padEnd(width)}  ${result}`);
}

async function main(nodes: number, hours: number): Promise<void> {
  const before = process.memoryUsage().rss;
  const dataDir = mkdtempSync(join(tmpdir(), "memfleet-bench-"));
  try {
    const clock = { now: START };
    const options = {
      dataDir,
      rawMs: 48 * HOUR_MS,
      rollupMs: 90 * 24 * HOUR_MS,
      intervalMs: INTERVAL_MS,
      now: () => clock.now,
    };
    const history = await createEmbeddedHistory(options);
    const fleet = new InventedFleet(nodes, 20_260_105);
    const sweeps = (hours * HOUR_MS) / INTERVAL_MS;
    const costs = await write(history, fleet, sweeps, clock);
    const end = START + hours * HOUR_MS;
    const recent = { fromMs: end - HOUR_MS, toMs: end, stepMs: INTERVAL_MS, combine: "each" } as const;
    const day = { fromMs: START, toMs: end, stepMs: (hours * HOUR_MS) / 288, combine: "each" } as const;
    const all = { nodes: fleet.nodes, stats: ["get_hits"] };
    const one = { nodes: fleet.nodes.slice(500 % nodes, (500 % nodes) + 1), stats: TEN };
    const rows: [string, string][] = [
      ["sweep, main thread", `${median(costs.mainMs).toFixed(3)} ms median`],
      [
        "sweep, until written",
        `${median(costs.writtenMs).toFixed(2)} ms median, ${Math.max(...costs.writtenMs).toFixed(0)} worst`,
      ],
      [
        "append, CPU of all threads",
        `${(costs.appendCpuUs / sweeps / nodes).toFixed(2)} µs per node and sweep`,
      ],
      [
        "compaction, CPU of all threads",
        `${(costs.compactionCpuUs / sweeps / nodes).toFixed(2)} µs per node and sweep`,
      ],
      [`one metric, ${nodes} nodes, ${hours} h, 288 points`, await timeQuery(history, { ...day, ...all })],
      ["the same, summed", await timeQuery(history, { ...day, ...all, combine: "sum" })],
      [`one node, ten metrics, ${hours} h, 288 points`, await timeQuery(history, { ...day, ...one })],
      [`one metric, ${nodes} nodes, last hour uncompacted`, await timeQuery(history, { ...recent, ...all })],
      ["one node, ten metrics, last hour uncompacted", await timeQuery(history, { ...recent, ...one })],
      [
        "the same, last 15 minutes",
        await timeQuery(history, { ...recent, fromMs: end - HOUR_MS / 4, ...one }),
      ],
    ];
    clock.now = end;
    const { wait, total } = await longestWait(history, fleet, end);
    rows.push(
      [
        "compacting one hour",
        `${total.toFixed(0)} ms, longest wait of a small request ${wait.toFixed(1)} ms`,
      ],
      [`one metric, ${nodes} nodes, last hour compacted`, await timeQuery(history, { ...recent, ...all })],
      ["one node, ten metrics, last hour compacted", await timeQuery(history, { ...recent, ...one })],
      [
        "memory of the process",
        `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB, ${(before / 1e6).toFixed(0)} before anything was opened`,
      ],
    );
    await history.close();
    const file = join(dataDir, "history.db");
    const { size } = statSync(file);
    const observed = nodes * sweeps;
    rows.push(
      ["file", `${(size / 1e6).toFixed(1)} MB: ${tableBytes(file)}`],
      [
        `bytes per value of the ${MOVING.length} stats that move`,
        `${(size / observed / MOVING.length).toFixed(2)} (everything in the file on their account)`,
      ],
      [
        `bytes per value of all ${REPORTED.length} reported stats`,
        (size / observed / REPORTED.length).toFixed(2),
      ],
    );
    print(rows);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

if (process.execArgv.includes(PRELOAD)) {
  const { values } = parseArgs({
    options: {
      nodes: { type: "string", default: "1000" },
      hours: { type: "string" },
      compare: { type: "boolean", default: false },
      "write-minutes": { type: "string", default: "10" },
    },
  });
  const nodes = Number(values.nodes);
  const writeMs = Number(values["write-minutes"]) * 60_000;
  if (values.compare) await compareEngines(nodes, Number(values.hours ?? 2), writeMs);
  else await main(nodes, Number(values.hours ?? 24));
} else {
  const again = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exitCode =
    spawnSync(process.execPath, ["--import", PRELOAD, ...again], { stdio: "inherit" }).status ?? 1;
}
