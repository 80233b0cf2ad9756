/**
 * `stats reset` on one node: sets the counters that all its clients see to 0. Counters only fall when they are reset,
 * so one that fell in the same process is the proof, even on a node whose traffic has already counted again.
 */
import type { Figures } from "@/lib/model/actions/action.schema";
import type { ActionDefinition, Target, TargetResult } from "../contract";
import { readGeneralStats } from "./node-stats";

/** Counters shown before and after, by their figure's name. */
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
  readonly pid: number | null;
  readonly figures: Record<Counter, number | null>;
}

export const resetStats: ActionDefinition<"reset_stats"> = {
  kind: "reset_stats",
  capability: () => "stats",
  deadlineMs: () => 30_000,
  async run(target) {
    const before = await readCounters(target);
    const answer = await target.client.tune({ command: "stats reset" });
    return judge(answer, before, await readCounters(target));
  },
};

async function readCounters({ client }: Target): Promise<CounterStats> {
  const read = await readGeneralStats(client);
  const figures = Object.fromEntries(NAMES.map((name) => [name, read(COUNTERS[name])]));
  return { pid: read("pid"), figures: figures as CounterStats["figures"] };
}

function judge(answer: string, before: CounterStats, after: CounterStats): TargetResult {
  const shown: { before: Figures; after: Figures } = { before: before.figures, after: after.figures };
  if (before.pid !== after.pid) {
    const detail = `${answer}; the node was restarted meanwhile: nothing to compare`;
    return { ...shown, verified: false, detail };
  }
  const fell = NAMES.filter((name) => {
    const [from, to] = [before.figures[name], after.figures[name]];
    return from !== null && to !== null && to < from;
  });
  if (fell.length === 0) return { ...shown, verified: false, detail: `${answer}; but no counter fell` };
  const told = fell.map((name) => `${COUNTERS[name]} ${before.figures[name]} → ${after.figures[name]}`);
  return { ...shown, verified: true, detail: `${answer}; ${told.join(", ")}` };
}
