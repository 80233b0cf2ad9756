import { emptyValues } from "@/lib/catalogue/stats";
import type { StatsGroup } from "@/lib/catalogue/stats-groups";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import { type Capability, LACKING } from "@/lib/model/node/capability";
import { parseVersion } from "@/lib/model/node/server-version";
import { openBulkDelete } from "./bulk-delete/session";
import { capabilityFor, capabilityOfTuning, lackingReason } from "./capabilities";
import { connectNode } from "./connection/connect";
import type { Connection } from "./connection/connection";
import { Deadline } from "./connection/deadline";
import {
  breaksConnection,
  CommandError,
  ConnectionError,
  toNodeError,
  toReplyError,
} from "./connection/errors";
import { addressesToConnect, addressInUse, namedAddress, onMoved } from "./connection/name-addresses";
import { resolveWithin } from "./connection/open";
import type {
  AddressInUse,
  BulkDelete,
  BulkDeleteKind,
  CapabilityReport,
  CrawlStart,
  Deadlines,
  LocalEndpoint,
  Metadump,
  MetadumpRequest,
  NodeClient,
  NodeDialect,
  NodeEndpoint,
  PipelinedSession,
  PollReply,
  StatsEntries,
  Tuning,
} from "./contract";
import { KeyConnection } from "./key-connection";
import type { KeyCommands } from "./key-contract";
import { LearnedNode } from "./learned-node";
import { startCrawl } from "./metadump/crawler-session";
import { startMetadump } from "./metadump/metadump";
import { pollAndLearn } from "./poll-and-learn";
import { RequestQueue } from "./request-queue";
import { createSession } from "./session";
import { readSettings, type SettingsReading } from "./stats/settings";
import type { Transport } from "./transport";

/** Share of a request's time for a live group: a poll that waits behind one that hangs has the rest for reconnecting. */
const GROUP_SHARE = 0.6;

/** Before a change, older settings are read again: the connection may have ended unnoticed. */
const SETTINGS_FRESH_MS = 5_000;

/** A client for one node. Connects at the first request; see `NodeClient`. */
export function createNodeClient(endpoint: NodeEndpoint, deadlines: Deadlines): NodeClient {
  return new PersistentNodeClient(endpoint, deadlines);
}

interface PerformOptions {
  /** Whether the job can run again on a new connection, which a job that changes something cannot. By default always. */
  readonly mayRepeat?: () => boolean;
  /** Runs before the connection is chosen. */
  readonly before?: (deadline: Deadline) => Promise<void>;
}

class PersistentNodeClient implements NodeClient {
  readonly id: string;
  private readonly queue = new RequestQueue();
  private transport: Transport | null = null;
  private connection: Connection | null = null;
  /** The address that the connection leads to, if the host is a name. */
  private transportIp: string | null = null;
  /** Null if the node has only one address, an IP address or a unix socket. */
  private readonly name: ReturnType<typeof namedAddress>;
  private readonly stopListening: () => void;
  /** Whether the current connection has answered a request. */
  private proven = false;
  private closed = false;
  private current: Deadline | null = null;
  private readonly sessions = new Set<PipelinedSession>();

  private readonly learned = new LearnedNode();
  /** The connection that the settings came over, and when: start-up options cannot change while it is open. */
  private settingsFrom: Transport | null = null;
  private settingsAtMs = Number.NEGATIVE_INFINITY;
  /** Whether to connect with the known dialect. Reset when a connection fails before its first reply. */
  private trusted = false;

  /** Whether a new connection was closed on `stats`, without a reply. */
  private closedOnStats = false;

  private readonly keys: KeyConnection;

  constructor(
    private readonly endpoint: NodeEndpoint,
    private readonly deadlines: Deadlines,
  ) {
    this.id = endpoint.id;
    this.name = namedAddress(endpoint.address);
    this.stopListening = this.name === null ? () => {} : onMoved(this.name, () => this.moved());
    this.keys = new KeyConnection(endpoint, deadlines, {
      dialect: () => (this.trusted ? this.learned.dialect : null),
      isProxy: () => this.learned.capabilities.proxy !== null,
    });
  }

  dialect(): NodeDialect | null {
    return this.learned.dialect;
  }

