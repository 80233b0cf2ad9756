/** Filling buckets from compacted hours. */
import type { Task } from "@/lib/store/scheduler";
import { accumulate } from "./accumulate";
import { decodeColumn } from "./codec/column-decode";
import { type Field, type Frame, type Located, locate } from "./codec/frame";
import type { HistoryFile } from "./compaction";
import { readGroups } from "./groups";
import { bucketIndexes, rollupTimes } from "./query-plan";
import { decodeRollup } from "./rollup";
import { BUCKETS_PER_HOUR, GROUP_NODES } from "./settings";

/** Adds compacted hours: raw values where the frame needs them, else rollups. */
export function* fillFromHours(file: HistoryFile, frame: Frame): Task<void> {
  const { fromMs, stepMs, count } = frame.buckets;
  const located = locate(file, frame.nodes);
  for (const hour of file.hours.between(fromMs, fromMs + stepMs * count)) {
    const raw = frame.raw && file.hours.hasRaw(hour);
    const times = raw ? (file.hours.times(hour) ?? []) : rollupTimes(hour);
    const bucketOf = bucketIndexes(frame.buckets, times);
    if (!bucketOf.some((bucket) => bucket >= 0)) continue;
    for (let field = 0; field < frame.fields.length; field++) {
      yield* fillFromGroups(file, frame, field, hour, raw, located, bucketOf);
    }
  }
}

function* fillFromGroups(
  file: HistoryFile,
  frame: Frame,
  field: number,
  hour: number,
  raw: boolean,
  located: Located,
  bucketOf: Int32Array,
): Task<void> {
  const { index, fold } = frame.fields[field] as Field;
  const statId = file.names.statIds[index];
  if (statId === undefined) return;
  const into = frame.values[field] as Float64Array;
  const length = raw ? bucketOf.length : BUCKETS_PER_HOUR;
  const column = new Float64Array(GROUP_NODES * length);
  const wanted = new Uint8Array(GROUP_NODES);
  const table = raw ? "raw" : "rollup";
  const found = readGroups(file.connection, table, hour, statId.id, located.groups, located.allGroups);
  for (const { group, bytes } of found) {
    const first = (group - 1) * GROUP_NODES;
    for (let node = 0; node < GROUP_NODES; node++)
      wanted[node] = (located.byNumber[first + node] as number) < 0 ? 0 : 1;
    if (raw) decodeColumn(bytes, column, column.length, length, statId.scale, wanted);
    else decodeRollup(bytes, column, GROUP_NODES, statId.scale, fold === "largest");
    for (let node = 0; node < GROUP_NODES; node++) {
      if (wanted[node] === 0) continue;
      const start = (located.byNumber[first + node] as number) * frame.buckets.count;
      accumulate(fold, column, node * length, bucketOf, into, start);
    }
    yield;
  }
}
