/** Filling buckets from single batches: those of hours not yet compacted, and those not yet written. */
import type { Task } from "@/lib/store/scheduler";
import { accumulateOne } from "./accumulate";
import { decodeColumn } from "./codec/column-decode";
import { type Field, type Frame, locate } from "./codec/frame";
import type { HistoryFile } from "./compaction";
import { bucketIndexes } from "./query-plan";
import { columnOf, type EncodedBatch, ROW_PARTS, ROW_SEQUENCE } from "./sample-batch";
import { ELAPSED_SCALE, type HistorySettings } from "./settings";

/** Batches read between two yields. */
const READ = 8;

/** Which rows of a batch a query needs, and where they go. */
interface RowPlan {
  /** Rows of the batch's columns. */
  readonly length: number;
  readonly rows: Int32Array;
  /** Frame index of each of `rows`. */
  readonly targets: Int32Array;
  /** Which stretches of a column hold any of them. */
  readonly wanted: Uint8Array;
}

/** `target`: frame index of a row; -1 when it is not needed. */
function planRows(length: number, target: (row: number) => number): RowPlan {
  const rows: number[] = [];
  const targets: number[] = [];
  const wanted = new Uint8Array(Math.ceil(length / ROW_SEQUENCE));
  for (let row = 0; row < length; row++) {
    const index = target(row);
    if (index < 0) continue;
    rows.push(row);
    targets.push(index);
    wanted[Math.floor(row / ROW_SEQUENCE)] = 1;
  }
  return { length, rows: Int32Array.from(rows), targets: Int32Array.from(targets), wanted };
}

let scratch = new Float64Array(0);

function foldRows(
  frame: Frame,
  field: number,
  bucket: number,
  bytes: Uint8Array,
  scale: number | null,
  plan: RowPlan,
): void {
  const { rows, targets } = plan;
  if (scratch.length < plan.length) scratch = new Float64Array(plan.length);
  decodeColumn(bytes, scratch, plan.length, ROW_SEQUENCE, scale, plan.wanted);
  const into = frame.values[field] as Float64Array;
  const how = (frame.fields[field] as Field).fold;
  const { count } = frame.buckets;
  for (let index = 0; index < rows.length; index++) {
    const value = scratch[rows[index] as number] as number;
    if (!Number.isNaN(value)) accumulateOne(how, value, into, (targets[index] as number) * count + bucket);
  }
}

/** Adds the batches at `times`, all of them rows of `tick`. */
export function* fillFromSampleRows(file: HistoryFile, frame: Frame, times: readonly number[]): Task<void> {
  const bucketOf = bucketIndexes(frame.buckets, times);
  const { byNumber } = locate(file, frame.nodes);
  const plans = new Map<Int32Array, RowPlan>();
  const statIds = frame.fields.map((field) => file.names.statIds[field.index]);
  const parts = new Set(statIds.flatMap((statId) => (statId === undefined ? [] : [statId.id % ROW_PARTS])));
  for (const part of parts) {
    for (const [index, at] of times.entries()) {
      const row = file.sampleRows.read(at, part);
      if (row === null) continue;
      const plan =
        plans.get(row.nodes) ??
        planRows(row.nodes.length, (index) => byNumber[row.nodes[index] as number] ?? -1);
      plans.set(row.nodes, plan);
      for (const [field, statId] of statIds.entries()) {
        const bytes = statId === undefined ? undefined : row.column(statId.id);
        if (statId === undefined || bytes === undefined) continue;
        foldRows(frame, field, bucketOf[index] as number, bytes, statId.scale, plan);
      }
      if (index % READ === READ - 1) yield;
    }
  }
}

/** Adds batches that are in memory only, all of them within the frame. */
export function* fillFromUnwritten(
  batches: readonly EncodedBatch[],
  frame: Frame,
  settings: HistorySettings,
): Task<void> {
  const order = new Map(frame.nodes.map((node, index) => [node, index]));
  const plans = new Map<readonly string[], RowPlan>();
  const bucketOf = bucketIndexes(
    frame.buckets,
    batches.map((batch) => batch.atMs),
  );
  for (const [index, batch] of batches.entries()) {
    const nodes = batch.nodes;
    const rows = plans.get(nodes) ?? planRows(nodes.length, (row) => order.get(nodes[row] as string) ?? -1);
    plans.set(nodes, rows);
    for (const [field, { index: statIndex }] of frame.fields.entries()) {
      const bytes = statIndex < 0 ? null : columnOf(batch, statIndex);
      if (bytes !== null)
        foldRows(frame, field, bucketOf[index] as number, bytes, scaleOf(settings, statIndex), rows);
    }
    yield;
  }
}

function scaleOf(settings: HistorySettings, index: number): number | null {
  const stat = settings.stats[index];
  return stat === undefined ? ELAPSED_SCALE : stat.scale;
}
