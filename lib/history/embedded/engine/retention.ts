/** Deletes what is older than what was asked to be kept, a small step at a time. */
import { command } from "@/lib/store/database";
import type { Task } from "@/lib/store/scheduler";
import type { HistoryFile } from "./compaction";
import { groupId, LIMITS } from "./schema";
import { type HistorySettings, HOUR_MS } from "./settings";

/** Metrics whose rows are deleted, and sweeps whose rows are deleted, between two yields. */
const METRICS_AT_ONCE = 4;
const SWEEPS_AT_ONCE = 4;

/** The next deletion that is due; null when there is none. */
export function nextDeletion(file: HistoryFile, nowMs: number, settings: HistorySettings): Task<void> | null {
  const late = lateSweeps(file, nowMs - settings.rawMs);
  if (late.length > 0) file.ticks.discard(late);
  if (file.ticks.hasGarbage) return sweepUp(file);
  const raw = file.hours.before(nowMs - settings.rawMs).find((hour) => file.hours.hasRaw(hour));
  if (raw !== undefined) return deleteRaw(file, raw);
  const [old] = file.hours.before(nowMs - settings.rollupMs);
  return old === undefined ? null : deleteHour(file, old, nowMs - settings.rollupMs);
}

/** Sweeps that came after their hour had been compacted are kept for as long as raw values are. */
function lateSweeps(file: HistoryFile, beforeMs: number): number[] {
  return file.ticks
    .between(Number.NEGATIVE_INFINITY, beforeMs)
    .filter((at) => file.hours.times(Math.floor(at / HOUR_MS)) !== undefined);
}

function* sweepUp(file: HistoryFile): Task<void> {
  while (file.ticks.sweepUp(SWEEPS_AT_ONCE)) yield;
}

function* deleteRaw(file: HistoryFile, hour: number): Task<void> {
  // First of all nobody may read the rows any more: they go one after another.
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
  for (let metric = 0; metric < LIMITS.metrics; metric += METRICS_AT_ONCE) {
    const { changes } = remove.run(groupId(hour, metric, 0), groupId(hour, metric + METRICS_AT_ONCE, 0));
    if (changes > 0) yield;
  }
}
