/**
 * Polls every node once an interval, never twice at the same time. Nodes that do not respond have a limiter of their
 * own, so that they cannot delay the others. Samples go to the history once an interval; changes are published as they
 * come.
 */
import type { FleetNode, PollSettings } from "@/lib/config/contract";
import type { History, NodeSample } from "@/lib/history/contract";
import type { Deadlines, NodeClient, NodeEndpoint, StatsEntries } from "@/lib/memcached/contract";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import type { RememberedFlushes } from "@/lib/model/node/flush";
import type { Marker } from "@/lib/model/series.schema";
import { MINUTE_MS } from "@/lib/model/time";
import { CollectorMetrics } from "./collector-metrics";
import { itemsFacts, NO_FACTS, settingsFacts, slabsFacts } from "./node-facts";
import { type Instant, NodeRecord } from "./node-record";
import { PollLimiter } from "./poll-limiter";
import { compareProcesses } from "./same-process";
import { Schedule } from "./schedule";
import { SharedProcesses } from "./shared-processes";

/** How often the slower groups are read. */
const FACTS_EVERY_MS = MINUTE_MS;
/** How often a refused or missing sign-in is tried: no account is locked out by us. */
const SIGN_IN_EVERY_MS = MINUTE_MS;

/** Nodes asked per interval whether they are the same process as another one. */
const COMPARED_PER_ROUND = 10;

interface CollectorOptions {
  readonly poll: PollSettings;
  readonly history: Pick<History, "append" | "mark">;
  readonly connect: (endpoint: NodeEndpoint, deadlines: Deadlines) => NodeClient;
  readonly clock: () => Instant;
  /** What an earlier Memfleet knew of a node's flushes. */
  readonly rememberedFlushes?: (node: string) => RememberedFlushes | null;
  /** Called when the attribution of a node's flushes changes. */
  readonly onFlushesAttributed?: (node: string, flushes: RememberedFlushes) => void;
  /** Whether this process polls the node, rather than another one that shares the history. By default always. */
  readonly isOwn?: (node: string) => boolean;
  /** Called for errors that are not a `NodeError`. */
  readonly onDefect: (error: unknown) => void;
}

export interface CollectorChange {
  readonly changed: ReadonlySet<string>;
  readonly removed: readonly string[];
}

export class Collector {
  private readonly records = new Map<string, NodeRecord>();
  private slots: Set<NodeRecord>[] = [];
  private readonly listeners = new Set<(change: CollectorChange) => void>();
  private schedule: Schedule;
  private responding: PollLimiter;
  private silent: PollLimiter;
  private settings: PollSettings;
  private started = false;
  private closed = false;
  private comparing = false;
  /** Grows whenever the set of nodes, or what is configured of one, changes. */
  generation = 0;
  readonly metrics = new CollectorMetrics();
  readonly sharedProcesses = new SharedProcesses();

  constructor(private readonly options: CollectorOptions) {
    this.settings = options.poll;
    this.responding = new PollLimiter(this.settings.concurrency);
    this.silent = new PollLimiter(this.settings.concurrency);
    this.schedule = this.newSchedule();
  }

  /** Replaces the nodes. Nodes whose endpoint is unchanged keep their connection and their state. */
  setNodes(nodes: readonly FleetNode[]): void {
    this.generation++;
    const wanted = new Map(nodes.map((node) => [node.id, node]));
    const removed: string[] = [];
    for (const [id, record] of this.records) {
      const node = wanted.get(id);
      const same = node && (node === record.node || JSON.stringify(node) === JSON.stringify(record.node));
      if (same && this.isPolledByPeer(id) === record.polledByPeer) continue;
      record.client.close();
      this.sharedProcesses.forget(id);
      this.slotOf(record).delete(record);
      this.records.delete(id);
      if (!node) removed.push(id);
    }
    const added: NodeRecord[] = [];
    for (const node of nodes) {
      if (this.records.has(node.id)) continue;
      const remembered = this.options.rememberedFlushes?.(node.id) ?? null;
      const client = this.options.connect(node.endpoint, this.settings);
      const record = new NodeRecord(node, client, this.isPolledByPeer(node.id), remembered);
      this.records.set(node.id, record);
      this.slotOf(record).add(record);
      added.push(record);
    }
    this.reorder(nodes);
    this.publish(new Set(added.map((record) => record.node.id)), removed);
    for (const record of added) this.poll(record);
  }

