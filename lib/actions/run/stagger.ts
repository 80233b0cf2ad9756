/**
 * When each node of a staggered action has its turn. Pure; Unix milliseconds.
 *
 * Invariants: turns are in the order of the nodes and not closer to each other than the stagger, but for what timers
 * are late; nothing has its turn before it was planned.
 */

/**
 * How late a turn may be, as timers always are, without moving those behind it: a twentieth of the stagger, and a
 * second at most. They protect what stands behind the cache.
 */
const LATE_SHARE = 0.05;
const LATE_MS = 1_000;

/** Node k at k × stagger from `startMs`. */
export function plannedTimes(count: number, staggerSeconds: number, startMs: number): number[] {
  return Array.from({ length: count }, (_, place) => startMs + place * staggerSeconds * 1000);
}

/** By how much the rest has to move when the turn that was planned for `dueMs` is taken at `nowMs`. */
export function latenessMs(dueMs: number, nowMs: number, staggerSeconds: number): number {
  const late = nowMs - dueMs;
  return late > Math.min(LATE_MS, staggerSeconds * 1000 * LATE_SHARE) ? late : 0;
}

/**
 * By how much the rest has to move after a pause, so that its first turn, planned for `firstDueMs`, is neither over
 * already nor closer than the stagger to the turn before.
 */
export function resumeShiftMs(
  firstDueMs: number,
  lastSentMs: number | null,
  staggerSeconds: number,
  nowMs: number,
): number {
  const earliest = lastSentMs === null ? nowMs : Math.max(nowMs, lastSentMs + staggerSeconds * 1000);
  return Math.max(0, earliest - firstDueMs);
}
