/**
 * When each node of a staggered action is sent to. Pure; Unix milliseconds.
 *
 * Invariants: nodes are sent to in their order, and never closer to each other than the stagger, except for what
 * timers are late; no node is sent to before its planned time.
 */

/**
 * How late a node may be sent to, as timers always are, without postponing the next ones: a twentieth of the
 * stagger, and at most a second. The stagger protects the backend behind the cache.
 */
const LATE_SHARE = 0.05;
const LATE_MS = 1_000;

/** Node k at k × stagger from `startMs`. */
export function plannedTimes(count: number, staggerSeconds: number, startMs: number): number[] {
  return Array.from({ length: count }, (_, index) => startMs + index * staggerSeconds * 1000);
}

/** By how much to postpone the remaining nodes when the one due at `dueMs` is sent to at `nowMs`. */
export function latenessMs(dueMs: number, nowMs: number, staggerSeconds: number): number {
  const late = nowMs - dueMs;
  return late > Math.min(LATE_MS, staggerSeconds * 1000 * LATE_SHARE) ? late : 0;
}

/**
 * By how much to postpone the remaining nodes after a pause, so that the next one, due at `dueMs`, is neither due in
 * the past nor closer than the stagger to the node before.
 */
export function resumeShiftMs(
  dueMs: number,
  lastSentMs: number | null,
  staggerSeconds: number,
  nowMs: number,
): number {
  const earliest = lastSentMs === null ? nowMs : Math.max(nowMs, lastSentMs + staggerSeconds * 1000);
  return Math.max(0, earliest - dueMs);
}