  localEndpoint(): LocalEndpoint | null {
    const { localAddress, localPort } = this.connection?.socket ?? {};
    return localAddress === undefined || localPort === undefined
      ? null
      : { ip: localAddress, port: localPort };
  }

  addressInUse(): AddressInUse | null {
    return this.name === null ? null : addressInUse(this.name);
  }

  capabilities(): CapabilityReport {
    return this.learned.capabilities;
  }

  poll(into: Float64Array): Promise<PollReply> {
    return this.perform(this.deadlines.timeoutMs, async (transport) => ({
      ...(await this.pollOn(transport, into)),
      ip: this.transportIp,
    }));
  }

  stats(group: StatsGroup): Promise<StatsEntries> {
    return this.perform(this.deadlines.timeoutMs * GROUP_SHARE, async (transport) => {
      await this.checkGroup(transport, group);
      if (group === "settings") return await this.settings(transport);
      try {
        return await transport.stats(group === "general" ? "" : group);
      } catch (error) {
        if (!(error instanceof CommandError) || error.kind === "serverError") throw error;
        throw new CapabilityError(`${this.id} does not support stats ${group}`, { cause: error });
      }
    });
  }

  flushAll(delaySeconds = 0): Promise<void> {
    return this.change("flush_all", "flush_all", (transport) => transport.flushAll(delaySeconds));
  }

  tune(tuning: Tuning): Promise<string> {
    return this.change(capabilityOfTuning(tuning), tuning.command, (transport) => transport.tune(tuning));
  }

  async openSession(): Promise<PipelinedSession> {
    const { timeoutMs } = this.deadlines;
    const deadline = new Deadline(timeoutMs);
    try {
      if (this.closed) throw new ConnectionError("connectionClosed", "the client was closed");
      const trusted = this.trusted ? this.learned.dialect : null;
      const ready = await connectNode(this.endpoint, this.deadlines, deadline, trusted, 0);
      const onEnd = () => this.sessions.delete(session);
      const session = createSession(this.id, ready, timeoutMs, onEnd);
      this.sessions.add(session);
      if (this.closed) session.close();
      return session;
    } catch (error) {
      throw toNodeError(this.id, error);
    } finally {
      deadline.clear();
    }
  }

  async metadump(request: MetadumpRequest): Promise<Metadump> {
    this.checkOpen();
    this.checkProxy("metadump");
    return startMetadump(this.endpoint, this.deadlines, request);
  }

  async bulkDelete(kind: BulkDeleteKind): Promise<BulkDelete> {
    this.checkOpen();
    this.checkProxy(kind.kind === "stale" ? "mark_stale" : "metadump");
    return openBulkDelete(this.endpoint, this.deadlines, kind);
  }

  async crawl(classes: "all" | readonly number[]): Promise<CrawlStart> {
    this.checkOpen();
    this.checkProxy("lru_crawler");
    return startCrawl(this.endpoint, this.deadlines, classes);
  }

  withKeys<Result>(job: (keys: KeyCommands) => Promise<Result>): Promise<Result> {
    return this.keys.run(job);
  }

  close(): void {
    this.closed = true;
    this.stopListening();
    this.keys.close();
    for (const session of this.sessions) session.close();
    this.drop(new ConnectionError("connectionClosed"));
    this.current?.giveUp();
  }

  /** The name has another address. Nothing is sent to the old one any more; a reply under way is still read. */
  private moved(): void {
    if (this.current === null) this.dropIfMoved();
    for (const session of this.sessions) session.close();
    this.trusted = false;
  }

  private dropIfMoved(): void {
    if (this.name === null || this.transportIp === addressInUse(this.name)?.ip) return;
    this.drop(new ConnectionError("connectionClosed", "the name has another address"));
  }

  /** Resolves the name now: an action must not go to an address that it no longer has. */
  private async confirmAddress(deadline: Deadline): Promise<void> {
    if (this.name === null) return;
    await resolveWithin(this.deadlines.connectTimeoutMs, deadline, addressesToConnect(this.name, 0));
  }

