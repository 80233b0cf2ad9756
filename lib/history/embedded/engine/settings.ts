/** Settings of the history tables, passed once when they are opened. */
import { HOUR_MS } from "@/lib/model/time";

export interface StoredStat {
  readonly name: string;
  readonly kind: "counter" | "gauge";
  /** Index of the stat in a packed row. */
  readonly slot: number;
  /** Values are stored as integers of 1/scale; null: unchanged. */
  readonly scale: number | null;
}

export interface HistorySettings {
  readonly stats: readonly StoredStat[];
  /** Numbers in a packed row: every catalogue slot, then the elapsed seconds. */
  readonly rowLength: number;
  readonly rawMs: number;
  readonly rollupMs: number;
  readonly intervalMs: number;
  /** Largest size of the database file; null: as large as the disk allows. */
  readonly maxBytes: number | null;
}

/** The seconds that a row's differences cover are stored like a stat, under a name that no server uses. */
export const ELAPSED = "@elapsed";
export const ELAPSED_SCALE = 1_000;

/** Width of a rollup's buckets. */
export const ROLLUP_MS = 300_000;
export const BUCKETS_PER_HOUR = HOUR_MS / ROLLUP_MS;
/** Nodes whose columns share one row of `raw` and `rollup`. */
export const GROUP_NODES = 20;
