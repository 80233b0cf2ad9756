/**
 * The process under measurement: the server's runtime without its pages. It measures as little as
 * possible: the result of each poll, the age of the samples once a second, and the event-loop delay.
 */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { NodeRecord } from "@/lib/collector/node-record";
import { Schedule } from "@/lib/collector/schedule";
import { Runtime } from "@/lib/server/runtime";
import { Distribution, type Summary } from "./distribution";
import type { FromObserved, Observations, ToObserved } from "./messages";
import { type Part, partOf } from "./servers";

const LOOP_RESOLUTION_MS = 20;
const AGES_EVERY_MS = 1_000;
const EXAMPLES = 5;
const LIVE: ReadonlySet<Part> = new Set(["steady", "flapping", "restarting"]);

let defects = 0;
const startedMs = performance.now();
const cpuBefore = process.cpuUsage();
const runtime = await Runtime.start((error) => {
  defects++;
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
});
const { intervalMs } = runtime.configuration.poll;
const schedule = new Schedule(intervalMs, { run() {}, roundComplete() {} }, performance.now);
/** The collector's schedule has just started: its first slot is due from about here on. */
const MARGIN_MS = 500;
const scheduledMs = performance.now();

const records = new Map<string, NodeRecord>();
const parts = new Map<string, Part>();
const sampledMs = new Map<string, number>();
const lateness = new Distribution();
const age = new Distribution();
const gap = new Distribution();
const downDelay = new Distribution();
const upDelay = new Distribution();
const falselyDown = new Set<string>();
const examples: string[] = [];
const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
let flapped: { readonly up: boolean; readonly atMs: number } | null = null;
const detected = new Set<string>();
let missed = 0;
let waiting = 0;
let firstSweep = { ms: Number.NaN, cpuSeconds: Number.NaN };

for (const { id } of runtime.configuration.nodes) {
  const record = runtime.directory.record(id);
  records.set(id, record);
  const part = partOf(id);
  parts.set(id, part);
  if (LIVE.has(part)) waiting++;
}

function sampled(id: string, record: NodeRecord): void {
  const before = sampledMs.get(id);
  const at = record.sampledMonoMs;
  if (before === at) return;
  sampledMs.set(id, at);
  if (before === undefined) {
    if (--waiting === 0) {
      const { user, system } = process.cpuUsage(cpuBefore);
      firstSweep = { ms: at - startedMs, cpuSeconds: (user + system) / 1_000_000 };
    }
    return;
  }
  if (parts.get(id) !== "steady") return;
  gap.add(at - before);
  missed += Math.max(0, Math.round((at - before) / intervalMs) - 1);
  const offsetMs = (schedule.slotOf(id) * intervalMs) / schedule.slots;
  lateness.add(((at - scheduledMs - offsetMs + intervalMs + MARGIN_MS) % intervalMs) - MARGIN_MS);
}

function judge(id: string, { status, reason }: NodeRecord): void {
  const part = parts.get(id);
  if (part === "steady" && status !== "up" && status !== "unknown") {
    if (falselyDown.size < EXAMPLES) examples.push(`${id} ${status} ${reason}`);
    falselyDown.add(id);
  }
  if (part !== "flapping" || flapped === null || (status === "up") !== flapped.up || detected.has(id)) return;
  detected.add(id);
  (flapped.up ? upDelay : downDelay).add(Date.now() - flapped.atMs);
}

runtime.onChange(({ changed }) => {
  for (const id of changed) {
    const record = records.get(id);
    if (record === undefined) continue;
    if (record.status === "up") sampled(id, record);
    judge(id, record);
  }
});

setInterval(() => {
  const now = performance.now();
  for (const [id, record] of records) {
    if (parts.get(id) === "steady" && Number.isFinite(record.sampledMonoMs))
      age.add(now - record.sampledMonoMs);
  }
}, AGES_EVERY_MS);

/** Delay in milliseconds, without the sampling interval. */
function loopDelay(): Summary {
  const beyond = (nanoseconds: number) => Math.max(0, nanoseconds / 1_000_000 - LOOP_RESOLUTION_MS);
  const [p50, p99] = [50, 99].map((share) => beyond(loop.percentile(share))) as [number, number];
  return { count: loop.count, p50, p99, max: beyond(loop.max) };
}

function report(): Observations {
  const { heapUsed, external } = process.memoryUsage();
  const statuses: Record<string, number> = {};
  for (const { status } of records.values()) statuses[status] = (statuses[status] ?? 0) + 1;
  const restarting = [...records.values()].filter(({ node }) => parts.get(node.id) === "restarting");
  return {
    kind: "report",
    firstSweep,
    missed,
    examples,
    heapUsed,
    external,
    statuses,
    defects,
    lateness: lateness.summary(),
    age: age.summary(),
    gap: gap.summary(),
    falselyDown: falselyDown.size,
    loopDelay: loopDelay(),
    downDelay: downDelay.summary(),
    upDelay: upDelay.summary(),
    restartDetected: restarting.every(({ lastRestartMs }) => lastRestartMs !== null),
    timers: process.getActiveResourcesInfo().filter((name) => name === "Timeout").length,
  };
}

function send(message: FromObserved): void {
  process.send?.(message);
}

async function stop(): Promise<void> {
  await runtime.close();
  process.exit(0);
}

process.on("message", (message: ToObserved) => {
  if (message.kind === "begin") {
    for (const distribution of [lateness, age, gap]) distribution.clear();
    missed = 0;
    loop.enable();
    loop.reset();
  } else if (message.kind === "flapped") {
    flapped = message;
    detected.clear();
  } else if (message.kind === "report") send(report());
  else void stop();
});
process.on("disconnect", () => void stop());
// The benchmark handles Ctrl-C and stops this process.
process.on("SIGINT", () => undefined);
send({ kind: "ready" });
