/**
 * `flush_all`, now or after a delay that the node itself counts down. The reply `OK` alone proves little, so the node
 * is read before and after: `cmd_flush` rises by one with every flush it receives, and `oldest` of its settings tells
 * when the last one took effect or the next one will.
 */
import type { ActionInputs, Measurements } from "@/lib/model/actions/action.schema";
import type { ActionPhases, PhasedActionDefinition, TargetResult } from "../contract";
import { hitRatioBetween, isOtherProcess, readFlushCounters, readFlushStats } from "./flush-stats";

/** Two clocks of whole seconds, and a delay that fires up to 2 s early. */
const TOLERANCE_MS = 4_000;

const phases: ActionPhases<"flush_all"> = {
  async read({ client, view }, _, { nowMs }) {
    return { ...(await readFlushStats(client, nowMs)), hitRatio: view.hitRatio };
  },
  async send({ client }, { delaySeconds }) {
    await client.flushAll(delaySeconds);
  },
  async verify({ client }, input, before, { nowMs }) {
    const after = await readFlushStats(client, nowMs);
    return verifyFlush(input, before, { ...after, hitRatio: hitRatioBetween(before, after) });
  },
};

export const flushAll: PhasedActionDefinition<"flush_all"> = {
  kind: "flush_all",
  capability: () => "flush_all",
  deadlineMs: () => 30_000,
  pace: ({ staggerSeconds, waitForHitRatio = null, waitAtMostSeconds }) => ({
    staggerSeconds,
    waitForHitRatio,
    waitAtMostSeconds,
  }),
  phases,
  async watch({ client }, { after }, { nowMs }) {
    const now = await readFlushCounters(client, nowMs);
    return { ...after, ...now, hitRatio: after === null ? null : hitRatioBetween(after, now) };
  },
};

/** Whether the node has received the flush, by its own counters and times before and after. */
export function verifyFlush(
  { delaySeconds }: Pick<ActionInputs["flush_all"], "delaySeconds">,
  before: Measurements,
  after: Measurements,
): TargetResult {
  const result = (verified: boolean, detail: string): TargetResult => ({ verified, detail, before, after });
  if (isOtherProcess(before, after)) {
    return result(false, "OK, but not verified: the node restarted or moved to another address meanwhile");
  }
  const rise = (after.cmdFlush ?? Number.NaN) - (before.cmdFlush ?? Number.NaN);
  if (Number.isNaN(rise)) return result(false, "OK, but not verified: the node does not report cmd_flush");
  if (rise < 1) return result(false, "OK, but cmd_flush did not rise");
  const others = rise > 1 ? `; ${rise - 1} of these flushes came from elsewhere` : "";
  const counted = `OK; cmd_flush ${before.cmdFlush} → ${after.cmdFlush}${others}`;
  const replaced = replacement(before, after);
  if (after.tellsFlushes !== 1) return result(true, `${counted}${replaced}`);
  const effectMs = reportedEffect(delaySeconds, after);
  const sentMs = (before.atMs ?? 0) + delaySeconds * 1000;
  const verifiedMs = (after.atMs ?? 0) + delaySeconds * 1000;
  if (effectMs === null || effectMs < sentMs - TOLERANCE_MS || effectMs > verifiedMs + TOLERANCE_MS) {
    const reported = effectMs === null ? "no such flush" : `a flush at ${isoTime(effectMs)}`;
    const detail = `${counted}, but the node reports ${reported} (oldest); another flush may have followed`;
    return result(false, detail);
  }
  const pending = delaySeconds > 0 ? `; takes effect at about ${isoTime(effectMs)}` : "";
  return result(true, `${counted}${pending}${replaced}`);
}

/** Names the pending flush that this one replaced, if there was one. */
function replacement(before: Measurements, after: Measurements): string {
  const replacedMs = before.pendingFlushMs ?? null;
  if (replacedMs === null || replacedMs <= (after.atMs ?? 0)) return "";
  return `; replaces the flush that was pending for ${isoTime(replacedMs)}`;
}

/** When the node reports that the flush takes or took effect; null when it reports none. */
function reportedEffect(delaySeconds: number, after: Measurements): number | null {
  if (delaySeconds === 0) return after.lastFlushMs ?? null;
  // A short delay may be over by now.
  const fired = delaySeconds * 1000 <= TOLERANCE_MS ? after.lastFlushMs : null;
  return after.pendingFlushMs ?? fired ?? null;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