  /** Applies new poll settings; connections are reopened with the new deadlines. */
  setPoll(settings: PollSettings): void {
    if (JSON.stringify(settings) === JSON.stringify(this.settings)) return;
    const nodes = [...this.records.values()].map((record) => record.node);
    this.setNodes([]);
    this.settings = settings;
    this.responding = new PollLimiter(settings.concurrency);
    this.silent = new PollLimiter(settings.concurrency);
    this.schedule.close();
    this.schedule = this.newSchedule();
    this.setNodes(nodes);
    if (this.started) this.schedule.start();
  }

  start(): void {
    this.started = true;
    this.schedule.start();
  }

  /** In the order of the configuration. */
  all(): IterableIterator<NodeRecord> {
    return this.records.values();
  }

  /** Milliseconds between two polls of a node. */
  get intervalMs(): number {
    return this.settings.intervalMs;
  }

  /** Nodes that this process polls. */
  own(): NodeRecord[] {
    return [...this.records.values()].filter((record) => !record.polledByPeer);
  }

  /** Nodes that another process polls. */
  polledByPeers(): NodeRecord[] {
    return [...this.records.values()].filter((record) => record.polledByPeer);
  }

  get(id: string): NodeRecord | undefined {
    return this.records.get(id);
  }

  /** Calls back after every change. Returns how to stop listening. */
  onChange(listener: (change: CollectorChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Polls a node now rather than at its slot. Does nothing while a poll of it is running. */
  pollNow(id: string): void {
    const record = this.records.get(id);
    if (record) this.poll(record);
  }

  /** Publishes a change of these nodes that came from outside the collector. Unknown ids are ignored. */
  notifyChanged(ids: Iterable<string>): void {
    const changed = new Set<string>();
    for (const id of ids) {
      const record = this.records.get(id);
      if (record === undefined) continue;
      record.revision++;
      changed.add(id);
    }
    if (changed.size > 0) this.publish(changed, []);
  }

  close(): void {
    this.closed = true;
    this.schedule.close();
    for (const record of this.records.values()) record.client.close();
    this.listeners.clear();
  }

  /** Appends everything sampled since the last call to the history, as one batch. */
  async appendSamples(): Promise<void> {
    const { clock, history } = this.options;
    const started = clock();
    const entries: NodeSample[] = [];
    for (const record of this.records.values()) {
      record.takeSteps((values, elapsedSeconds) => {
        entries.push({ node: record.node.id, values, elapsedSeconds });
      });
    }
    if (entries.length === 0) return;
    const atMs = Math.floor(started.wallMs / this.settings.intervalMs) * this.settings.intervalMs;
    await history.append({ atMs, entries });
    this.metrics.batchAppended(started, clock());
  }

  private newSchedule(): Schedule {
    const schedule = new Schedule(
      this.settings.intervalMs,
      {
        run: (slot) => {
          for (const record of this.slots[slot] ?? []) this.poll(record);
        },
        roundComplete: () => {
          this.reviewProcesses().catch(this.options.onDefect);
          this.appendSamples().catch(this.options.onDefect);
        },
      },
      () => this.options.clock().monoMs,
    );
    this.slots = Array.from({ length: schedule.slots }, () => new Set<NodeRecord>());
    return schedule;
  }

  /** Looks for nodes of one process, and asks one of two nodes whose counters agree. */
  private async reviewProcesses(): Promise<void> {
    this.notifyChanged(this.sharedProcesses.review());
    if (this.comparing) return;
    this.comparing = true;
    try {
      for (const nodes of this.sharedProcesses.unanswered().slice(0, COMPARED_PER_ROUND)) {
        const [node, other] = nodes.map((id) => this.records.get(id));
        if (node === undefined || other === undefined || this.closed) continue;
        const verdict = await compareProcesses(node, other);
        this.notifyChanged(this.sharedProcesses.answer(nodes, verdict));
      }
    } finally {
      this.comparing = false;
    }
  }

  private slotOf(record: NodeRecord): Set<NodeRecord> {
    return this.slots[this.schedule.slotOf(record.node.id)] as Set<NodeRecord>;
  }

  private reorder(nodes: readonly FleetNode[]): void {
    for (const node of nodes) {
      const record = this.records.get(node.id);
      if (!record) continue;
      this.records.delete(node.id);
      this.records.set(node.id, record);
    }
  }

  private poll(record: NodeRecord): void {
    if (record.polledByPeer || record.busy || this.closed || this.options.clock().monoMs < record.notBeforeMs)
      return;
    record.busy = true;
    const limiter = record.status === "up" || record.status === "unknown" ? this.responding : this.silent;
    limiter.add(() => this.pollAndPublish(record));
  }

  private isPolledByPeer(id: string): boolean {
    return !(this.options.isOwn?.(id) ?? true);
  }

  private async pollAndPublish(record: NodeRecord): Promise<void> {
    try {
      let markers = await this.pollOnce(record);
      if (markers === null) markers = (await this.pollOnce(record)) ?? [];
      if (!this.isCurrent(record)) return;
      if (markers.length > 0) await this.options.history.mark(markers);
      this.publish(new Set([record.node.id]), []);
    } catch (error) {
      this.options.onDefect(error);
    } finally {
      record.busy = false;
    }
  }

  /** One poll. Returns markers; null when it failed because this process was suspended or overloaded. */
  private async pollOnce(record: NodeRecord): Promise<Marker[] | null> {
    const { clock } = this.options;
    const startedMs = clock().monoMs;
    this.metrics.polls++;
    try {
      const reply = await record.client.poll(record.nextSample());
      record.notBeforeMs = Number.NEGATIVE_INFINITY;
      const counted = record.flushesCounted;
      const at = clock();
      const markers = record.succeeded(at, reply.version, reply.latencyMs, reply.ip ?? null);
      record.unlisted = reply.unlisted ?? [];
      if (this.isCurrent(record)) {
        const sample = record.sample();
        this.sharedProcesses.observe(record.node.id, sample, record.version, at.monoMs, reply.latencyMs);
      }
      markers.push(...(await this.readSlowStats(record)));
      if (record.flushesCounted !== counted) this.saveFlushes(record);
      return markers;
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      const at = clock();
      const { reason, status } = error;
      const { timeoutMs, intervalMs } = this.settings;
      const tookMs = at.monoMs - startedMs;
      const processWasLate = this.schedule.lateSince(startedMs);
      if (record.health.isOwnDelay({ reason, tookMs, timeoutMs, processWasLate })) return null;
      this.metrics.failed(reason);
      const signInFailed = status === "authFailed" || status === "authRequired";
      if (signInFailed) record.notBeforeMs = at.monoMs + SIGN_IN_EVERY_MS - intervalMs / 2;
      return record.failed(at, reason, error.detail ?? null);
    }
  }

  /**
   * Reads the slower groups when they are due. They are skipped once while other nodes wait for their first poll. A
   * failure here does not invalidate the sample.
   */
  private async readSlowStats(record: NodeRecord): Promise<Marker[]> {
    const { monoMs } = this.options.clock();
    if (monoMs - record.factsMonoMs < FACTS_EVERY_MS) return [];
    if (this.responding.hasWaiters && !record.factsDeferred) {
      record.factsDeferred = true;
      return [];
    }
    record.factsDeferred = false;
    // After all nodes were read at once (a start, a flush of the fleet) the next reads are spread over the minute.
    const share = this.schedule.slotOf(record.node.id) / this.schedule.slots;
    record.factsMonoMs = Number.isFinite(record.factsMonoMs) ? monoMs : monoMs + share * FACTS_EVERY_MS;
    try {
      const settings = await this.group(record, "settings", settingsFacts);
      const items = await this.group(record, "items", itemsFacts);
      const slabs = await this.group(record, "slabs", slabsFacts);
      return record.updateFacts({ ...NO_FACTS, ...settings, ...items, ...slabs }, this.options.clock());
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      return [];
    }
  }

  /** Facts from one of the slower groups; null when this node has no such group. */
  private async group<Facts>(
    record: NodeRecord,
    name: "settings" | "items" | "slabs",
    read: (entries: StatsEntries) => Facts,
  ): Promise<Facts | null> {
    try {
      return read(await record.client.stats(name));
    } catch (error) {
      if (error instanceof CapabilityError) return null;
      throw error;
    }
  }

  private saveFlushes(record: NodeRecord): void {
    const flushes = record.flushesToRemember();
    if (flushes !== null && this.isCurrent(record))
      this.options.onFlushesAttributed?.(record.node.id, flushes);
  }

  private isCurrent(record: NodeRecord): boolean {
    return !this.closed && this.records.get(record.node.id) === record;
  }

  private publish(changed: ReadonlySet<string>, removed: readonly string[]): void {
    for (const listener of this.listeners) listener({ changed, removed });
  }
}
