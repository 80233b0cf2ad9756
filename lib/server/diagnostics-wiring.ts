/** Wires diagnostics to the collector, the history and the configuration. */
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
import { DAY_MS, HOUR_MS } from "@/lib/model/time";
import type { AuditRecords } from "@/lib/records/audit";
import type { RecordsStore } from "@/lib/records/open";

/** Restarts of one node in a day that are read at most. */
const MAX_RESTARTS = 1_000;

interface DiagnosticsWiringOptions {
  readonly store: RecordsStore;
  readonly audit: AuditRecords;
  readonly collector: Collector;
  readonly history: Pick<History, "mark" | "markers">;
  readonly configuration: () => Configuration;
  /** A node as last collected; null when it is not configured. */
  readonly view: (id: string) => Node | null;
  readonly monoMs: () => number;
  readonly onDefect: (error: unknown) => void;
}

export class DiagnosticsWiring {
  readonly diagnostics: DiagnosticsService;
  private readonly repository: FindingRepository;
  private readonly schedule: DiagnosticsSchedule;
  private readonly cleanup: NodeJS.Timeout;

  constructor(private readonly options: DiagnosticsWiringOptions) {
    const { store, audit, collector, history, configuration, onDefect } = options;
    this.repository = new FindingRepository(store, Date.now, (nodes) => collector.notifyChanged(nodes));
    this.diagnostics = new DiagnosticsService({
      audit,
      repository: this.repository,
      probes: REGISTRY,
      remediesOf,
      onDefect,
      nodes: () => configuration().nodes,
      input: (id) => this.probeInput(id),
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
    this.cleanUp();
    this.schedule.start();
    this.cleanup = setInterval(() => this.cleanUp(), HOUR_MS).unref();
  }

  /** A node's findings by severity; null until it was diagnosed. */
  countsOf(id: string): Node["findings"] {
    return this.repository.countsOf(id);
  }

  /** Starts nothing more. Resolves when the running diagnostics are saved. */
  close(): Promise<void> {
    this.schedule.close();
    clearInterval(this.cleanup);
    this.diagnostics.close();
    return this.diagnostics.settled();
  }

  /** Deletes outdated findings and counts the others. */
  private cleanUp(): void {
    this.repository.sweep(this.options.configuration().nodes).catch(this.tolerate);
  }

  /** An unusable store is not a defect: the next attempt may succeed, and readiness reports it. */
  private readonly tolerate = (error: unknown): void => {
    if (asNamedError(error)?.name !== "UnavailableError") this.options.onDefect(error);
  };

  private probeInput(id: string): ProbeInput | null {
    const record = this.options.collector.get(id);
    const view = this.options.view(id);
    if (record === undefined || view === null) return null;
    const { node, client } = record;
    return {
      node,
      client,
      view,
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
      nodes: [record.node.id],
      fromMs: Date.now() - DAY_MS,
      toMs: Date.now() + 1,
      limit: MAX_RESTARTS,
    });
    return {
      hour: record.recent.between(now - HOUR_MS, now + 1),
      restartsMs: markers.filter(({ kind }) => kind === "restart").map(({ atMs }) => atMs),
    };
  }

  /** From the audit, so that it survives restarts. Null: the audit has none. */
  private async lastScheduledMs(): Promise<number | null> {
    const { entries } = await this.options.audit.find({ kind: "diagnose", actor: "schedule", limit: 1 });
    return entries[0]?.atMs ?? null;
  }
}
