/** Cutting a worker's reply into the rows of a result. */

import type { HistoryQuery, HistoryResult } from "../contract";
import type { QueryReply } from "./engine/requests";

export function shapeResult(reply: QueryReply, query: HistoryQuery): HistoryResult {
  const rows = query.combine === "sum" ? 1 : query.nodes.length;
  const cut = (values: Float64Array) =>
    Array.from({ length: rows }, (_, row) => values.subarray(row * reply.count, (row + 1) * reply.count));
  return {
    stepMs: reply.stepMs,
    atMs: Array.from({ length: reply.count }, (_, bucket) => reply.fromMs + bucket * reply.stepMs),
    rows: reply.values.map(cut),
    elapsed: cut(reply.elapsed),
    ...(query.combine === "sum" ? { rates: reply.rates } : {}),
  };
}
