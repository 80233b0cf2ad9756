/**
 * A fleet of thousands of nodes, some dead, some flapping: the resources of the server process, and whether any
 * live node is polled late or reported down. Real memcached processes behind many loopback
 * addresses; the runtime in its own process, measured from outside.
 *
 *   npm run bench:fleet -- --nodes 5000 --minutes 30 --dead 30
 *   npm run bench:fleet -- --quick
 *
 * `--profile DIR` keeps a CPU profile of every thread, `--nice -15` prioritises the main thread.
 */
import { mkdtemp, readdir, stat, writeFile } from "node:fs/promises";
import { cpus, loadavg, setPriority, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startGuardian } from "../bin/demo/guardian.mjs";
import type { Summary } from "./fleet/distribution";
import type { Observations } from "./fleet/messages";
import { Observer } from "./fleet/observer";
import { openFileLimit, type Usage, usageOf } from "./fleet/process-usage";
import { FleetServers } from "./fleet/servers";
import { memcachedVersion } from "./memcached-addresses";

const { values: options } = parseArgs({
  options: {
    nodes: { type: "string", default: "5000" },
    minutes: { type: "string" },
    dead: { type: "string", default: "30" },
    quick: { type: "boolean", default: false },
    profile: { type: "string" },
    nice: { type: "string" },
  },
});
const NODES = Number(options.nodes);
const MINUTES = Number(options.minutes ?? (options.quick ? 3 : 30));
const DEAD = Number(options.dead) / 100;
const FLAPPING = 0.01;
/** Every pool has nodes of every kind. */
const POOLS = 20;
const INTERVAL_MS = 10_000;
/** Time for connecting, the first facts, and compilation. */
const WARM_UP_MS = 40_000;
const FLAP_DOWN_MS = 22_000;
const FLAP_UP_MS = 28_000;
/** Files and sockets of the process that are not connections to nodes. */
const OTHER_FILES = 500;

/** From performance.md. */
const LARGE = NODES > 5_000;
const TARGETS = { sweepMs: 2_000, cpu: LARGE ? 0.2 : 0.1, residentMB: LARGE ? 700 : 512, loopMs: 50 };

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stopping.abort());
}

async function writeConfiguration(servers: FleetServers, directory: string): Promise<string> {
  const file = join(directory, "memfleet.yaml");
  const pools = Array.from({ length: POOLS }, (_, pool) => ({
    name: `pool-${pool}`,
    servers: Object.values(servers.addresses).flatMap((part) => part.filter((_, n) => n % POOLS === pool)),
  })).filter((pool) => pool.servers.length > 0);
  const poll = { interval: `${INTERVAL_MS / 1000}s` };
  await writeFile(file, JSON.stringify({ dataDir: join(directory, "data"), poll, pools }));
  return file;
}

/** Stops and restarts nodes until the time is over; one restarts once. */
async function disturb(servers: FleetServers, observer: Observer, untilMs: number): Promise<void> {
  const pause = (ms: number) => wait(Math.max(0, Math.min(ms, untilMs - performance.now())), null, STOP);
  await pause(FLAP_UP_MS / 2);
  await servers.interrupt("restarting");
  await servers.resume("restarting");
  while (untilMs - performance.now() > FLAP_DOWN_MS + FLAP_UP_MS / 2) {
    await servers.interrupt("flapping");
    observer.send({ kind: "flapped", up: false, atMs: Date.now() });
    await pause(FLAP_DOWN_MS);
    await servers.resume("flapping");
    observer.send({ kind: "flapped", up: true, atMs: Date.now() });
    await pause(FLAP_UP_MS);
  }
  await pause(Number.POSITIVE_INFINITY);
}
const STOP = { signal: stopping.signal };

