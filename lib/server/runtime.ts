/** Wires everything once. A process has one runtime (see `runtime-registry.ts`). */
import "server-only";
import { performance } from "node:perf_hooks";
import { Access } from "@/lib/access/access";
import { Shares } from "@/lib/access/shares";
import type { ActionService } from "@/lib/actions/service";
import { Collector, type CollectorChange } from "@/lib/collector/collector";
import { type FleetFrame, FleetView } from "@/lib/collector/fleet-view";
import { PeerShardReader, type SharedHistory } from "@/lib/collector/peer-shards";
import { prometheusView } from "@/lib/collector/prometheus-view";
import { withTimeout } from "@/lib/concurrency/timeout";
import type { Configuration } from "@/lib/config/contract";
import { isOwnNode } from "@/lib/config/shard";
import { watchConfiguration } from "@/lib/config/watch";
import type { DiagnosticsService } from "@/lib/diagnostics/service";
import { DiscoveredFleet } from "@/lib/discovery/fleet";
import type { FleetSummary } from "@/lib/fleet-sync/delta";
import type { History } from "@/lib/history/contract";
import { openHistory } from "@/lib/history/open";
import { crawlerLocksFree, shareCrawlerLocks } from "@/lib/memcached/metadump/crawler-lock";
import { createNodeClient } from "@/lib/memcached/node-client";
import type { CatalogueEntry } from "@/lib/metrics/catalogue";
import type { NodeMetrics } from "@/lib/metrics/prometheus/node-families";
import type { OwnMetrics } from "@/lib/metrics/prometheus/own-metrics";
import { type Fleet, type Notice, noticeSchema } from "@/lib/model/fleet.schema";
import type { FleetQuery, SeriesQuery } from "@/lib/model/http/queries";
import type { Node } from "@/lib/model/node/node.schema";
import { NODE_STATUSES } from "@/lib/model/node/node-status";
import type { Series } from "@/lib/model/series.schema";
import { AuditRecords } from "@/lib/records/audit";
import { FlushAttributionRecords } from "@/lib/records/flush-attributions";
import { openRecords, type RecordsStore } from "@/lib/records/open";
import { databaseSizes } from "@/lib/store/sizes";
import { ActionWiring } from "./action-wiring";
import { DataFiles } from "./data-files";
import { DiagnosticsWiring } from "./diagnostics-wiring";
import { FleetDirectory } from "./fleet-directory";
import { ProcessMetrics } from "./process-metrics";
import { registeredRuntime, registerRuntime } from "./runtime-registry";
import { querySeries } from "./series-query";
import { createShareSource } from "./share-data";

/**
 * How long stopping waits for running actions, whose outcome should be recorded, and for dumps, because some memcached
 * versions crash when a dump is cut off.
 */
const STOP_GRACE_MS = 2_000;

const clock = () => ({ monoMs: performance.now(), wallMs: Date.now() });

export class Runtime {
  readonly audit: AuditRecords;
  readonly access: Access;
  readonly shares: Shares;
  readonly actions: ActionService;
  readonly directory: FleetDirectory;
  private readonly diagnosing: DiagnosticsWiring;
  private readonly view: FleetView;
  private readonly process = new ProcessMetrics();
  private stoppingSinceMs: number | null = null;
  private serversIgnoredSinceMs: number | null = null;
  private readonly stopListeners = new Set<() => void>();

  private constructor(
    private readonly source: DiscoveredFleet,
    private readonly history: History,
    private readonly collector: Collector,
    private readonly peerShards: PeerShardReader | null,
    private readonly store: RecordsStore,
    private readonly dataFiles: DataFiles,
    private readonly flushAttributions: FlushAttributionRecords,
    onDefect: (error: unknown) => void,
  ) {
    const nowMs = Date.now;
    shareCrawlerLocks((node) => collector.sharedProcesses.sameAs(node));
    this.view = new FleetView(collector, clock, (id) => this.diagnosing.countsOf(id));
    this.directory = new FleetDirectory(() => this.configuration, collector, this.view);
    this.audit = new AuditRecords(store, nowMs);
    const wiring = {
      store,
      audit: this.audit,
      collector,
      history,
      onDefect,
      configuration: () => this.configuration,
      monoMs: () => clock().monoMs,
    };
    this.diagnosing = new DiagnosticsWiring({ ...wiring, view: (id) => this.view.node(id) });
    this.access = new Access(store, this.audit, () => this.configuration, nowMs);
    this.shares = new Shares(store, this.audit, createShareSource(this), nowMs);
    this.actions = new ActionWiring({ ...wiring, directory: this.directory }).actions;
    this.noteIgnoredServers();
    source.onChange(() => {
      this.noteIgnoredServers();
      collector.setPoll(this.configuration.poll);
      collector.setNodes(this.configuration.nodes);
      if (this.configuration.readOnly) this.actions.cancelAll();
    });
    collector.setNodes(this.configuration.nodes);
    collector.start();
    peerShards?.start();
  }