  /** Sends a command that changes the node, at most once, after a check over the same connection that it can. */
  private change<T>(
    capability: Capability,
    command: string,
    send: (transport: Transport) => Promise<T>,
  ): Promise<T> {
    let sent = false;
    return this.perform(
      this.deadlines.timeoutMs,
      async (transport) => {
        // On the same connection: it still leads to the same process.
        if (this.settingsFrom !== transport || performance.now() - this.settingsAtMs > SETTINGS_FRESH_MS) {
          await this.pollOn(transport, emptyValues());
          if (lackingReason(capability, this.learned) !== "isProxy") await this.learnSettings(transport);
        }
        const reason = lackingReason(capability, this.learned);
        if (reason !== null)
          throw new CapabilityError(`${this.id} does not support ${command}: ${LACKING[reason]}`);
        sent = true;
        return await send(transport);
      },
      { mayRepeat: () => !sent, before: (deadline) => this.confirmAddress(deadline) },
    );
  }

  /** The settings as reported. Rejects with `CapabilityError` when the node does not report them. */
  private async settings(transport: Transport): Promise<StatsEntries> {
    const reading = await this.learnSettings(transport);
    if (typeof reading !== "string") return reading;
    const reason = reading === "unsafe" ? "settingsUnsafe" : "settingsRefused";
    throw new CapabilityError(`${this.id} does not support stats settings: ${LACKING[reason]}`);
  }

  private async learnSettings(transport: Transport): Promise<SettingsReading> {
    const { learned } = this;
    const refused = learned.statsRefusal !== null;
    const reading = refused ? "refused" : await readSettings(transport, learned.version);
    learned.onSettings(reading);
    this.settingsFrom = transport;
    this.settingsAtMs = performance.now();
    if (learned.watchRefused === null && asksWatch(learned)) {
      // Asked once, even if the connection ends on it.
      learned.onWatchAsked(false);
      learned.onWatchAsked(await transport.refusesWatch());
    }
    return reading;
  }

  /** Refuses what a proxy would close the connection on, without connecting. */
  private checkProxy(capability: Capability): void {
    const reason = lackingReason(capability, this.learned);
    if (reason === "isProxy")
      throw new CapabilityError(`${this.id} does not support ${capability}: ${LACKING[reason]}`);
  }

  private checkOpen(): void {
    if (this.closed) throw new NodeError(this.id, "connectionClosed", "the client was closed");
  }

  private async pollOn(transport: Transport, into: Float64Array): Promise<PollReply> {
    this.closedOnStats = false;
    try {
      return await pollAndLearn(transport, this.learned, into);
    } catch (error) {
      const fresh = !this.proven && transport.protocol === "text" && !transport.replyStarted;
      this.closedOnStats = fresh && isClosed(error);
      // What is not memcached may report its stats in a form of its own.
      const unnumbered = this.learned.version !== null && parseVersion(this.learned.version) === null;
      if (!this.proven && unnumbered && isMalformed(error)) this.learned.onStatsRefused("error");
      throw error;
    }
  }

  /**
   * Refuses a group that this node does not support or that could harm it, based on general stats read over the same
   * connection: what was learned from an earlier process could crash this one.
   */
  private async checkGroup(transport: Transport, group: StatsGroup): Promise<void> {
    const capability = capabilityFor(group);
    if (capability !== "stats" && capability !== "stats_settings")
      await this.pollOn(transport, emptyValues());
    const reason = lackingReason(capability, this.learned);
    // Without track_sizes, the reply reports that it is disabled.
    const harmless = reason === null || reason === "disabledBySetting" || reason === "notAskedYet";
    // It may have changed since: `settings` finds out again.
    if (!harmless && (capability !== "stats_settings" || reason === "noStats"))
      throw new CapabilityError(`${this.id} does not support stats ${group}: ${LACKING[reason]}`);
  }

  private async perform<T>(
    timeoutMs: number,
    job: (transport: Transport) => Promise<T>,
    options: PerformOptions = {},
  ): Promise<T> {
    const deadline = new Deadline(timeoutMs);
    try {
      if (this.closed) throw new ConnectionError("connectionClosed");
      return await this.queue.run(deadline, () => this.onConnection(job, deadline, options));
    } catch (error) {
      if (error instanceof CapabilityError) throw error;
      throw toNodeError(
        this.id,
        this.closed ? new ConnectionError("connectionClosed", "the client was closed") : error,
      );
    } finally {
      deadline.clear();
    }
  }

