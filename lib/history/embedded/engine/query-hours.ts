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

/** Adds what compacted hours hold: raw values where the frame wants them, else rollups. */
export function* fillFromHours(file: HistoryFile, frame: Frame): Task<void> {
  const { fromMs, stepMs, count } = frame.buckets;
  const located = locate(file, frame.nodes);
  for (const hour of file.hours.between(fromMs, fromMs + stepMs * count)) {
    const raw = frame.raw && file.hours.hasRaw(hour);
    const times = raw ? (file.hours.times(hour) ?? []) : rollupTimes(hour);
    const places = bucketIndexes(frame.buckets, times);
    if (!places.some((place) => place >= 0)) continue;
    for (let field = 0; field < frame.fields.length; field++) {
      yield* fillFromGroups(file, frame, field, hour, raw, located, places);
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
  places: Int32Array,
): Task<void> {
  const asked = frame.fields[field] as Field;
  const metric = file.names.metrics[asked.index];
  if (metric === undefined) return;
  const into = frame.values[field] as Float64Array;
  const length = raw ? places.length : BUCKETS_PER_HOUR;
  const column = new Float64Array(GROUP_NODES * length);
  const wanted = new Uint8Array(GROUP_NODES);
  const table = raw ? "raw" : "rollup";
  const found = readGroups(file.connection, table, hour, metric.id, located.groups, located.allGroups);
  for (const { group, bytes } of found) {
    const first = (group - 1) * GROUP_NODES;
    for (let node = 0; node < GROUP_NODES; node++)
      wanted[node] = (located.byNumber[first + node] as number) < 0 ? 0 : 1;
    if (raw) decodeColumn(bytes, column, column.length, length, metric.scale, wanted);
    else decodeRollup(bytes, column, GROUP_NODES, metric.scale, asked.fold === "largest");
    for (let node = 0; node < GROUP_NODES; node++) {
      if (wanted[node] === 0) continue;
      const start = (located.byNumber[first + node] as number) * frame.buckets.count;
      accumulate(asked.fold, column, node * length, places, into, start);
    }
    yield;
  }
}
