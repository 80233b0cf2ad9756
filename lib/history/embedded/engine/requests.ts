/** Requests of the main thread to the history tables, and their replies. Queries are those of the contract. */
import type { Marker } from "@/lib/model/series.schema";
import type { HistoryQuery, MarkerQuery } from "../../contract";

export interface AppendRequest {
  /** End of the batch's interval, in whole Unix milliseconds. */
  readonly atMs: number;
  /** Current time for retention. */
  readonly nowMs: number;
  /** Nodes in row order, no node twice; null: the same as in the request before. */
  readonly nodes: readonly string[] | null;
  /** A row of `rowLength` numbers per node. Returned with the reply for reuse. */
  readonly rows: ArrayBuffer;
}

export interface AppendReply {
  readonly rows: ArrayBuffer;
}

export interface QueryReply {
  readonly fromMs: number;
  readonly stepMs: number;
  /** Buckets. */
  readonly count: number;
  /** By stat: node after node, bucket after bucket; with `sum` the buckets of one row. */
  readonly values: readonly Float64Array[];
  /** The same shape, in seconds. */
  readonly elapsed: Float64Array;
  /** With `sum`, by stat; otherwise empty. */
  readonly rates: readonly Float64Array[];
}

export type HistoryOperations = {
  "history.append": { request: AppendRequest; reply: AppendReply };
  "history.mark": { request: readonly Marker[]; reply: null };
  "history.query": { request: HistoryQuery; reply: QueryReply };
  "history.markers": { request: MarkerQuery; reply: Marker[] };
};
