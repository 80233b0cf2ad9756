/**
 * History written by other exporters, which Memfleet only reads. Restarts are found in it; other events are known only
 * since this process started, and only to this process.
 */

import type { Marker } from "@/lib/model/series.schema";
import { MINUTE_MS } from "@/lib/model/time";
import type {
  History,
  HistoryHealth,
  HistoryQuery,
  HistoryResult,
  MarkerQuery,
  SampleBatch,
} from "../contract";
import { readRestarts } from "./exporter-markers";
import { UPTIME } from "./exporter-names";
import { readExporterSeries } from "./exporter-series";
import { newest } from "./memfleet-markers";
import { equalTo, selector } from "./promql";
import { QueryClient } from "./query-client";
import type { RemoteSettings } from "./settings";

/** Maximum number of markers in memory. */
const MAX_MARKERS = 10_000;
/** How often the interval between samples is measured, and over which period. */
const CHECK_EVERY_MS = 600_000;
/** Restarts closer than this are the same, found by both sides. */
const SAME_MS = MINUTE_MS;

interface ReadOnlyOptions extends RemoteSettings {
  readonly intervalMs: number;
  readonly now: () => number;
}

export class ReadOnlyHistory implements History {
  private readonly client: QueryClient;
  private cachedMarkers: Marker[] = [];
  private sinceMs: number | null = null;
  private collected: { readonly ms: Promise<number>; readonly untilMs: number } | null = null;

  constructor(private readonly options: ReadOnlyOptions) {
    this.client = new QueryClient(options, options.now);
  }

  async append(): Promise<void> {}

  async mark(markers: readonly Marker[]): Promise<void> {
    this.cachedMarkers = [...this.cachedMarkers, ...markers].slice(-MAX_MARKERS);
  }

  async query(query: HistoryQuery): Promise<HistoryResult> {
    const collectedMs = await this.collectedMs();
    return readExporterSeries(this.client, this.options.externalLabels, query, collectedMs);
  }

  async markers(query: MarkerQuery): Promise<Marker[]> {
    const collectedMs = await this.collectedMs();
    const restarts = await readRestarts(this.client, this.options.externalLabels, { ...query, collectedMs });
    const wanted = query.nodes === null ? null : new Set(query.nodes);
    const cached = this.cachedMarkers.filter(
      ({ atMs, node }) => atMs >= query.fromMs && atMs < query.toMs && (wanted?.has(node) ?? true),
    );
    const restartsSeen = cached.filter(({ kind }) => kind === "restart");
    const others = restarts.filter(
      (restart) =>
        !restartsSeen.some(
          ({ node, atMs }) => node === restart.node && Math.abs(atMs - restart.atMs) < SAME_MS,
        ),
    );
    return newest([...cached, ...others], query.limit);
  }

  /** No process writes batches here. */
  async sampleBatches(): Promise<SampleBatch[]> {
    return [];
  }

  health(): HistoryHealth {
    const problem = this.client.problem();
    this.sinceMs = problem === null ? null : (this.sinceMs ?? this.options.now());
    return { writable: true, problem, sinceMs: this.sinceMs };
  }

  async settled(): Promise<void> {}

  async close(): Promise<void> {
    this.client.close();
  }

  /** Interval between samples, in milliseconds; the poll interval while there are none. */
  private collectedMs(): Promise<number> {
    const now = this.options.now();
    if (this.collected === null || this.collected.untilMs <= now) {
      const ms = this.measureInterval(now).catch((error: unknown) => {
        this.collected = null;
        throw error;
      });
      this.collected = { ms, untilMs: now + CHECK_EVERY_MS };
    }
    return this.collected.ms;
  }

  private async measureInterval(now: number): Promise<number> {
    const series = selector(UPTIME, equalTo(this.options.externalLabels));
    const [found] = await this.client.instant(`max(count_over_time(${series}[${CHECK_EVERY_MS}ms]))`, now);
    const samples = Number(found?.points[0]?.[1] ?? 0);
    // Rounded to seconds, because scrapes are a few milliseconds early or late.
    return samples < 2 ? this.options.intervalMs : Math.round(CHECK_EVERY_MS / samples / 1_000) * 1_000;
  }
}
