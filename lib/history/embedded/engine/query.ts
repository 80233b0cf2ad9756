/** Reads series: compacted hours from their groups, newer batches one by one. */
import type { Task } from "@/lib/store/scheduler";
import type { HistoryQuery } from "../../contract";
import { accumulateOne } from "./accumulate";
import type { Field, Frame } from "./codec/frame";
import type { HistoryFile } from "./compaction";
import { fillFromHours } from "./query-hours";
import { type Buckets, planQuery, type QueryPlan } from "./query-plan";
import { fillFromSampleRows, fillFromUnwritten } from "./query-recent";
import type { QueryReply } from "./requests";
import type { EncodedBatch } from "./sample-batch";
import type { HistorySettings } from "./settings";

/** With `sum`, nodes × stats × buckets in memory at a time. */
const CHUNK_VALUES = 1_000_000;

/** Answers a query from the file, if there is one, and from the unwritten batches. */
export function* answerQuery(
  file: HistoryFile | null,
  unwritten: readonly EncodedBatch[],
  query: HistoryQuery,
  settings: HistorySettings,
): Task<QueryReply> {
  const rawFromMs = file?.hours.rawFromMs() ?? Number.NEGATIVE_INFINITY;
  const plan = planQuery(query, rawFromMs, settings.intervalMs);
  const fields = fieldsOf(query, settings);
  if (query.combine === "each") {
    const frame = frameOf(plan, plan, query.nodes, fields);
    yield* fillFrame(file, unwritten, frame, settings);
    return {
      ...plan,
      values: frame.values.slice(0, -1),
      elapsed: frame.values.at(-1) as Float64Array,
      rates: [],
    };
  }
  return yield* answerSum(file, unwritten, query, plan, fields, settings);
}

function fieldsOf(query: HistoryQuery, settings: HistorySettings): Field[] {
  const fields = query.stats.map((name): Field => {
    const index = settings.stats.findIndex((stat) => stat.name === name);
    if (settings.stats[index]?.kind === "counter") return { index, fold: "sum" };
    return { index, fold: query.gauges === "largest" ? "largest" : "last" };
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

/** Sums over nodes, a range of buckets at a time to bound memory. */
function* answerSum(
  file: HistoryFile | null,
  unwritten: readonly EncodedBatch[],
  query: HistoryQuery,
  plan: QueryPlan,
  fields: readonly Field[],
  settings: HistorySettings,
): Task<QueryReply> {
  const empty = () => new Float64Array(plan.count).fill(Number.NaN);
  const sums = fields.map(empty);
  const rates = fields.slice(0, -1).map(empty);
  const values = Math.max(1, query.nodes.length * fields.length);
  const chunk = Math.max(1, Math.floor(CHUNK_VALUES / values));
  for (let start = 0; start < plan.count; start += chunk) {
    const count = Math.min(chunk, plan.count - start);
    const buckets = { fromMs: plan.fromMs + start * plan.stepMs, stepMs: plan.stepMs, count };
    const frame = frameOf(plan, buckets, query.nodes, fields);
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
    if (!Number.isNaN(value)) accumulateOne("sum", value, into, start + (index % count));
  }
}

/** A node's rate is its difference divided by its own elapsed seconds. */
function addRates(frame: Frame, field: number, into: Float64Array, start: number): void {
  const values = frame.values[field] as Float64Array;
  const elapsed = frame.values[frame.values.length - 1] as Float64Array;
  const { count } = frame.buckets;
  for (let index = 0; index < values.length; index++) {
    const rate = (values[index] as number) / (elapsed[index] as number);
    if (Number.isFinite(rate)) accumulateOne("sum", rate, into, start + (index % count));
  }
}

function* fillFrame(
  file: HistoryFile | null,
  unwritten: readonly EncodedBatch[],
  frame: Frame,
  settings: HistorySettings,
): Task<void> {
  const { fromMs, stepMs, count } = frame.buckets;
  // Both lists are read synchronously: a batch is in exactly one of them.
  const written = file?.sampleRows.between(fromMs, fromMs + stepMs * count) ?? [];
  const waiting = unwritten.filter((batch) => batch.atMs >= fromMs && batch.atMs < fromMs + stepMs * count);
  if (file !== null) {
    yield* fillFromHours(file, frame);
    yield* fillFromSampleRows(file, frame, written);
  }
  yield* fillFromUnwritten(waiting, frame, settings);
}