  private async onConnection<T>(
    job: (transport: Transport) => Promise<T>,
    deadline: Deadline,
    options: PerformOptions,
  ): Promise<T> {
    this.current = deadline;
    try {
      return await this.attempt(job, deadline, options);
    } finally {
      this.current = null;
    }
  }

  private async attempt<T>(
    job: (transport: Transport) => Promise<T>,
    deadline: Deadline,
    options: PerformOptions,
  ): Promise<T> {
    const { mayRepeat = () => true, before } = options;
    const reused = this.proven ? this.transport : null;
    try {
      await before?.(deadline);
      return await this.once(job, deadline);
    } catch (error) {
      const unreadable = isMalformed(error) && this.learned.statsRefusal === "error";
      if (!(isClosed(error) || unreadable) || deadline.expired || !mayRepeat()) throw error;
      if (unreadable) return await this.once(job, deadline);
      // A restart or `-o idle_timeout` can close an idle connection just as we write. There was no reply.
      if (reused !== null && !reused.replyStarted) return await this.attempt(job, deadline, options);
      if (!this.closedOnStats || !(await this.closesOnStatsAgain(deadline))) throw error;
      return await this.once(job, deadline);
    }
  }

  /** A new connection answered `version` and was closed on `stats`: one that does so again is a proxy's. */
  private async closesOnStatsAgain(deadline: Deadline): Promise<boolean> {
    this.closedOnStats = false;
    try {
      await this.once((transport) => this.pollOn(transport, emptyValues()), deadline);
    } catch {
      if (this.closedOnStats) this.learned.onStatsRefused("closed");
    }
    return this.learned.statsRefusal !== null;
  }

  private async once<T>(job: (transport: Transport) => Promise<T>, deadline: Deadline): Promise<T> {
    this.dropIfMoved();
    const transport = this.transport?.broken === null ? this.transport : await this.open(deadline);
    deadline.guard(() => transport.destroy(new ConnectionError("replyTimeout")));
    try {
      const result = await job(transport);
      this.proven = true;
      this.trusted = true;
      return result;
    } catch (error) {
      if (error instanceof CapabilityError) throw error;
      if (breaksConnection(error)) {
        if (!this.proven) this.trusted = false;
        this.drop(toReplyError(error));
      }
      throw error;
    }
  }

  private async open(deadline: Deadline): Promise<Transport> {
    this.forgetConnection();
    try {
      const { transport, connection, dialect, version } = await connectNode(
        this.endpoint,
        this.deadlines,
        deadline,
        this.trusted ? this.learned.dialect : null,
      );
      if (this.closed) {
        transport.destroy(new ConnectionError("connectionClosed"));
        throw new ConnectionError("connectionClosed");
      }
      if (this.transportIp !== null && this.transportIp !== connection.ip) this.learned.forget();
      this.learned.onConnect(dialect, version);
      this.transport = transport;
      this.connection = connection;
      this.transportIp = connection.ip;
      return transport;
    } catch (error) {
      // A failed sign-in may mean that the node has changed; a failed connection attempt does not.
      if (!(error instanceof ConnectionError) || !CONNECTING.has(error.reason)) this.trusted = false;
      throw error;
    }
  }

  private drop(error: ConnectionError): void {
    this.transport?.destroy(error);
    this.forgetConnection();
  }

  /** After a connection that worked, another server may answer: it is asked for its stats again. */
  private forgetConnection(): void {
    if (this.proven) this.learned.onStatsRefused(null);
    this.transport = null;
    this.connection = null;
    this.proven = false;
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof ConnectionError && error.reason === "connectionClosed";
}

function isMalformed(error: unknown): boolean {
  return error instanceof ConnectionError && error.reason === "malformedReply";
}

/** Whether `watch` can be asked for: `-W` shows in no setting. */
function asksWatch(learned: LearnedNode): boolean {
  return parseVersion(learned.version) !== null && lackingReason("watch", learned) === null;
}

const CONNECTING: ReadonlySet<string> = new Set([
  "connectionRefused",
  "unreachable",
  "nameNotFound",
  "socketMissing",
  "permissionDenied",
  "connectTimeout",
]);
