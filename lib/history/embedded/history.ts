/** The embedded history: libsql in a worker thread, one file `history.db` in the data directory. */
import { Worker } from "node:worker_threads";
import { SLOT_COUNT, STATS, type Stat } from "@/lib/catalogue/stats";
import type { Marker } from "@/lib/model/series.schema";
import { StoreClient } from "@/lib/store/client";
import type { StoreIncident } from "@/lib/store/incident";
import type { StoreState } from "@/lib/store/protocol";
import type {
  History,
  HistoryHealth,
  HistoryQuery,
  HistoryResult,
  MarkerQuery,
  SampleBatch,
} from "../contract";
import type { HistoryOperations, QueryReply } from "./engine/requests";
import type { HistorySettings, StoredStat } from "./engine/settings";
import { SamplePacker } from "./pack-samples";

export interface EmbeddedHistoryOptions {
  /** Created when missing. */
  readonly dataDir: string;
  /** Retention of batches, and of five-minute rollups and markers, in milliseconds. */
  readonly rawMs: number;
  readonly rollupMs: number;
  /** The poll interval, in milliseconds: no bucket is narrower. */
  readonly intervalMs: number;
  /** Clock for retention, Unix milliseconds. */
  readonly now?: () => number;
  /** Largest size of the file; by default the disk is the limit. */
  readonly maxBytes?: number;
  /** Called with what happened to the file, oldest first, as often as the store reports its state. */
  readonly onIncidents?: (incidents: readonly StoreIncident[]) => void;
}

export interface EmbeddedHistory extends History {
  /** Resolves when nothing remains to compact or delete. */
  settled(): Promise<void>;
  /** Changes the largest size of the file, in bytes; null lifts the limit. */
  limit(maxBytes: number | null): Promise<void>;
}

/**
 * Opens the history and creates the file when there is none. Resolves also when the file cannot be opened: `health()`
 * then reports why, batches wait in memory within a limit, and every batch retries.
 */
export async function createEmbeddedHistory(options: EmbeddedHistoryOptions): Promise<EmbeddedHistory> {
  const history = new Embedded(options);
  await history.open();
  return history;
}

const startWorker = () => new Worker(new URL("./engine/worker.ts", import.meta.url));

class Embedded implements EmbeddedHistory {
  private readonly client: StoreClient<HistoryOperations>;
  private readonly packer = new SamplePacker(SLOT_COUNT);
  private readonly now: () => number;
  private readonly onIncidents: (incidents: readonly StoreIncident[]) => void;
  private current: HistoryHealth = { writable: true, problem: null, sinceMs: null };

  constructor(options: EmbeddedHistoryOptions) {
    this.now = options.now ?? Date.now;
    this.onIncidents = options.onIncidents ?? (() => {});
    const settings = settingsOf(options);
    this.client = new StoreClient<HistoryOperations>(options.dataDir, startWorker, settings, (state) =>
      this.onState(state),
    );
  }

  open(): Promise<void> {
    return this.client.open();
  }

  async append(batch: SampleBatch): Promise<void> {
    const { nodes, rows } = this.packer.pack(batch);
    const request = { atMs: Math.round(batch.atMs), nowMs: this.now(), nodes, rows };
    try {
      this.packer.reuse((await this.client.call("history.append", request, [rows])).rows);
    } catch (error) {
      this.packer.forget();
      this.reportFailure(error);
    }
  }

  async mark(markers: readonly Marker[]): Promise<void> {
    if (markers.length === 0) return;
    try {
      await this.client.call("history.mark", markers);
    } catch (error) {
      this.reportFailure(error);
    }
  }

  async query(query: HistoryQuery): Promise<HistoryResult> {
    return shapeResult(await this.client.call("history.query", query), query);
  }

  markers(query: MarkerQuery): Promise<Marker[]> {
    return this.client.call("history.markers", query);
  }

  health(): HistoryHealth {
    return this.current;
  }

  close(): Promise<void> {
    return this.client.close();
  }

  settled(): Promise<void> {
    return this.client.idle();
  }

  limit(maxBytes: number | null): Promise<void> {
    return this.client.limit(maxBytes);
  }

  private onState(state: StoreState): void {
    const [latest] = state.incidents.slice(-1);
    this.report(state.problem === null, state.problem ?? latest?.detail ?? null);
    this.onIncidents(state.incidents);
  }

  private reportFailure(error: unknown): void {
    this.report(
      false,
      `History isn’t being saved: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }

  private report(writable: boolean, problem: string | null): void {
    const { current } = this;
    if (current.writable === writable && current.problem === problem) return;
    const continues = current.writable === writable && current.problem !== null && problem !== null;
    const sinceMs = problem === null ? null : continues ? current.sinceMs : this.now();
    this.current = { writable, problem, sinceMs };
  }
}

/** Splits the arrays of a reply into the rows of a result. */
function shapeResult(reply: QueryReply, query: HistoryQuery): HistoryResult {
  const rows = query.combine === "sum" ? 1 : query.nodes.length;
  const split = (values: Float64Array) =>
    Array.from({ length: rows }, (_, row) => values.subarray(row * reply.count, (row + 1) * reply.count));
  return {
    stepMs: reply.stepMs,
    atMs: Array.from({ length: reply.count }, (_, bucket) => reply.fromMs + bucket * reply.stepMs),
    rows: reply.values.map(split),
    elapsed: split(reply.elapsed),
    ...(query.combine === "sum" ? { rates: reply.rates } : {}),
  };
}

function settingsOf(options: EmbeddedHistoryOptions): HistorySettings {
  const stats = STATS.flatMap((stat, slot): StoredStat[] =>
    stat.kind === "info" ? [] : [{ name: stat.name, kind: stat.kind, slot, scale: scaleOf(stat) }],
  );
  const { rawMs, rollupMs, intervalMs, maxBytes = null } = options;
  return { stats, rowLength: SLOT_COUNT + 1, rawMs, rollupMs, intervalMs, maxBytes };
}

/** memcached reports seconds to the microsecond; Memfleet's latency has whole microseconds. */
function scaleOf(stat: Stat): number | null {
  if (stat.unit === "seconds") return 1_000_000;
  return stat.unit === "microseconds" ? 1 : null;
}
