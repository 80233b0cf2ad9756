/** Deletes data beyond its retention, in small steps. */

import { HOUR_MS } from "@/lib/model/time";
import { command } from "@/lib/store/database";
import type { Task } from "@/lib/store/scheduler";
import type { HistoryFile } from "./compaction";
import { groupId, LIMITS } from "./schema";
import type { HistorySettings } from "./settings";

/** Stats, and batches, whose rows are deleted between two yields. */
const STATS_AT_ONCE = 4;
const BATCHES_AT_ONCE = 4;

/** The next deletion that is due; null when there is none. */
export function nextDeletion(file: HistoryFile, nowMs: number, settings: HistorySettings): Task<void> | null {
  const late = lateBatches(file, nowMs - settings.rawMs);
  if (late.length > 0) file.sampleRows.discard(late);
  if (file.sampleRows.hasDiscarded) return deleteDiscarded(file);
  const raw = file.hours.before(nowMs - settings.rawMs).find((hour) => file.hours.hasRaw(hour));
  if (raw !== undefined) return deleteRaw(file, raw);
  const [old] = file.hours.before(nowMs - settings.rollupMs);
  return old === undefined ? null : deleteHour(file, old, nowMs - settings.rollupMs);
}

/** Batches that arrived after their hour was compacted have the retention of raw values. */
function lateBatches(file: HistoryFile, beforeMs: number): number[] {
  return file.sampleRows
    .between(Number.NEGATIVE_INFINITY, beforeMs)
    .filter((at) => file.hours.times(Math.floor(at / HOUR_MS)) !== undefined);
}

function* deleteDiscarded(file: HistoryFile): Task<void> {
  while (file.sampleRows.deleteDiscarded(BATCHES_AT_ONCE)) yield;
}

function* deleteRaw(file: HistoryFile, hour: number): Task<void> {
  // Readers must stop using the rows before they are deleted one after another.
  file.hours.dropRaw(hour);
  yield* deleteRows(file, "raw", hour);
}

function* deleteHour(file: HistoryFile, hour: number, beforeMs: number): Task<void> {
  command(file.connection, "DELETE FROM marker WHERE at < ?").run(beforeMs);
  yield* deleteRows(file, "raw", hour);
  yield* deleteRows(file, "rollup", hour);
  file.hours.forget(hour);
}

function* deleteRows(file: HistoryFile, table: "raw" | "rollup", hour: number): Task<void> {
  const remove = command(file.connection, `DELETE FROM ${table} WHERE id >= ? AND id < ?`);
  for (let statId = 0; statId < LIMITS.stats; statId += STATS_AT_ONCE) {
    const { changes } = remove.run(groupId(hour, statId, 0), groupId(hour, statId + STATS_AT_ONCE, 0));
    if (changes > 0) yield;
  }
}
