/**
 * A bounded load on one node, to measure its latency: sets and gets on its own short-lived keys, which are removed
 * afterwards. It stops by itself when the node starts evicting.
 */
import { randomBytes } from "node:crypto";
import { sleepUnlessAborted } from "@/lib/concurrency/abortable";
import type { NodeClient } from "@/lib/memcached/contract";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import type { ActionDefinition, RunContext, Target, TargetResult } from "../contract";
import {
  isOtherProcess,
  pickStats,
  type ReportingProcess,
  readGeneralStats,
  reportingProcess,
} from "../kinds/node-stats";
import { refusalReason } from "./headroom";
import { LoadRun } from "./run";

const REPORT_EVERY_MS = 1_000;
/** How long removing may take when the test was stopped, in milliseconds; the remaining keys expire. */
const STOPPED_REMOVAL_MS = 10_000;
/** How much longer than the load a key lives, in seconds. */
const EXTRA_LIFE_SECONDS = 60;

export const loadTest: ActionDefinition<"load_test"> = {
  kind: "load_test",
  capability: () => null,
  async admit({ id, client }, input) {
    const general = await readGeneralStats(client);
    const slabs = await client.stats("slabs");
    const classes = new Set(
      slabs.flatMap(([name]) => (/^\d+:/.test(name) ? [Number.parseInt(name, 10)] : [])),
    );
    const reason = refusalReason(input, general, pickStats(slabs), [...classes]);
    if (reason !== null) throw new CapabilityError(`${id} cannot run this load test: ${reason}`);
  },
  // Keys are removed at the same rate, with two requests each.
  deadlineMs: ({ seconds }) => seconds * 3_000 + 60_000,
  async run(target, input, context) {
    const client = target.open();
    try {
      const before = await readLoadStats(client);
      const sessions = await Promise.all(
        Array.from({ length: input.connections }, () => client.openSession()),
      );
      const prefix = `memfleet:load:${randomBytes(6).toString("hex")}:`;
      const lifeSeconds = input.seconds + EXTRA_LIFE_SECONDS;
      const run = new LoadRun(sessions, prefix, input, lifeSeconds);
      const stopped = await supervise(run, target, context, input.seconds, before.evictions);
      const after = await readLoadStats(client).catch(asNodeError);
      const result = verify(run, before, after, stopped, lifeSeconds);
      if (!context.signal.aborted) return result;
      return { ...result, detail: `stopped after ${run.seconds.toFixed(1)} s; ${result.detail}` };
    } finally {
      client.close();
    }
  },
};

interface LoadStats {
  readonly from: ReportingProcess;
  readonly cmdGet: number | null;
  readonly cmdSet: number | null;
  readonly bytes: number | null;
  readonly evictions: number | null;
}

async function readLoadStats(client: NodeClient): Promise<LoadStats> {
  const read = await readGeneralStats(client);
  return {
    from: reportingProcess(read),
    cmdGet: read("cmd_get"),
    cmdSet: read("cmd_set"),
    bytes: read("bytes"),
    evictions: read("evictions"),
  };
}

/** Returns a `NodeError`, so that the measurements survive when the node has become unreachable. */
function asNodeError(error: unknown): NodeError {
  if (error instanceof NodeError) return error;
  throw error;
}

/**
 * Runs the load and the removal of its keys, reports progress, and stops the load when evictions rise. Returns why it
 * was stopped; null when it was not.
 */
async function supervise(
  run: LoadRun,
  { client }: Target,
  context: RunContext,
  seconds: number,
  evictionsBefore: number | null,
): Promise<string | null> {
  const stop = new AbortController();
  const finished = new AbortController();
  const reporting = report(run, client, context, evictionsBefore, stop, finished.signal);
  try {
    await run.load(AbortSignal.any([context.signal, stop.signal]));
    await run.remove(context.signal.aborted ? STOPPED_REMOVAL_MS : seconds * 2_000 + STOPPED_REMOVAL_MS);
  } finally {
    finished.abort();
    await reporting;
  }
  return stop.signal.aborted ? String(stop.signal.reason) : null;
}

/** Reports once a second until `finished`, and aborts `stop` with the reason when the load has to stop. */
async function report(
  run: LoadRun,
  client: NodeClient,
  context: RunContext,
  evictionsBefore: number | null,
  stop: AbortController,
  finished: AbortSignal,
): Promise<void> {
  let before = 0;
  let beforeAtMs = performance.now();
  while (!finished.aborted) {
    await sleepUnlessAborted(REPORT_EVERY_MS, finished);
    if (!run.loading) {
      context.progress(run.measurements(), "removing its keys");
      continue;
    }
    const { operations } = run;
    const now = performance.now();
    const operationsPerSecond = ((operations - before) * 1_000) / (now - beforeAtMs);
    context.progress({ ...run.measurements(), operationsPerSecond }, "running");
    before = operations;
    beforeAtMs = now;
    const reason = await stopReason(client, evictionsBefore);
    if (reason !== null) stop.abort(reason);
  }
}

/** Why the load has to stop early, in English; null when it may continue. An unreadable node is a reason, too. */
async function stopReason(client: NodeClient, evictionsBefore: number | null): Promise<string | null> {
  try {
    const evictions = (await readGeneralStats(client))("evictions");
    const rose = evictions !== null && evictionsBefore !== null && evictions > evictionsBefore;
    return rose ? "the node started evicting" : null;
  } catch (error) {
    return `evictions can’t be read (${asNodeError(error).message})`;
  }
}

function verify(
  run: LoadRun,
  before: LoadStats,
  after: LoadStats | NodeError,
  stopped: string | null,
  lifeSeconds: number,
): TargetResult {
  const later = after instanceof NodeError ? null : after;
  const rise = (name: "cmdGet" | "cmdSet") => {
    const [from, to] = [before[name], later?.[name] ?? null];
    return from === null || to === null ? null : to - from;
  };
  const nodeSets = rise("cmdSet");
  const nodeGets = rise("cmdGet");
  const { from: _, ...shownBefore } = before;
  const nodeStats = { nodeSets, nodeGets, evictions: later?.evictions ?? null, bytes: later?.bytes ?? null };
  const answered = run.sets + run.gets;
  const fewer = (nodeSets ?? 0) < run.sets || (nodeGets ?? 0) < run.gets;
  const problems = [
    answered === 0 ? "no request was answered" : null,
    stopped === null ? null : `stopped early: ${stopped}`,
    run.keysLeft > 0 ? `${run.keysLeft} keys may remain; they expire within ${lifeSeconds} s` : null,
    after instanceof NodeError ? after.message : null,
    later !== null && isOtherProcess(before.from, later.from) ? "the node restarted meanwhile" : null,
    later !== null && fewer ? "the node counted fewer requests than it answered" : null,
  ].filter((problem) => problem !== null);
  const errors = run.errors === 0 ? "no errors" : `${run.errors} errors (${run.problem})`;
  const removed = run.keysLeft === 0 ? ["its keys are removed"] : [];
  return {
    verified: problems.length === 0,
    detail: [`${answered} requests answered, ${errors}`, ...removed, ...problems].join("; "),
    before: shownBefore,
    after: { ...run.measurements(), ...nodeStats },
  };
}