async function bytesIn(directory: string): Promise<number> {
  const names = await readdir(directory);
  const sizes = names
    .filter((name) => name.startsWith("history"))
    .map((name) => stat(join(directory, name)).then(({ size }) => size));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

const ms = (value: number) => (Number.isNaN(value) ? "none" : `${value.toFixed(value < 100 ? 1 : 0)} ms`);
const three = ({ p50, p99, max }: Summary) => `${ms(p50)} / ${ms(p99)} / ${ms(max)}`;
const MB = (bytes: number) => `${(bytes / 1_048_576).toFixed(0)} MB`;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

interface Row {
  readonly what: string;
  readonly result: string;
  readonly target?: string;
  readonly met?: boolean;
}

function rows(observed: Observations, before: Usage, after: Usage, historyBytes: number): Row[] {
  const seconds = (after.atMs - before.atMs) / 1000;
  const user = (after.userSeconds - before.userSeconds) / seconds;
  const system = (after.systemSeconds - before.systemSeconds) / seconds;
  const cpu = user + system;
  const main = (after.mainSeconds - before.mainSeconds) / seconds;
  const waited = (after.waitedSeconds - before.waitedSeconds) / seconds;
  const polls = (NODES * seconds * 1000) / INTERVAL_MS;
  const { sweepMs, residentMB, loopMs } = TARGETS;
  const within = (result: number, limit: number, target: string) => ({ target, met: result <= limit });
  return [
    {
      what: "first sweep: from the start to the last live node's first response",
      result: `${ms(observed.firstSweep.ms)}, ${observed.firstSweep.cpuSeconds.toFixed(1)} s of CPU`,
      ...within(observed.firstSweep.ms, sweepMs, "< 2 s"),
    },
    {
      what: "later sweeps: from a live node's slot in the interval to its response, p50 / p99 / max",
      result: three(observed.lateness),
      ...within(observed.lateness.max, sweepMs, "< 2 s"),
    },
    {
      what: "age of live nodes' samples, p50 / p99 / max",
      result: three(observed.age),
      ...within(observed.age.p99, 2 * INTERVAL_MS, "p99 ≤ 20 s"),
    },
    { what: "between two samples of a live node, p50 / p99 / max", result: three(observed.gap) },
    { what: "missed polls of live nodes", result: `${observed.missed}`, ...within(observed.missed, 0, "0") },
    {
      what: "live nodes reported down",
      result: `${observed.falselyDown} ${observed.examples.join(", ")}`.trim(),
      ...within(observed.falselyDown, 0, "0"),
    },
    {
      what: "CPU of the process, of one core (user + system)",
      result: `${percent(cpu)} (${percent(user)} + ${percent(system)})`,
      ...within(cpu, TARGETS.cpu, `< ${percent(TARGETS.cpu)}`),
    },
    { what: "… of its main thread", result: percent(main) },
    { what: "… per polled node", result: `${((cpu * seconds * 1e6) / polls).toFixed(0)} µs` },
    {
      what: "memory resident at the end",
      result: MB(after.residentBytes),
      ...within(after.residentBytes, residentMB * 1_048_576, `< ${residentMB} MB`),
    },
    { what: "… at most", result: MB(after.peakBytes) },
    {
      what: "JavaScript heap, buffers outside it",
      result: `${MB(observed.heapUsed)}, ${MB(observed.external)}`,
    },
    {
      what: "event-loop delay, p50 / p99 / max",
      result: three(observed.loopDelay),
      ...within(observed.loopDelay.p99, loopMs, `p99 ≤ ${loopMs} ms`),
    },
    { what: "main thread ready but waiting for a core", result: percent(waited) },
    { what: "connections, before and after", result: `${before.sockets}, ${after.sockets}` },
    { what: "timers at the end", result: `${observed.timers}` },
    {
      what: "history written",
      result: `${(historyBytes / 1_048_576).toFixed(1)} MB, ${(historyBytes / (NODES * (seconds / 60))).toFixed(0)} bytes a node and minute`,
    },
    {
      what: "flapping nodes: until reported down, p50 / p99 / max",
      result: three(observed.downDelay),
      ...within(observed.downDelay.max, INTERVAL_MS + sweepMs, "one poll"),
    },
    {
      what: "flapping nodes: until reported up again, p50 / p99 / max",
      result: three(observed.upDelay),
      ...within(observed.upDelay.max, 2 * INTERVAL_MS, "two intervals"),
    },
    {
      what: "restart of a node detected",
      result: observed.restartDetected ? "yes" : "no",
      ...within(Number(!observed.restartDetected), 0, "yes"),
    },
    { what: "defects logged", result: `${observed.defects}`, ...within(observed.defects, 0, "0") },
    { what: "nodes by status at the end", result: JSON.stringify(observed.statuses) },
  ];
}

async function measure(servers: FleetServers, directory: string): Promise<Row[]> {
  const configFile = await writeConfiguration(servers, directory);
  const profileDir = options.profile === undefined ? null : resolve(options.profile);
  const observer = await Observer.start(configFile, profileDir);
  try {
    // On a machine that others use as well: of the main thread alone, and for root only.
    if (options.nice !== undefined) setPriority(observer.pid, Number(options.nice));
    await wait(WARM_UP_MS, null, STOP);
    observer.send({ kind: "begin" });
    const historyBefore = await bytesIn(join(directory, "data"));
    const before = usageOf(observer.pid);
    await disturb(servers, observer, performance.now() + MINUTES * 60_000);
    const after = usageOf(observer.pid);
    const observed = await observer.report();
    return rows(observed, before, after, (await bytesIn(join(directory, "data"))) - historyBefore);
  } finally {
    await observer.stop();
  }
}

function print(table: readonly Row[]): void {
  console.log("| what | result | target | |\n|---|---|---|---|");
  for (const { what, result, target = "", met } of table) {
    const mark = met === undefined ? "" : met ? "met" : "**missed**";
    console.log(`| ${what} | ${result} | ${target} | ${mark} |`);
  }
}

if (openFileLimit() < NODES + OTHER_FILES) {
  console.error(
    `${NODES} connections need a limit of ${NODES + OTHER_FILES} open files; here it is ${openFileLimit()}: ulimit -Hn`,
  );
  process.exit(2);
}
const directory = await mkdtemp(join(tmpdir(), "memfleet-bench-"));
const guardian = startGuardian(directory);
const servers = new FleetServers({ nodes: NODES, dead: DEAD, flapping: FLAPPING, guardian });
try {
  await servers.start();
  const parts = Object.entries(servers.addresses).map(([part, list]) => `${list.length} ${part}`);
  console.log(
    `${NODES} nodes (${parts.join(", ")}) behind ${servers.processes} processes, ${MINUTES} minutes after a warm-up of ${WARM_UP_MS / 1000} s, every ${INTERVAL_MS / 1000} s`,
  );
  console.log(`${memcachedVersion()}, Node ${process.version}, ${cpus().length} cores`);
  const table = await measure(servers, directory);
  print(table);
  console.log(
    `Load of the machine at the end: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")}`,
  );
} catch (error) {
  if (!stopping.signal.aborted) throw error;
  console.error("stopped");
  process.exitCode = 130;
} finally {
  await servers.stop();
  // It removes the directory.
  await guardian.close();
}
process.exit();
