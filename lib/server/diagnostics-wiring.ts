/** Diagnosing, wired to the collector, the history and the configuration. */
import "server-only";
import type { Collector } from "@/lib/collector/collector";
import type { NodeRecord } from "@/lib/collector/node-record";
import type { Configuration } from "@/lib/config/contract";
import type { RecentDeltas } from "@/lib/diagnostics/contract";
import { FindingRepository } from "@/lib/diagnostics/finding-repository";
import type { ProbeInput } from "@/lib/diagnostics/probe-session";
import { REGISTRY } from "@/lib/diagnostics/registry";
import { remediesOf } from "@/lib/diagnostics/remedies/remedies";
import { DiagnosticsSchedule } from "@/lib/diagnostics/schedule";
import { DiagnosticsService } from "@/lib/diagnostics/service";
import type { History } from "@/lib/history/contract";
import { reportedSettings } from "@/lib/metrics/compare/settings-snapshot";
import { asNamedError } from "@/lib/model/errors";
import type { Node } from "@/lib/model/node/node.schema";
import type { AuditRecords } from "@/lib/records/audit";
import type { RecordsStore } from "@/lib/records/open";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Restarts of one node that a day can hold and still be told apart. */
const MOST_RESTARTS = 1_000;

export interface DiagnosticsWiringOptions {
  readonly store: RecordsStore;
  readonly audit: AuditRecords;
  readonly collector: Collector;
  readonly history: Pick<History, "mark" | "markers">;
  readonly configuration: () => Configuration;
  /** As collected last; null when it is not configured. */
  readonly view: (id: string) => Node | null;
  readonly monoMs: () => number;
  readonly onDefect: (error: unknown) => void;
}

export class DiagnosticsWiring {
  readonly diagnostics: DiagnosticsService;
  private readonly repository: FindingRepository;
  private readonly schedule: DiagnosticsSchedule;
  private readonly sweeping: NodeJS.Timeout;

  constructor(private readonly options: DiagnosticsWiringOptions) {
    const { store, audit, collector, history, configuration, onDefect } = options;
    this.repository = new FindingRepository(store, Date.now, (nodes) => collector.touch(nodes));
    this.diagnostics = new DiagnosticsService({
      ...{ audit, repository: this.repository, probes: REGISTRY, remediesOf, onDefect },
      nodes: () => configuration().nodes,
      input: (id) => this.subject(id),
      udp: () => configuration().probes.udp,
      readOnly: () => configuration().readOnly,
      onMarkers: (markers) => void history.mark(markers).catch(onDefect),
      nowMs: Date.now,
    });
    this.schedule = new DiagnosticsSchedule({
      everyMs: () => configuration().probes.scheduleMs,
      lastMs: () => this.lastScheduledMs(),
      begin: () => this.diagnostics.beginScheduled(),
      running: (id) => this.diagnostics.isLive(id),
      nowMs: Date.now,
      onDefect: this.tolerate,
    });
    this.sweep();
    this.schedule.start();
    this.sweeping = setInterval(() => this.sweep(), HOUR_MS).unref();
  }

  /** What is wrong with a node, counted; null until it was diagnosed. */
  countsOf(id: string): Node["findings"] {
    return this.repository.countsOf(id);
  }

  /** Starts nothing more. Resolves when what is under way is kept. */
  close(): Promise<void> {
    this.schedule.close();
    clearInterval(this.sweeping);
    this.diagnostics.close();
    return this.diagnostics.settled();
  }

  /** Counts what is kept, after forgetting what is not worth it. */
  private sweep(): void {
    this.repository.sweep(this.options.configuration().nodes).catch(this.tolerate);
  }

  /** The next look tries again, and readiness tells of a store that cannot be used. */
  private readonly tolerate = (error: unknown): void => {
    if (asNamedError(error)?.name !== "UnavailableError") this.options.onDefect(error);
  };

  private subject(id: string): ProbeInput | null {
    const record = this.options.collector.get(id);
    const view = this.options.view(id);
    if (record === undefined || view === null) return null;
    const { node, client } = record;
    return {
      ...{ node, client, view },
      peers: () => this.peersOf(record),
      recent: () => this.recentOf(record),
    };
  }

  private peersOf({ node }: NodeRecord): { id: string; settings: ReadonlyMap<string, string> | null }[] {
    return [...this.options.collector.all()]
      .filter((peer) => peer.node.pool === node.pool && peer.node.id !== node.id)
      .map((peer) => ({
        id: peer.node.id,
        settings: peer.status === "up" ? reportedSettings(peer.facts.profile) : null,
      }));
  }

  private async recentOf(record: NodeRecord): Promise<RecentDeltas> {
    const { history, monoMs } = this.options;
    const now = monoMs();
    const markers = await history.markers({
      ...{ nodes: [record.node.id], fromMs: Date.now() - DAY_MS, toMs: Date.now() + 1 },
      limit: MOST_RESTARTS,
    });
    return {
      hour: record.recent.between(now - HOUR_MS, now + 1),
      restartsMs: markers.filter(({ kind }) => kind === "restart").map(({ atMs }) => atMs),
    };
  }

  /** The audit knows, in an earlier life too. Null: not since the longest interval there is. */
  private async lastScheduledMs(): Promise<number | null> {
    const { entries } = await this.options.audit.find({ kind: "diagnose", actor: "schedule", limit: 1 });
    return entries[0]?.atMs ?? null;
  }
}
