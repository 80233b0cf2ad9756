/**
 * History on an existing engine: Prometheus, VictoriaMetrics, Mimir, and others with remote write 1.0 and PromQL. See
 * `memfleet-names.ts` for what is written.
 */
import type { Marker } from "@/lib/model/series.schema";
import type {
  History,
  HistoryHealth,
  HistoryQuery,
  HistoryResult,
  MarkerQuery,
  SampleBatch,
} from "../contract";
import { readMemfleetMarkers } from "./memfleet-markers";
import { readMemfleetSamples, type SamplesQuery } from "./memfleet-samples";
import { readMemfleetSeries } from "./memfleet-series";
import { QueryClient } from "./query-client";
import { ReadOnlyHistory } from "./read-only-history";
import { RemoteWriter } from "./remote-write";
import type { RemoteSettings } from "./settings";

export interface PrometheusHistoryOptions extends RemoteSettings {
  /** The poll interval, in milliseconds. */
  readonly intervalMs: number;
  /** Called for unexpected errors. */
  readonly onDefect: (error: unknown) => void;
  readonly now?: () => number;
}

export interface PrometheusHistory extends History {
  /** Recent batches of all processes that share the engine. @throws UnavailableError */
  sampleBatches(query: SamplesQuery): Promise<SampleBatch[]>;
  /** Resolves when everything is written. */
  settled(): Promise<void>;
}

/** Batch times that are remembered: a day at one per ten seconds. */
const MAX_TIMES = 8_640;
/** How long closing waits for pending writes. */
const CLOSE_MS = 2_000;

/** Sends no request yet: `health()` reports an unavailable engine after the first failure. */
export function createPrometheusHistory(options: PrometheusHistoryOptions): PrometheusHistory {
  const { writeUrl, now = Date.now } = options;
  return writeUrl === null
    ? new ReadOnlyHistory({ ...options, now })
    : new ReadWriteHistory(options, writeUrl);
}

class ReadWriteHistory implements PrometheusHistory {
  private readonly client: QueryClient;
  private readonly writer: RemoteWriter;
  private readonly now: () => number;
  private readonly batchTimes = new Set<number>();
  private sinceMs: number | null = null;

  constructor(
    private readonly options: PrometheusHistoryOptions,
    writeUrl: string,
  ) {
    this.now = options.now ?? Date.now;
    this.client = new QueryClient(options, this.now);
    this.writer = new RemoteWriter({ ...options, writeUrl }, this.now, options.onDefect);
  }

  async append(batch: SampleBatch): Promise<void> {
    if (this.batchTimes.has(batch.atMs)) return;
    this.batchTimes.add(batch.atMs);
    for (const oldest of this.batchTimes) {
      if (this.batchTimes.size <= MAX_TIMES) break;
      this.batchTimes.delete(oldest);
    }
    this.writer.append(batch);
  }

  async mark(markers: readonly Marker[]): Promise<void> {
    if (markers.length > 0) this.writer.mark(markers);
  }

  query(query: HistoryQuery): Promise<HistoryResult> {
    return readMemfleetSeries(this.client, this.options.externalLabels, query);
  }

  markers(query: MarkerQuery): Promise<Marker[]> {
    return readMemfleetMarkers(this.client, this.options.externalLabels, query);
  }

  sampleBatches(query: SamplesQuery): Promise<SampleBatch[]> {
    return readMemfleetSamples(this.client, this.options.externalLabels, query);
  }

  health(): HistoryHealth {
    const { problem: writeProblem, losing } = this.writer.state();
    const problem = writeProblem ?? this.client.problem();
    this.sinceMs = problem === null ? null : (this.sinceMs ?? this.now());
    return { writable: !losing, problem, sinceMs: this.sinceMs };
  }

  settled(): Promise<void> {
    return this.writer.settled();
  }

  async close(): Promise<void> {
    await this.writer.close(CLOSE_MS);
    this.client.close();
  }
}
