/**
 * `stats reset` on one node: sets the counters that all its clients see to 0. Counters only fall when they are reset,
 * so one that fell in the same process proves it, even on a node whose traffic has already raised it again.
 */
import type { ActionDefinition, Target, TargetResult } from "../contract";
import {
  change,
  isOtherProcess,
  type ReportingProcess,
  readGeneralStats,
  reportingProcess,
} from "./node-stats";

/** Counters shown before and after, by their JSON names. */
const COUNTERS = {
  cmdGet: "cmd_get",
  cmdSet: "cmd_set",
  cmdFlush: "cmd_flush",
  getHits: "get_hits",
  getMisses: "get_misses",
  evictions: "evictions",
  totalConnections: "total_connections",
  bytesRead: "bytes_read",
} as const;
type Counter = keyof typeof COUNTERS;
const NAMES = Object.keys(COUNTERS) as Counter[];

interface CounterStats {
  readonly from: ReportingProcess;
  readonly counters: Record<Counter, number | null>;
}

export const resetStats: ActionDefinition<"reset_stats"> = {
  kind: "reset_stats",
  capability: () => "stats",
  deadlineMs: () => 30_000,
  async run(target) {
    const before = await readCounters(target);
    const reply = await target.client.tune({ command: "stats reset" });
    return verify(reply, before, await readCounters(target));
  },
};

async function readCounters({ client }: Target): Promise<CounterStats> {
  const read = await readGeneralStats(client);
  const counters = Object.fromEntries(NAMES.map((name) => [name, read(COUNTERS[name])]));
  return { from: reportingProcess(read), counters: counters as CounterStats["counters"] };
}

function verify(reply: string, before: CounterStats, after: CounterStats): TargetResult {
  const result = (verified: boolean, detail: string): TargetResult => ({
    verified,
    detail: `${reply}; ${detail}`,
    before: before.counters,
    after: after.counters,
  });
  if (isOtherProcess(before.from, after.from))
    return result(false, "not verified: the node restarted meanwhile");
  const fell = NAMES.filter((name) => {
    const [from, to] = [before.counters[name], after.counters[name]];
    return from !== null && to !== null && to < from;
  });
  if (fell.length === 0) return result(false, "not verified: no counter fell");
  const changes = fell.map(
    (name) => `${COUNTERS[name]} ${change(before.counters[name], after.counters[name])}`,
  );
  return result(true, changes.join(", "));
}
