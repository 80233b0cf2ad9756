/**
 * History on an engine that exists already: Prometheus, VictoriaMetrics, Mimir, and others that take remote write 1.0
 * and answer PromQL. See `own-names.ts` for what is written.
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
  /** Told of defects. */
  readonly onDefect: (error: unknown) => void;
  readonly now?: () => number;
}

export interface PrometheusHistory extends History {
  /** What processes that share the engine have written lately. @throws UnavailableError */
  sampleBatches(query: SamplesQuery): Promise<SampleBatch[]>;
  /** Resolves when nothing waits to be written. */
  settled(): Promise<void>;
}

/** Moments of sweeps that are remembered: a day at one in ten seconds. */
const MOMENTS = 8_640;
/** How long closing waits for what is still to be written. */
const CLOSE_MS = 2_000;

/** Opens it. Nothing is asked yet: an engine that is away shows in `health()` once it is missed. */
export function createPrometheusHistory(options: PrometheusHistoryOptions): PrometheusHistory {
  const { writeUrl, now = Date.now } = options;
  return writeUrl === null ? new ReadOnlyHistory({ ...options, now }) : new ReadWrite(options, writeUrl);
}

class ReadWrite implements PrometheusHistory {
  private readonly client: QueryClient;
  private readonly sender: RemoteWriter;
  private readonly now: () => number;
  private readonly moments = new Set<number>();
  private sinceMs: number | null = null;

  constructor(
    private readonly options: PrometheusHistoryOptions,
    writeUrl: string,
  ) {
    this.now = options.now ?? Date.now;
    this.client = new QueryClient(options, this.now);
    this.sender = new RemoteWriter({ ...options, writeUrl }, this.now, options.onDefect);
  }

  async append(sweep: SampleBatch): Promise<void> {
    if (this.moments.has(sweep.atMs)) return;
    this.moments.add(sweep.atMs);
    for (const oldest of this.moments) {
      if (this.moments.size <= MOMENTS) break;
      this.moments.delete(oldest);
    }
    this.sender.sweep(sweep);
  }

  async mark(markers: readonly Marker[]): Promise<void> {
    if (markers.length > 0) this.sender.mark(markers);
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
    const { problem: writing, losing } = this.sender.state();
    const problem = writing ?? this.client.problem();
    this.sinceMs = problem === null ? null : (this.sinceMs ?? this.now());
    return { writable: !losing, problem, sinceMs: this.sinceMs };
  }

  settled(): Promise<void> {
    return this.sender.settled();
  }

  async close(): Promise<void> {
    await this.sender.close(CLOSE_MS);
    this.client.close();
  }
}
