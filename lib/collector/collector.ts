/**
 * Asks every node in time. Each node is asked once an interval, never twice at once; nodes that do not
 * answer have a lane of their own and cannot delay those that do. Samples go to the history once an
 * interval; changes are published as they come.
 */
import type { FleetNode, PollSettings } from "@/lib/config/contract";
import type { History, NodeSample } from "@/lib/history/contract";
import type { Deadlines, NodeClient, NodeEndpoint, StatsEntries } from "@/lib/memcached/contract";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import type { Marker } from "@/lib/model/series.schema";
import { CollectorMetrics } from "./collector-metrics";
import { itemsFacts, NO_FACTS, settingsFacts, slabsFacts } from "./node-facts";
import { type Instant, NodeRecord, type RememberedFlushes } from "./node-record";
import { PollLimiter } from "./poll-limiter";
import { Schedule } from "./schedule";

/** How often the slower groups are asked. */
const FACTS_EVERY_MS = 60_000;
/** How often a refused or missing sign-in is tried: no account is locked out by us. */
const SIGN_IN_EVERY_MS = 60_000;
/** A poll that took this much longer than its deadline allows was delayed by us, not by the node. */
const OWN_STALL_MS = 500;
/** Timeouts while this process itself was late that are not held against a node: two rounds of two tries. */
const OWN_TIMEOUTS_BEFORE_DOWN = 4;
const TIMEOUTS: ReadonlySet<string> = new Set(["connectTimeout", "replyTimeout"]);

export interface CollectorOptions {
  readonly poll: PollSettings;
  readonly history: Pick<History, "append" | "mark">;
  readonly connect: (endpoint: NodeEndpoint, deadlines: Deadlines) => NodeClient;
  readonly clock: () => Instant;
  /** What an earlier Memfleet knew of a node's flushes. */
  readonly rememberedFlushes?: (node: string) => RememberedFlushes | null;
  /** Told when more is known of a node's flushes. */
  readonly onFlushesAttributed?: (node: string, flushes: RememberedFlushes) => void;
  /** Whether this process asks the node, or another that shares the history. All of them by default. */
  readonly isOwn?: (node: string) => boolean;
  /** Told of defects: an error that is not a `NodeError`. */
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
  private living: PollLimiter;
  private failing: PollLimiter;
  private poll: PollSettings;
  private closed = false;
  /** Grows whenever the set of nodes, or what is configured of one, changes. */
  generation = 0;
  readonly metrics = new CollectorMetrics();

  constructor(private readonly options: CollectorOptions) {
    this.poll = options.poll;
    this.living = new PollLimiter(this.poll.concurrency);
    this.failing = new PollLimiter(this.poll.concurrency);
    this.schedule = this.newSchedule();
  }

  /** Replaces the nodes. Nodes whose endpoint is unchanged keep their connection and their past. */
  setNodes(nodes: readonly FleetNode[]): void {
    this.generation++;
    const wanted = new Map(nodes.map((node) => [node.id, node]));
    const removed: string[] = [];
    for (const [id, record] of this.records) {
      const node = wanted.get(id);
      const same = node && (node === record.node || JSON.stringify(node) === JSON.stringify(record.node));
      if (same && this.isPolledByPeer(id) === record.polledByPeer) continue;
      record.client.close();
      this.slotOf(record).delete(record);
      this.records.delete(id);
      if (!node) removed.push(id);
    }
    const added: NodeRecord[] = [];
    for (const node of nodes) {
      if (this.records.has(node.id)) continue;
      const remembered = this.options.rememberedFlushes?.(node.id) ?? null;
      const client = this.options.connect(node.endpoint, this.poll);
      const record = new NodeRecord(node, client, this.isPolledByPeer(node.id), remembered);
      this.records.set(node.id, record);
      this.slotOf(record).add(record);
      added.push(record);
    }
    this.reorder(nodes);
    this.publish(new Set(added.map((record) => record.node.id)), removed);
    for (const record of added) this.ask(record);
  }

  /** Takes over new poll settings; connections are reopened with the new deadlines. */
  setPoll(poll: PollSettings): void {
    if (JSON.stringify(poll) === JSON.stringify(this.poll)) return;
    const nodes = [...this.records.values()].map((record) => record.node);
    this.setNodes([]);
    this.poll = poll;
    this.living = new PollLimiter(poll.concurrency);
    this.failing = new PollLimiter(poll.concurrency);
    const running = this.started;
    this.schedule.close();
    this.schedule = this.newSchedule();
    this.setNodes(nodes);
    if (running) this.schedule.start();
  }

