/**
 * The contract of a history, implemented by the embedded engine and by Prometheus.
 *
 * A history stores, per node and stat, counters as differences and gauges as levels. It computes no ratio: it returns
 * sums and levels, and `lib/metrics/derive.ts` divides once.
 */
import type { Marker } from "@/lib/model/series.schema";

/** One node's part of a batch. */
export interface NodeSample {
  readonly node: string;
  /**
   * One number per catalogue slot: a counter's difference since the previous sample, a gauge's level. NaN:
   * not reported, or (for counters) unknown because the node restarted or was unreachable before.
   */
  readonly values: Float64Array;
  /** Seconds that the counters' differences cover; NaN when they cover nothing. */
  readonly elapsedSeconds: number;
}

/** The newest samples of all nodes that answered within one poll interval. */
export interface SampleBatch {
  /** End of the interval, Unix milliseconds. A second batch with the same time is ignored. */
  readonly atMs: number;
  readonly entries: readonly NodeSample[];
}

export interface HistoryQuery {
  /** Node ids, each once; an unknown node gives NaN throughout. */
  readonly nodes: readonly string[];
  /** Stat names of the catalogue (counters and gauges). */
  readonly stats: readonly string[];
  /**
   * Inclusive start and exclusive end, Unix milliseconds; aligned outward to `stepMs` by the engine. A batch
   * belongs to the bucket that its `atMs` is in.
   */
  readonly fromMs: number;
  readonly toMs: number;
  /** Width of a bucket in milliseconds. The engine may widen it; the result has the actual width. */
  readonly stepMs: number;
  /** `each`: a row per node. `sum`: one row over all nodes. */
  readonly combine: "each" | "sum";
  /** A gauge's bucket holds its newest level (the default) or its largest, where a peak matters. */
  readonly gauges?: "newest" | "largest";
}

export interface HistoryResult {
  readonly stepMs: number;
  /** Start of each bucket. */
  readonly atMs: readonly number[];
  /**
   * `rows[statIndex][nodeIndex]`; with `sum` there is one node index, 0. Per bucket: for counters the sum of
   * differences, for gauges the newest level (summed over nodes with `sum`). NaN: nothing was observed.
   */
  readonly rows: readonly (readonly Float64Array[])[];
  /**
   * Per node index and bucket: the seconds that the counters' differences cover. With `sum` these are node
   * seconds, added up over the nodes; for a rate of the sum see `rates`.
   */
  readonly elapsed: readonly Float64Array[];
  /**
   * Only with `sum`, per stat and bucket: for counters the sum over nodes of difference divided by that
   * node's own elapsed seconds, so that nodes observed for different times add up rightly; NaN for gauges.
   */
  readonly rates?: readonly Float64Array[];
}

export interface HistoryHealth {
  readonly writable: boolean;
  /**
   * What failed, for an operator; null when all is well. A writable history also reports that it replaced a damaged
   * file.
   */
  readonly problem: string | null;
  readonly sinceMs: number | null;
}

export interface MarkerQuery {
  /** Null: all nodes. */
  readonly nodes: readonly string[] | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** At most this many; the newest. */
  readonly limit: number;
}

export interface History {
  /**
   * Stores a batch. Never throws for a full or read-only disk: `health()` reports it, and the batch waits in memory,
   * within a limit, until it can be written.
   */
  append(batch: SampleBatch): Promise<void>;
  /** Stores markers. */
  mark(markers: readonly Marker[]): Promise<void>;
  query(query: HistoryQuery): Promise<HistoryResult>;
  markers(query: MarkerQuery): Promise<Marker[]>;
  health(): HistoryHealth;
  close(): Promise<void>;
}
