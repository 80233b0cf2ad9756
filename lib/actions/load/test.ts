/**
 * A bounded load on one node, to see how it answers: sets and gets on keys of our own with a short life, which are
 * removed afterwards. It stops by itself when the node begins to evict.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeClient } from "@/lib/memcached/contract";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import type { ActionDefinition, RunContext, Target, TargetResult } from "../contract";
import { pickStats, readGeneralStats } from "../kinds/node-stats";
import { refusalReason } from "./headroom";
import { LoadRun } from "./run";

const REPORT_EVERY_MS = 1_000;
/** What removing may take when the test was stopped, in milliseconds; the rest expires by itself. */
const SHORT_OF_TIME_MS = 10_000;
/** What a key lives longer than the load, in seconds. */
const OUTLIVES_SECONDS = 60;

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
    if (reason !== null) throw new CapabilityError(`${id} cannot take this load: ${reason}`);
  },
  // Removing goes at the asked rate too, two requests a key.
  deadlineMs: ({ seconds }) => seconds * 3_000 + 60_000,
  async run(target, input, context) {
    const client = target.open();
    try {
      const before = await readLoadStats(client);
      const dialogues = await Promise.all(
        Array.from({ length: input.connections }, () => client.openSession()),
      );
      const prefix = `memfleet:load:${randomBytes(6).toString("hex")}:`;
      const run = new LoadRun(dialogues, prefix, input, input.seconds + OUTLIVES_SECONDS);
      const stopped = await follow(run, target, context, input.seconds, before.evictions);
      const after = await readLoadStats(client).catch(nodeErrorOf);
      const result = judge(run, before, after, stopped, input.seconds + OUTLIVES_SECONDS);
      if (!context.signal.aborted) return result;
      return { ...result, detail: `stopped after ${run.seconds.toFixed(1)} s; ${result.detail}` };
    } finally {
      client.close();
    }
  },
};

interface LoadStats {
  readonly pid: number | null;
  readonly cmdGet: number | null;
  readonly cmdSet: number | null;
  readonly bytes: number | null;
  readonly evictions: number | null;
}

async function readLoadStats(client: NodeClient): Promise<LoadStats> {
  const read = await readGeneralStats(client);
  return {
    pid: read("pid"),
    cmdGet: read("cmd_get"),
    cmdSet: read("cmd_set"),
    bytes: read("bytes"),
    evictions: read("evictions"),
  };
}

/** For what is told rather than thrown: what was measured stays when the node has gone away since. */
function nodeErrorOf(error: unknown): NodeError {
  if (error instanceof NodeError) return error;
  throw error;
}

/** Runs load and removal, tells how far they are, and stops the load when evictions rise. Returns why it did. */
async function follow(
  run: LoadRun,
  { client }: Target,
  context: RunContext,
  seconds: number,
  evictionsBefore: number | null,
): Promise<string | null> {
  const pressure = new AbortController();
  const finished = new AbortController();
  const watching = (async () => {
    let earlier = 0;
    let earlierAtMs = performance.now();
    while (!finished.signal.aborted) {
      await sleep(REPORT_EVERY_MS, undefined, { signal: finished.signal }).catch(() => undefined);
      if (!run.loading) {
        context.progress(run.figures(), "removing its keys");
        continue;
      }
      const { operations } = run;
      const now = performance.now();
      const operationsPerSecond = ((operations - earlier) * 1_000) / (now - earlierAtMs);
      context.progress({ ...run.figures(), operationsPerSecond }, "under load");
      earlier = operations;
      earlierAtMs = now;
      const reason = await whyStop(client, evictionsBefore);
      if (reason !== null) pressure.abort(reason);
    }
  })();
  try {
    await run.load(AbortSignal.any([context.signal, pressure.signal]));
    await run.remove(context.signal.aborted ? SHORT_OF_TIME_MS : seconds * 2_000 + SHORT_OF_TIME_MS);
  } finally {
    finished.abort();
    await watching;
  }
  return pressure.signal.aborted ? String(pressure.signal.reason) : null;
}

/** Why the load has to stop before its time, in English; null when it may go on. Not knowing is a reason, too. */
async function whyStop(client: NodeClient, evictionsBefore: number | null): Promise<string | null> {
  try {
    const evictions = (await readGeneralStats(client))("evictions");
    const rose = evictions !== null && evictionsBefore !== null && evictions > evictionsBefore;
    return rose ? "the node began to evict" : null;
  } catch (error) {
    return `the node no longer tells how it is (${nodeErrorOf(error).message})`;
  }
}

function judge(
  run: LoadRun,
  before: LoadStats,
  later: LoadStats | NodeError,
  stopped: string | null,
  lifeSeconds: number,
): TargetResult {
  const after = later instanceof NodeError ? null : later;
  const risen = (name: "cmdGet" | "cmdSet") => {
    const [from, to] = [before[name], after?.[name] ?? null];
    return from === null || to === null ? null : to - from;
  };
  const nodeSets = risen("cmdSet");
  const nodeGets = risen("cmdGet");
  const { pid: _, ...shown } = before;
  const counted = { nodeSets, nodeGets, evictions: after?.evictions ?? null, bytes: after?.bytes ?? null };
  const answered = run.sets + run.gets;
  const fewer = (nodeSets ?? 0) < run.sets || (nodeGets ?? 0) < run.gets;
  const doubts = [
    answered === 0 ? "no request was answered" : null,
    stopped === null ? null : `stopped early: ${stopped}`,
    run.keysLeft > 0 ? `${run.keysLeft} keys may be left; they expire within ${lifeSeconds} s` : null,
    later instanceof NodeError ? later.message : null,
    after !== null && before.pid !== after.pid ? "the node was restarted meanwhile" : null,
    after !== null && fewer ? "the node counted fewer than were answered" : null,
  ].filter((doubt) => doubt !== null);
  const errors = run.errors === 0 ? "no errors" : `${run.errors} errors (${run.problem})`;
  const removed = run.keysLeft === 0 ? ["its keys are gone"] : [];
  const detail = [`${answered} requests answered, ${errors}`, ...removed, ...doubts].join("; ");
  return { verified: doubts.length === 0, detail, before: shown, after: { ...run.figures(), ...counted } };
}
