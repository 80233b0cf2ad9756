/** Reading what was: compacted hours from their groups, younger sweeps one by one. */
import type { Task } from "../task";
import { type Fold, fold, foldOne } from "./accumulate";
import { decodeColumn } from "./column";
import type { HistoryFile } from "./compaction";
import { readGroups } from "./groups";
import { type Buckets, placeTimes, planQuery, type QueryPlan, rollupTimes } from "./plan";
import type { QueryReply, QueryRequest } from "./requests";
import { decodeRollup } from "./rollup";
import { BUCKETS_PER_HOUR, ELAPSED_SCALE, GROUP_NODES, type HistorySettings } from "./settings";
import { columnOf, type EncodedSweep, TICK_PARTS, TICK_SEQUENCE } from "./sweep";

/** With `sum`, nodes × buckets held at a time. */
const CHUNK_VALUES = 1_000_000;

/** What is asked of one stat; the last of a query's is the elapsed seconds. */
interface Field {
  /** Index among the settings' stats, the elapsed seconds after them; -1: the catalogue does not know it. */
  readonly index: number;
  readonly fold: Fold;
}

/** Buckets of every node for every field, being filled. */
interface Frame {
  readonly buckets: Buckets;
  readonly raw: boolean;
  readonly nodes: readonly string[];
  readonly fields: readonly Field[];
  /** By field: node after node, bucket after bucket. */
  readonly values: readonly Float64Array[];
}

/** Answers a query from the file, if there is one, and from the sweeps that could not be written yet. */
export function* answerQuery(
  file: HistoryFile | null,
  unwritten: readonly EncodedSweep[],
  request: QueryRequest,
  settings: HistorySettings,
): Task<QueryReply> {
  const rawFromMs = file?.hours.rawFromMs() ?? Number.NEGATIVE_INFINITY;
  const plan = planQuery(request, rawFromMs, settings.intervalMs);
  const fields = fieldsOf(request, settings);
  if (request.combine === "each") {
    const frame = frameOf(plan, plan, request.nodes, fields);
    yield* fillFrame(file, unwritten, frame, settings);
    return {
      ...plan,
      values: frame.values.slice(0, -1),
      elapsed: frame.values.at(-1) as Float64Array,
      rates: [],
    };
  }
  return yield* answerSum(file, unwritten, request, plan, fields, settings);
}

function fieldsOf(request: QueryRequest, settings: HistorySettings): Field[] {
  const fields = request.stats.map((name): Field => {
    const index = settings.stats.findIndex((stat) => stat.name === name);
    if (settings.stats[index]?.kind === "counter") return { index, fold: "sum" };
    return { index, fold: request.largest ? "largest" : "last" };
  });
  return [...fields, { index: settings.stats.length, fold: "sum" }];
}

function frameOf(
  plan: QueryPlan,
  buckets: Buckets,
  nodes: readonly string[],
  fields: readonly Field[],
): Frame {
  const values = fields.map(() => new Float64Array(nodes.length * buckets.count).fill(Number.NaN));
  return { buckets, raw: plan.raw, nodes, fields, values };
}

/** Adds nodes up, a stretch of buckets at a time so that memory stays bounded. */
function* answerSum(
  file: HistoryFile | null,
  unwritten: readonly EncodedSweep[],
  request: QueryRequest,
  plan: QueryPlan,
  fields: readonly Field[],
  settings: HistorySettings,
): Task<QueryReply> {
  const fresh = () => new Float64Array(plan.count).fill(Number.NaN);
  const sums = fields.map(fresh);
  const rates = fields.slice(0, -1).map(fresh);
  const values = Math.max(1, request.nodes.length * fields.length);
  const stretch = Math.max(1, Math.floor(CHUNK_VALUES / values));
  for (let start = 0; start < plan.count; start += stretch) {
    const count = Math.min(stretch, plan.count - start);
    const buckets = { fromMs: plan.fromMs + start * plan.stepMs, stepMs: plan.stepMs, count };
    const frame = frameOf(plan, buckets, request.nodes, fields);
    yield* fillFrame(file, unwritten, frame, settings);
    for (let field = 0; field < fields.length; field++) {
      addNodes(frame, field, sums[field] as Float64Array, start);
      if (fields[field]?.fold === "sum" && field < rates.length) {
        addRates(frame, field, rates[field] as Float64Array, start);
      }
    }
    yield;
  }
  return { ...plan, values: sums.slice(0, -1), elapsed: sums.at(-1) as Float64Array, rates };
}

function addNodes(frame: Frame, field: number, into: Float64Array, start: number): void {
  const values = frame.values[field] as Float64Array;
  const { count } = frame.buckets;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isNaN(value)) foldOne("sum", value, into, start + (index % count));
  }
}

