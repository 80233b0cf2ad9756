/** Filling buckets from single sweeps: those of hours not yet compacted, and those not yet written. */
import type { Task } from "@/lib/store/scheduler";
import { accumulateOne } from "./accumulate";
import { decodeColumn } from "./codec/column-decode";
import { type Field, type Frame, locate } from "./codec/frame";
import type { HistoryFile } from "./compaction";
import { bucketIndexes } from "./query-plan";
import { columnOf, type EncodedBatch, TICK_PARTS, TICK_SEQUENCE } from "./sample-batch";
import { ELAPSED_SCALE, type HistorySettings } from "./settings";

/** Sweeps read between two yields. */
const READ = 8;

/** Which rows of a sweep are asked for, and where they go. */
interface RowPlan {
  /** Rows of the sweep's columns. */
  readonly length: number;
  readonly rows: Int32Array;
  /** Frame index of each of `rows`. */
  readonly targets: Int32Array;
  /** Which stretches of a column hold any of them. */
  readonly wanted: Uint8Array;
}

/** `target`: frame index of a row; -1 when it is not asked for. */
function planRows(length: number, target: (row: number) => number): RowPlan {
  const rows: number[] = [];
  const targets: number[] = [];
  const wanted = new Uint8Array(Math.ceil(length / TICK_SEQUENCE));
  for (let row = 0; row < length; row++) {
    const found = target(row);
    if (found < 0) continue;
    rows.push(row);
    targets.push(found);
    wanted[Math.floor(row / TICK_SEQUENCE)] = 1;
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
  decodeColumn(bytes, scratch, plan.length, TICK_SEQUENCE, scale, plan.wanted);
  const into = frame.values[field] as Float64Array;
  const how = (frame.fields[field] as Field).fold;
  const { count } = frame.buckets;
  for (let index = 0; index < rows.length; index++) {
    const value = scratch[rows[index] as number] as number;
    if (!Number.isNaN(value)) accumulateOne(how, value, into, (targets[index] as number) * count + bucket);
  }
}

/** Adds the sweeps at `times`, all of them rows of `tick`. */
export function* fillFromTicks(file: HistoryFile, frame: Frame, times: readonly number[]): Task<void> {
  const places = bucketIndexes(frame.buckets, times);
  const { byNumber } = locate(file, frame.nodes);
  const plans = new Map<Int32Array, RowPlan>();
  const metrics = frame.fields.map((field) => file.names.metrics[field.index]);
  const parts = new Set(metrics.flatMap((metric) => (metric === undefined ? [] : [metric.id % TICK_PARTS])));
  for (const part of parts) {
    for (const [index, at] of times.entries()) {
      const tick = file.ticks.read(at, part);
      if (tick === null) continue;
      const rows =
        plans.get(tick.nodes) ??
        planRows(tick.nodes.length, (row) => byNumber[tick.nodes[row] as number] ?? -1);
      plans.set(tick.nodes, rows);
      for (const [field, metric] of metrics.entries()) {
        const bytes = metric === undefined ? undefined : tick.column(metric.id);
        if (metric === undefined || bytes === undefined) continue;
        foldRows(frame, field, places[index] as number, bytes, metric.scale, rows);
      }
      if (index % READ === READ - 1) yield;
    }
  }
}

/** Adds sweeps that are in memory only, all of them within the frame. */
export function* fillFromUnwritten(
  sweeps: readonly EncodedBatch[],
  frame: Frame,
  settings: HistorySettings,
): Task<void> {
  const order = new Map(frame.nodes.map((node, index) => [node, index]));
  const plans = new Map<readonly string[], RowPlan>();
  const places = bucketIndexes(
    frame.buckets,
    sweeps.map((sweep) => sweep.atMs),
  );
  for (const [index, sweep] of sweeps.entries()) {
    const nodes = sweep.nodes;
    const rows = plans.get(nodes) ?? planRows(nodes.length, (row) => order.get(nodes[row] as string) ?? -1);
    plans.set(nodes, rows);
    for (const [field, asked] of frame.fields.entries()) {
      const bytes = asked.index < 0 ? null : columnOf(sweep, asked.index);
      if (bytes !== null)
        foldRows(frame, field, places[index] as number, bytes, scaleOf(settings, asked.index), rows);
    }
    yield;
  }
}

function scaleOf(settings: HistorySettings, index: number): number | null {
  const stat = settings.stats[index];
  return stat === undefined ? ELAPSED_SCALE : stat.scale;
}