  /**
   * Reads the configuration, opens the history, queries discovery once, and starts polling.
   * @throws ConfigurationError when the configuration cannot be used
   */
  static async start(onDefect: (error: unknown) => void): Promise<Runtime> {
    const watched = watchConfiguration();
    const { dataDir, history: settings, poll } = watched.current();
    const { intervalMs } = poll;
    const dataFiles = new DataFiles(onDefect, Date.now);
    const onIncidents = dataFiles.onHistory;
    const { history, shared } = await openHistory({
      ...settings,
      dataDir,
      intervalMs,
      onDefect,
      onIncidents,
    });
    const isOwn = (id: string) => isOwnNode(id, watched.current().shard);
    const store = await openRecords(dataDir, dataFiles.onRecords);
    const flushAttributions = await FlushAttributionRecords.read(store, onDefect);
    const collector = new Collector({
      poll,
      history,
      connect: createNodeClient,
      clock,
      isOwn,
      onDefect,
      rememberedFlushes: (node) => flushAttributions.of(node),
      onFlushesAttributed: (node, flushes) => flushAttributions.save(node, flushes),
    });
    const peerShards = createPeerShards(collector, shared, onDefect);
    const source = await DiscoveredFleet.open(watched, {
      onDefect,
      onMarkers: (markers) => void history.mark(markers.filter(({ node }) => isOwn(node))).catch(onDefect),
    });
    return new Runtime(source, history, collector, peerShards, store, dataFiles, flushAttributions, onDefect);
  }

  get configuration(): Configuration {
    return this.source.current();
  }

  get diagnostics(): DiagnosticsService {
    return this.diagnosing.diagnostics;
  }

  fleet(query: FleetQuery = {}): Fleet {
    return this.view.fleet(query, this.frame());
  }

  /** The fleet without its nodes. */
  fleetSummary(): FleetSummary {
    return this.view.summary(this.frame());
  }

  private frame(): FleetFrame {
    return {
      pollIntervalMs: this.configuration.poll.intervalMs,
      notices: this.notices(),
      discoveredPools: this.source.discoveredPools,
    };
  }

  /** One node as last collected; null when it is not configured. */
  node(id: string): Node | null {
    return this.view.node(id);
  }

  nodes(): Node[] {
    return this.view.nodes();
  }

  /** The newest sample of every node, for the catalogue. */
  reports(): CatalogueEntry[] {
    return [...this.collector.all()].map((record) => ({
      version: record.version,
      sample: record.sample(),
      unlisted: record.unlisted,
    }));
  }

  /** Every node that this process polls, as `/metrics` shows it, in the order of the configuration. */
  prometheusNodes(): NodeMetrics[] {
    const at = clock();
    const { intervalMs } = this.configuration.poll;
    return Array.from(this.collector.own(), (record) => prometheusView(record, at, intervalMs));
  }

  /** @throws NotFoundError */
  prometheusNode(id: string): NodeMetrics {
    return prometheusView(this.directory.record(id), clock(), this.configuration.poll.intervalMs);
  }

  /** Memfleet's metrics about itself. */
  async ownMetrics(): Promise<OwnMetrics> {
    const { configuration, audit, actions, collector } = this;
    const { polls, failures, batches, batchSeconds, batchMs } = collector.metrics;
    const nodes = new Map<string, number>(NODE_STATUSES.map((status) => [status, 0]));
    for (const { status } of collector.own()) nodes.set(status, (nodes.get(status) ?? 0) + 1);
    const active = new Set(this.notices().map(({ code }) => code));
    return {
      nodes,
      pollIntervalSeconds: configuration.poll.intervalMs / 1000,
      polls,
      pollFailures: failures,
      batches,
      batchSeconds,
      batchAtSeconds: batchMs / 1000,
      historyWritable: this.history.health().writable,
      databases: await databaseSizes(configuration.dataDir),
      notices: new Map(noticeSchema.shape.code.options.map((code) => [code, active.has(code)])),
      auditEntries: audit.written,
      actionsRunning: actions.running(),
      ...this.process.read(),
    };
  }