/** A node's rate is its difference by its own elapsed seconds. */
function addRates(frame: Frame, field: number, into: Float64Array, start: number): void {
  const values = frame.values[field] as Float64Array;
  const elapsed = frame.values[frame.values.length - 1] as Float64Array;
  const { count } = frame.buckets;
  for (let index = 0; index < values.length; index++) {
    const rate = (values[index] as number) / (elapsed[index] as number);
    if (Number.isFinite(rate)) foldOne("sum", rate, into, start + (index % count));
  }
}

function* fillFrame(
  file: HistoryFile | null,
  unwritten: readonly EncodedSweep[],
  frame: Frame,
  settings: HistorySettings,
): Task<void> {
  const { fromMs, stepMs, count } = frame.buckets;
  // Both lists are taken in one moment: a sweep is in exactly one of them.
  const written = file?.ticks.between(fromMs, fromMs + stepMs * count) ?? [];
  const waiting = unwritten.filter((sweep) => sweep.atMs >= fromMs && sweep.atMs < fromMs + stepMs * count);
  if (file !== null) {
    yield* fillFromHours(file, frame);
    yield* fillFromTicks(file, frame, written);
  }
  yield* fillFromUnwritten(waiting, frame, settings);
}

/** Where a frame's nodes are among a file's groups. */
interface Located {
  readonly groups: readonly number[];
  /** Index in the frame by node number; -1: not asked for. */
  readonly byNumber: Int32Array;
  /** All node numbers are below this many groups. */
  readonly allGroups: number;
}

function locate(file: HistoryFile, nodes: readonly string[]): Located {
  const allGroups = Math.ceil(file.names.nodeCount / GROUP_NODES);
  const byNumber = new Int32Array(allGroups * GROUP_NODES).fill(-1);
  const groups = new Set<number>();
  for (const [index, node] of nodes.entries()) {
    const number = file.names.node(node);
    if (number === undefined) continue;
    byNumber[number] = index;
    groups.add(Math.floor(number / GROUP_NODES) + 1);
  }
  return { groups: [...groups].sort((a, b) => a - b), byNumber, allGroups };
}

function* fillFromHours(file: HistoryFile, frame: Frame): Task<void> {
  const { fromMs, stepMs, count } = frame.buckets;
  const located = locate(file, frame.nodes);
  for (const hour of file.hours.between(fromMs, fromMs + stepMs * count)) {
    const raw = frame.raw && file.hours.hasRaw(hour);
    const times = raw ? (file.hours.times(hour) ?? []) : rollupTimes(hour);
    const places = placeTimes(frame.buckets, times);
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
      fold(asked.fold, column, node * length, places, into, start);
    }
    yield;
  }
}

/** Frame index of each row of a sweep, and which stretches of its columns hold any of them. */
interface RowPlan {
  readonly targets: Int32Array;
  readonly wanted: Uint8Array;
}

function planRows(count: number, target: (row: number) => number): RowPlan {
  const targets = new Int32Array(count);
  const wanted = new Uint8Array(Math.ceil(count / TICK_SEQUENCE));
  for (let row = 0; row < count; row++) {
    const found = target(row);
    targets[row] = found;
    if (found >= 0) wanted[Math.floor(row / TICK_SEQUENCE)] = 1;
  }
  return { targets, wanted };
}

let scratch = new Float64Array(0);

function foldRows(
  frame: Frame,
  field: number,
  bucket: number,
  bytes: Uint8Array,
  scale: number | null,
  rows: RowPlan,
): void {
  const { targets, wanted } = rows;
  if (scratch.length < targets.length) scratch = new Float64Array(targets.length);
  decodeColumn(bytes, scratch, targets.length, TICK_SEQUENCE, scale, wanted);
  const into = frame.values[field] as Float64Array;
  const how = (frame.fields[field] as Field).fold;
  const { count } = frame.buckets;
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row] as number;
    const value = scratch[row] as number;
    if (target >= 0 && !Number.isNaN(value)) foldOne(how, value, into, target * count + bucket);
  }
}

function* fillFromTicks(file: HistoryFile, frame: Frame, times: readonly number[]): Task<void> {
  const places = placeTimes(frame.buckets, times);
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
      if (index % 8 === 7) yield;
    }
  }
}

function* fillFromUnwritten(
  sweeps: readonly EncodedSweep[],
  frame: Frame,
  settings: HistorySettings,
): Task<void> {
  const order = new Map(frame.nodes.map((node, index) => [node, index]));
  const plans = new Map<readonly string[], RowPlan>();
  const places = placeTimes(
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
