/**
 * Nodes that other processes poll. Their samples are read once an interval from the history that all processes share;
 * a node without new samples is unknown after three intervals.
 */
import type { SampleBatch } from "@/lib/history/contract";
import { UnavailableError } from "@/lib/model/errors";
import { MINUTE_MS } from "@/lib/model/time";
import type { Instant, NodeRecord } from "./node-record";

/** The stats behind what pages show of a node: values, rates, and the attention rules. */
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
/** The period that rates are computed over. */
const RECENT_MS = MINUTE_MS;
/** A lower bound, because writing and reading take time however short the interval. */
const MIN_STALE_MS = 15_000;

export interface SharedHistory {
  sampleBatches(query: {
    readonly nodes: readonly string[];
    readonly stats: readonly string[];
    readonly afterMs: number;
    readonly toMs: number;
  }): Promise<SampleBatch[]>;
}

interface PeerShardReaderOptions {
  readonly history: SharedHistory;
  readonly clock: () => Instant;
  /** The poll interval, in milliseconds. */
  readonly intervalMs: () => number;
  /** The nodes that other processes poll. */
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

  /** Reads once. The history reports an unavailable engine; here the nodes only become stale. */
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
    const earliestMs = wallMs - RECENT_MS - this.staleMs();
    const sampledMs = records.map((record) => record.sampledMs ?? earliestMs);
    const afterMs = Math.max(earliestMs, Math.min(wallMs, ...sampledMs));
    const batches = await history.sampleBatches({
      nodes: [...byId.keys()],
      stats: STATS,
      afterMs,
      toMs: wallMs,
    });
    const at = clock();
    for (const { atMs, entries } of batches) {
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
    return Math.max(MIN_STALE_MS, 3 * this.options.intervalMs());
  }

  private async tick(): Promise<void> {
    await this.readOnce().catch(this.options.onDefect);
    if (this.closed) return;
    this.timer = setTimeout(() => void this.tick(), this.options.intervalMs());
    this.timer.unref();
  }
}