  private started = false;

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
    return this.poll.intervalMs;
  }

  /** Nodes that this process asks. */
  own(): NodeRecord[] {
    return [...this.records.values()].filter((record) => !record.polledByPeer);
  }

  /** Nodes that another process asks. */
  polledByPeers(): NodeRecord[] {
    return [...this.records.values()].filter((record) => record.polledByPeer);
  }

  get(id: string): NodeRecord | undefined {
    return this.records.get(id);
  }

  /** Calls back after every change. Returns the way to stop. */
  onChange(listener: (change: CollectorChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Asks a node now rather than at its turn. Nothing happens while it is being asked already. */
  askNow(id: string): void {
    const record = this.records.get(id);
    if (record) this.ask(record);
  }

  /** What is shown of these nodes has changed for a reason that lies elsewhere. */
  touch(ids: Iterable<string>): void {
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

  /** Hands everything sampled since the last call to the history. */
  async sweep(): Promise<void> {
    const { clock, history } = this.options;
    const started = clock();
    const entries: NodeSample[] = [];
    for (const record of this.records.values()) {
      record.sweep((values, elapsedSeconds) => {
        entries.push({ node: record.node.id, values, elapsedSeconds });
      });
    }
    if (entries.length === 0) return;
    const atMs = Math.floor(started.wallMs / this.poll.intervalMs) * this.poll.intervalMs;
    await history.append({ atMs, entries });
    this.metrics.swept(started, clock());
  }

  private newSchedule(): Schedule {
    const schedule = new Schedule(
      this.poll.intervalMs,
      {
        run: (slot) => {
          for (const record of this.slots[slot] ?? []) this.ask(record);
        },
        poll: () => {
          this.sweep().catch(this.options.onDefect);
        },
      },
      () => this.options.clock().monoMs,
    );
    this.slots = Array.from({ length: schedule.slots }, () => new Set<NodeRecord>());
    return schedule;
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

  private ask(record: NodeRecord): void {
    if (record.polledByPeer || record.busy || this.closed || this.options.clock().monoMs < record.notBeforeMs)
      return;
    record.busy = true;
    const lane = record.status === "up" || record.status === "unknown" ? this.living : this.failing;
    lane.add(() => this.poller(record));
  }

  private isPolledByPeer(id: string): boolean {
    return !(this.options.isOwn?.(id) ?? true);
  }

  private async poller(record: NodeRecord): Promise<void> {
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

  /** One poll. Null: the answer was late because this process was stopped or had no time; it says nothing about the node. */
  private async pollOnce(record: NodeRecord): Promise<Marker[] | null> {
    const { clock } = this.options;
    const startedMs = clock().monoMs;
    this.metrics.polls++;
    try {
      const reply = await record.client.poll(record.nextSample());
      record.notBeforeMs = Number.NEGATIVE_INFINITY;
      const counted = record.flushesCounted;
      record.ownTimeouts = 0;
      const markers = record.succeeded(clock(), reply.version, reply.latencyMs);
      markers.push(...(await this.readSlowStats(record)));
      if (record.flushesCounted !== counted) this.saveFlushes(record);
      return markers;
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      const at = clock();
      if (at.monoMs - startedMs > this.poll.timeoutMs + OWN_STALL_MS) return null;
      if (
        TIMEOUTS.has(error.reason) &&
        this.schedule.lateSince(startedMs) &&
        record.ownTimeouts < OWN_TIMEOUTS_BEFORE_DOWN
      ) {
        record.ownTimeouts++;
        return null;
      }
      record.ownTimeouts = 0;
      const signIn = error.status === "authFailed" || error.status === "authRequired";
      this.metrics.failed(error.reason);
      if (signIn) record.notBeforeMs = at.monoMs + SIGN_IN_EVERY_MS - this.poll.intervalMs / 2;
      return record.failed(at, error.reason, error.detail ?? null);
    }
  }

  /**
   * Reads the slower groups when they are due, and others do not wait to be asked at all: when everybody is new, they
   * are read at the next poll. A failure here leaves the sample standing.
   */
  private async readSlowStats(record: NodeRecord): Promise<Marker[]> {
    const { monoMs } = this.options.clock();
    if (monoMs - record.factsMonoMs < FACTS_EVERY_MS) return [];
    if (this.living.hasWaiters && !record.factsDeferred) {
      record.factsDeferred = true;
      return [];
    }
    record.factsDeferred = false;
    // After asking everybody at once (a start, a flush of the fleet) the next turns are spread over the minute.
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

  /** What one of the slower groups tells; null when this node has no such group. */
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

  /** Tells that these nodes have changed; those that are no more are left out. */
  heard(changed: ReadonlySet<string>): void {
    const current = new Set([...changed].filter((id) => this.records.has(id)));
    if (current.size > 0) this.publish(current, []);
  }

  private publish(changed: ReadonlySet<string>, removed: readonly string[]): void {
    for (const listener of this.listeners) listener({ changed, removed });
  }
}
