/**
 * `flush_all` on one node, at once. The answer `OK` alone proves little, so the node's own counter is asked before
 * and after: `cmd_flush` grows by one with every flush it has taken.
 */
import type { NodeFigures } from "@/lib/model/action";
import { emptyValues, requiredSlot } from "@/lib/model/stats";
import type { ActionDefinition, Target, TargetResult } from "./contract";

const CMD_FLUSH = requiredSlot("cmd_flush");
const CURR_ITEMS = requiredSlot("curr_items");
const BYTES = requiredSlot("bytes");
const PID = requiredSlot("pid");

interface Look {
  readonly pid: number;
  readonly figures: NodeFigures;
}

export const flushAll: ActionDefinition = {
  kind: "flush_all",
  role: "operator",
  capability: "flush_all",
  deadlineMs: 30_000,
  async run(target, nowMs) {
    const before = await look(target, nowMs);
    await target.client.flushAll();
    return judge(before, await look(target, nowMs));
  },
};

function judge(before: Look, after: Look): TargetResult {
  const shown = { before: before.figures, after: after.figures };
  if (before.pid !== after.pid) {
    return {
      ...shown,
      verified: false,
      detail: "the node was restarted meanwhile: OK, but nothing to compare",
    };
  }
  const rise = (after.figures.cmdFlush ?? Number.NaN) - (before.figures.cmdFlush ?? Number.NaN);
  if (rise >= 1) {
    const counted = `cmd_flush ${before.figures.cmdFlush} → ${after.figures.cmdFlush}`;
    return { ...shown, verified: true, detail: `OK; ${counted}` };
  }
  const why = Number.isNaN(rise) ? "the node reports no cmd_flush" : "cmd_flush did not rise";
  return { ...shown, verified: false, detail: `OK, but ${why}` };
}

async function look({ client }: Target, nowMs: () => number): Promise<Look> {
  const values = emptyValues();
  await client.poll(values);
  const read = (slot: number) => {
    const value = values[slot] as number;
    return Number.isNaN(value) ? null : value;
  };
  return {
    pid: values[PID] as number,
    figures: { atMs: nowMs(), cmdFlush: read(CMD_FLUSH), currItems: read(CURR_ITEMS), bytes: read(BYTES) },
  };
}