  /**
   * @throws InputError for an unknown metric, a window that ends before it begins, or too many values
   * @throws NotFoundError for a node or pool that is not configured
   */
  series(query: SeriesQuery): Promise<Series> {
    return querySeries(query, {
      history: this.history,
      configuration: this.configuration,
      directory: this.directory,
      sameProcessAs: (node) => this.collector.sharedProcesses.sameAs(node),
      departed: (pools) => this.source.departed(pools),
      nowMs: clock().wallMs,
    });
  }

  notices(): Notice[] {
    const rejected = this.source.rejected();
    const health = this.history.health();
    const notices: Notice[] = [];
    if (rejected) notices.push({ code: "configurationRejected", ...rejected });
    const { ignoredServers, file } = this.configuration;
    if (ignoredServers !== null) {
      const detail = `${ignoredServers} lists nodes; ${file} has pools`;
      notices.push({ code: "serversIgnored", detail, sinceMs: this.serversIgnoredSinceMs ?? Date.now() });
    }
    if (health.problem !== null) {
      // A writable history of its own has replaced its file.
      const working = this.isHistoryEmbedded() ? "dataFileReplaced" : "historyDelayed";
      notices.push({
        code: health.writable ? working : "historyUnavailable",
        detail: health.problem,
        sinceMs: health.sinceMs ?? Date.now(),
      });
    }
    notices.push(...this.dataFiles.notices(), ...this.source.notices());
    if (this.stoppingSinceMs !== null) {
      notices.push({ code: "stopping", detail: "Memfleet is shutting down", sinceMs: this.stoppingSinceMs });
    }
    return notices;
  }

  private noteIgnoredServers(): void {
    const isIgnored = this.configuration.ignoredServers !== null;
    this.serversIgnoredSinceMs = isIgnored ? (this.serversIgnoredSinceMs ?? Date.now()) : null;
  }

  private isHistoryEmbedded(): boolean {
    return this.configuration.history.prometheus === null;
  }

  /**
   * Null while it is configured and polls; else why not. A load balancer then takes the page away from everybody, so a
   * file that cannot be written does not count: live data continues without it.
   */
  notReady(): string | null {
    return this.stoppingSinceMs === null ? null : "stopping";
  }

  /** What is impaired, one line each: what cannot be written. */
  impairments(): string[] {
    const history = this.history.health().problem;
    const records = this.store.state().problem;
    return [
      ...(history === null ? [] : [`history: ${history}`]),
      ...(records === null ? [] : [`audit, sessions and shares: ${records}`]),
    ];
  }

  /** Calls back after every change of the fleet or the configuration. Returns how to stop listening. */
  onChange(listener: (change: CollectorChange) => void): () => void {
    const stopNodes = this.collector.onChange(listener);
    const stopSource = this.source.onChange(() => listener({ changed: new Set(), removed: [] }));
    return () => {
      stopNodes();
      stopSource();
    };
  }

  /** Calls back once when the process stops, so that streams end. Returns how to stop listening. */
  onStop(listener: () => void): () => void {
    this.stopListeners.add(listener);
    return () => this.stopListeners.delete(listener);
  }

  /** Ends streams, polling and the store, in the reverse order of their start. */
  async close(): Promise<void> {
    if (this.stoppingSinceMs !== null) return;
    this.stoppingSinceMs = Date.now();
    for (const listener of this.stopListeners) listener();
    const running = Promise.all([this.actions.stop(), crawlerLocksFree(), this.diagnosing.close()]);
    await Promise.all([this.collector.appendSamples(), withTimeout(running, STOP_GRACE_MS, () => undefined)]);
    this.peerShards?.close();
    this.collector.close();
    this.source.close();
    await this.history.close();
    await this.flushAttributions.write();
    await this.store.close();
    this.process.close();
  }
}

/** Reads the nodes that other processes poll; null where no history is shared. */
function createPeerShards(
  collector: Collector,
  history: SharedHistory | null,
  onDefect: (error: unknown) => void,
): PeerShardReader | null {
  if (history === null) return null;
  return new PeerShardReader({
    history,
    clock,
    intervalMs: () => collector.intervalMs,
    records: () => collector.polledByPeers(),
    onChange: (nodes) => collector.notifyChanged(nodes),
    onDefect,
  });
}

/** Makes `runtime` the one that `getRuntime` returns. */
export function setRuntime(runtime: Runtime): void {
  registerRuntime(runtime);
}

/** The runtime. Throws before the process has started it, which only happens in a build. */
export function getRuntime(): Runtime {
  const runtime = registeredRuntime();
  if (!runtime) throw new Error("the runtime has not been started");
  return runtime as Runtime;
}
