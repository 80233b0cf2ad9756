/** The embedded history: libsql in a worker thread, one file `history.db` in the data directory. */
import { Worker } from "node:worker_threads";
import { SLOT_COUNT, STATS, type Stat } from "@/lib/catalogue/stats";
import type { Marker } from "@/lib/model/series.schema";
import { StoreClient } from "@/lib/store/client";
import type { StoreState } from "@/lib/store/protocol";
import type {
  History,
  HistoryHealth,
  HistoryQuery,
  HistoryResult,
  MarkerQuery,
  SampleBatch,
} from "../contract";
import type { HistoryOperations } from "./engine/requests";
import type { HistorySettings, StoredStat } from "./engine/settings";
import { SamplePacker } from "./pack-samples";
import { shapeResult } from "./result";

export interface EmbeddedHistoryOptions {
  /** Made when it is missing. */
  readonly dataDir: string;
  /** How long every sweep is kept, and how long five-minute rollups and markers are, in milliseconds. */
  readonly rawMs: number;
  readonly rollupMs: number;
  /** The poll interval, in milliseconds: no bucket is narrower. */
  readonly intervalMs: number;
  /** The clock that retention goes by, Unix milliseconds. */
  readonly now?: () => number;
  /** Largest size of the file; by default the disk is the limit. */
  readonly maxBytes?: number;
}

export interface EmbeddedHistory extends History {
  /** Resolves when nothing is left to compact or to delete. */
  settled(): Promise<void>;
  /** Changes the largest size of the file, in bytes; null lifts the limit. */
  limit(maxBytes: number | null): Promise<void>;
}

/**
 * Opens the history, making the file when there is none. Resolves also when the file cannot be opened:
 * `health()` then says why, sweeps are kept in memory within a limit, and every sweep tries again.
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
  private current: HistoryHealth = { writable: true, problem: null, sinceMs: null };

  constructor(options: EmbeddedHistoryOptions) {
    this.now = options.now ?? Date.now;
    const settings = settingsOf(options);
    this.client = new StoreClient<HistoryOperations>(options.dataDir, startWorker, settings, (state) =>
      this.note(state),
    );
  }

  open(): Promise<void> {
    return this.client.open();
  }

  async append(sweep: SampleBatch): Promise<void> {
    const { nodes, rows } = this.packer.pack(sweep);
    const request = { atMs: Math.round(sweep.atMs), nowMs: this.now(), nodes, rows };
    try {
      this.packer.reuse((await this.client.call("history.append", request, [rows])).rows);
    } catch (error) {
      this.packer.forget();
      this.lost(error);
    }
  }

  async mark(markers: readonly Marker[]): Promise<void> {
    if (markers.length === 0) return;
    try {
      await this.client.call("history.mark", markers);
    } catch (error) {
      this.lost(error);
    }
  }

  async query(query: HistoryQuery): Promise<HistoryResult> {
    const { nodes, stats, fromMs, toMs, stepMs, combine, gauges } = query;
    const request = { nodes, stats, fromMs, toMs, stepMs, combine, largest: gauges === "largest" };
    return shapeResult(await this.client.call("history.query", request), query);
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
    return this.client.settled();
  }

  limit(maxBytes: number | null): Promise<void> {
    return this.client.limit(maxBytes);
  }

  private note(state: StoreState): void {
    const aside =
      state.quarantined === null
        ? null
        : `The history was damaged: it was set aside as ${state.quarantined} and a new one begun.`;
    this.report(state.problem === null, state.problem ?? aside);
  }

  private lost(error: unknown): void {
    this.report(false, `History is not kept: ${error instanceof Error ? error.message : String(error)}.`);
  }

  private report(writable: boolean, problem: string | null): void {
    const { current } = this;
    if (current.writable === writable && current.problem === problem) return;
    const lasts = current.writable === writable && current.problem !== null && problem !== null;
    const sinceMs = problem === null ? null : lasts ? current.sinceMs : this.now();
    this.current = { writable, problem, sinceMs };
  }
}

function settingsOf(options: EmbeddedHistoryOptions): HistorySettings {
  const stats = STATS.flatMap((stat, slot): StoredStat[] =>
    stat.kind === "info" ? [] : [{ name: stat.name, kind: stat.kind, slot, scale: scaleOf(stat) }],
  );
  const { rawMs, rollupMs, intervalMs, maxBytes = null } = options;
  return { stats, rowLength: SLOT_COUNT + 1, rawMs, rollupMs, intervalMs, maxBytes };
}

/** memcached reports seconds to the microsecond; our own latency is meant to the microsecond. */
function scaleOf(stat: Stat): number | null {
  if (stat.unit === "seconds") return 1_000_000;
  return stat.unit === "microseconds" ? 1 : null;
}
