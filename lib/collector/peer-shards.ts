/**
 * Nodes that other processes ask. What those have written to the history that all of them share is read once an
 * interval; a node of which nothing new comes is unknown after three.
 */
import type { SampleBatch } from "@/lib/history/contract";
import { UnavailableError } from "@/lib/model/errors";
import type { Instant, NodeRecord } from "./node-record";

/** What the pages show of a node: figures, rates, and what is worth attention. */
const STATS = [
  "uptime",
  "latency",
  "bytes",
  "limit_maxbytes",
  "curr_connections",
  "max_connections",
  "curr_items",
  "get_hits",
  "get_misses",
  "cmd_get",
  "cmd_set",
  "evictions",
  "evicted_unfetched",
  "listen_disabled_num",
  "store_no_memory",
  "store_too_large",
];
/** The past that rates are shown of. */
const RECENT_MS = 60_000;
/** Writing and reading take their time, however short the interval. */
const LEAST_STALE_MS = 15_000;

export interface SharedHistory {
  sampleBatches(query: {
    readonly nodes: readonly string[];
    readonly stats: readonly string[];
    readonly afterMs: number;
    readonly toMs: number;
  }): Promise<SampleBatch[]>;
}

export interface PeerShardReaderOptions {
  readonly history: SharedHistory;
  readonly clock: () => Instant;
  /** The poll interval, in milliseconds. */
  readonly intervalMs: () => number;
  /** The nodes that others ask. */
  readonly records: () => readonly NodeRecord[];
  readonly onChange: (nodes: ReadonlySet<string>) => void;
  readonly onDefect: (error: unknown) => void;
}

export class PeerShardReader {
  private timer: NodeJS.Timeout | null = null;
  private reading = false;
  private closed = false;

  constructor(private readonly options: PeerShardReaderOptions) {}

  start(): void {
    void this.tick();
  }

  close(): void {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** Looks once. An engine that is away is the history's to tell; the nodes grow old here. */
  async readOnce(): Promise<void> {
    const records = this.options.records();
    if (records.length === 0 || this.reading) return;
    this.reading = true;
    const changed = new Set<string>();
    try {
      await this.read(records, changed);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
    } finally {
      this.reading = false;
      this.expire(records, changed);
      if (changed.size > 0 && !this.closed) this.options.onChange(changed);
    }
  }

  private async read(records: readonly NodeRecord[], changed: Set<string>): Promise<void> {
    const { history, clock } = this.options;
    const { wallMs } = clock();
    const byId = new Map(records.map((record) => [record.node.id, record]));
    const known = (record: NodeRecord) => record.sampledMs ?? wallMs - RECENT_MS - this.staleMs();
    const afterMs = Math.max(wallMs - RECENT_MS - this.staleMs(), Math.min(wallMs, ...records.map(known)));
    const sweeps = await history.sampleBatches({
      nodes: [...byId.keys()],
      stats: STATS,
      afterMs,
      toMs: wallMs,
    });
    const at = clock();
    for (const { atMs, entries } of sweeps) {
      for (const { node, values, elapsedSeconds } of entries) {
        const record = byId.get(node);
        if (record === undefined || atMs <= (record.sampledMs ?? 0)) continue;
        record.updateFromPeer(at, atMs, values, elapsedSeconds);
        changed.add(node);
      }
    }
  }

  private expire(records: readonly NodeRecord[], changed: Set<string>): void {
    const at = this.options.clock();
    for (const record of records) {
      if (at.wallMs - (record.sampledMs ?? 0) <= this.staleMs() || !record.markStale(at)) continue;
      changed.add(record.node.id);
    }
  }

  private staleMs(): number {
    return Math.max(LEAST_STALE_MS, 3 * this.options.intervalMs());
  }

  private async tick(): Promise<void> {
    await this.readOnce().catch(this.options.onDefect);
    if (this.closed) return;
    this.timer = setTimeout(() => void this.tick(), this.options.intervalMs());
    this.timer.unref();
  }
}
