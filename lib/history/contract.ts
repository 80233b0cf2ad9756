/**
 * What was. One contract, so that another engine can stand behind it.
 *
 * A history keeps, per node and stat, counters as differences and gauges as levels. It never computes a rate
 * or a ratio: it returns sums and levels, and `lib/metrics/derive.ts` divides once.
 */
import type { Marker } from "@/lib/model/series.schema";

/** One node's part of a sweep. */
export interface NodeSample {
  readonly node: string;
  /**
   * One number per catalogue slot: a counter's difference since the previous sample, a gauge's level. NaN:
   * not reported, or (for counters) not known because the node restarted or was not reachable before.
   */
  readonly values: Float64Array;
  /** Seconds that the counters' differences cover, by the server's clock; NaN when they cover nothing. */
  readonly elapsedSeconds: number;
}

/** The newest samples of all nodes that answered within one poll interval. */
export interface SampleBatch {
  /** End of the interval, Unix milliseconds. A second sweep with the same time adds nothing. */
  readonly atMs: number;
  readonly entries: readonly NodeSample[];
}

export interface HistoryQuery {
  /** Node ids, each once; a node never seen gives NaN throughout. */
  readonly nodes: readonly string[];
  /** Stat names of the catalogue (counters and gauges). */
  readonly stats: readonly string[];
  /**
   * Inclusive start and exclusive end, Unix milliseconds; aligned outward to `stepMs` by the engine. A sweep
   * belongs to the bucket that its `atMs` is in.
   */
  readonly fromMs: number;
  readonly toMs: number;
  /** Width of a bucket in milliseconds. The engine may widen it to what it has kept; it says so. */
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
   * What failed, in words an operator can act on; null when all is well. A writable history also reports a
   * problem when it has set a damaged file aside and begun anew.
   */
  readonly problem: string | null;
  readonly sinceMs: number | null;
}

export interface MarkerQuery {
  /** Null: all nodes. */
  readonly nodes: readonly string[] | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** At most this many, newest kept. */
  readonly limit: number;
}

export interface History {
  /**
   * Keeps a sweep. Never throws for a full or read-only disk: `health()` says so, and the sweep is held in
   * memory, within a limit, until it can be written.
   */
  append(sweep: SampleBatch): Promise<void>;
  /** Keeps markers. */
  mark(markers: readonly Marker[]): Promise<void>;
  query(query: HistoryQuery): Promise<HistoryResult>;
  markers(query: MarkerQuery): Promise<Marker[]>;
  health(): HistoryHealth;
  close(): Promise<void>;
}
