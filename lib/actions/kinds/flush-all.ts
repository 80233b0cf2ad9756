/**
 * `flush_all`, now or after a delay that the node itself counts down. The answer `OK` alone proves little, so the
 * node is asked before and after: `cmd_flush` grows by one with every flush it has taken, and `oldest` of its
 * settings says when the last one took effect or the next one will.
 */
import type { ActionInputs, Figures } from "@/lib/model/actions/action.schema";
import type { ActionDefinition, ActionPhases, TargetResult } from "../contract";
import { inPhases } from "../run/phases";
import { hitRatioBetween, readFlushCounters, readFlushStats } from "./flush-stats";

/** Whole seconds, twice, and a delay that fires up to 2 s early. */
const TOLERANCE_MS = 4_000;

const steps: ActionPhases<"flush_all"> = {
  async read({ client, view }, _, { nowMs }) {
    return { ...(await readFlushStats(client, nowMs)), hitRatio: view.hitRatio };
  },
  async send({ client }, { delaySeconds }) {
    await client.flushAll(delaySeconds);
  },
  async verify({ client }, input, before, { nowMs }) {
    const after = await readFlushStats(client, nowMs);
    return judge(input, before, { ...after, hitRatio: hitRatioBetween(before, after) });
  },
};

export const flushAll: ActionDefinition<"flush_all"> = {
  kind: "flush_all",
  capability: () => "flush_all",
  deadlineMs: () => 30_000,
  pace: ({ staggerSeconds, waitForHitRatio = null, waitAtMostSeconds }) => ({
    ...{ staggerSeconds, waitForHitRatio, waitAtMostSeconds },
  }),
  steps,
  run: inPhases(steps),
  async watch({ client }, { after }, { nowMs }) {
    const now = await readFlushCounters(client, nowMs);
    return { ...after, ...now, hitRatio: after === null ? null : hitRatioBetween(after, now) };
  },
};

/** Whether the node has taken the flush, from what it says of itself before and after. */
export function judge(
  { delaySeconds }: Pick<ActionInputs["flush_all"], "delaySeconds">,
  before: Figures,
  after: Figures,
): TargetResult {
  const told = (verified: boolean, detail: string): TargetResult => ({ verified, detail, before, after });
  if (before.pid !== after.pid || (after.uptime ?? 0) < (before.uptime ?? 0)) {
    return told(false, "the node was restarted meanwhile: OK, but nothing to compare");
  }
  const rise = (after.cmdFlush ?? Number.NaN) - (before.cmdFlush ?? Number.NaN);
  if (Number.isNaN(rise)) return told(false, "OK, but the node reports no cmd_flush");
  if (rise < 1) return told(false, "OK, but cmd_flush did not rise");
  const others = rise > 1 ? `; ${rise - 1} of them not from this action` : "";
  const counted = `OK; cmd_flush ${before.cmdFlush} → ${after.cmdFlush}${others}`;
  const sentMs = before.atMs ?? 0;
  const seenMs = after.atMs ?? 0;
  const replaced = before.pendingFlushMs ?? null;
  const instead =
    replaced !== null && replaced > seenMs
      ? `; it replaces the one that was pending for ${new Date(replaced).toISOString()}`
      : "";
  if (after.tellsFlushes !== 1) return told(true, `${counted}${instead}`);
  const expected = delaySeconds === 0 ? after.lastFlushMs : after.pendingFlushMs;
  const fired = delaySeconds > 0 && delaySeconds * 1000 <= TOLERANCE_MS ? after.lastFlushMs : null;
  const at = expected ?? fired ?? null;
  const delayMs = delaySeconds * 1000;
  if (at === null || at < sentMs + delayMs - TOLERANCE_MS || at > seenMs + delayMs + TOLERANCE_MS) {
    const seen = at === null ? "nothing of it" : new Date(at).toISOString();
    return told(
      false,
      `${counted}, but by \`oldest\` the node says ${seen}: another flush may have come after`,
    );
  }
  const pending = delaySeconds > 0 ? `; it takes effect at about ${new Date(at).toISOString()}` : "";
  return told(true, `${counted}${pending}${instead}`);
}
