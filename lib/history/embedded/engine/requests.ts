/** What the main thread may ask of the history tables, and what it gets. */
import type { Marker } from "@/lib/model/series.schema";

export interface AppendRequest {
  /** End of the sweep's interval, whole Unix milliseconds. */
  readonly atMs: number;
  /** The clock that retention goes by. */
  readonly nowMs: number;
  /** Nodes in row order, no node twice; null: the same as in the request before. */
  readonly nodes: readonly string[] | null;
  /** A row of `rowLength` numbers per node. Handed back with the reply, so that it can be used again. */
  readonly rows: ArrayBuffer;
}

export interface AppendReply {
  readonly rows: ArrayBuffer;
}

export interface QueryRequest {
  readonly nodes: readonly string[];
  readonly stats: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly combine: "each" | "sum";
  /** A gauge's bucket holds its largest level rather than its newest. */
  readonly largest: boolean;
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

export interface MarkersRequest {
  /** Null: all nodes. */
  readonly nodes: readonly string[] | null;
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
}

export type HistoryOperations = {
  "history.append": { request: AppendRequest; reply: AppendReply };
  "history.mark": { request: readonly Marker[]; reply: null };
  "history.query": { request: QueryRequest; reply: QueryReply };
  "history.markers": { request: MarkersRequest; reply: Marker[] };
};
