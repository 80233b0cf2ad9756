/** The work of a load test: sets and gets over several connections, at a rate and for a time that are never exceeded. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PipelinedSession } from "@/lib/memcached/contract";
import { LatencyHistogram } from "@/lib/metrics/latency-histogram";
import type { ActionInputs, Measurements } from "@/lib/model/actions/action.schema";
import { TokenBucket } from "./token-bucket";

/** Requests in flight on one connection, at most, and the bytes of their values. */
const DEPTH = 32;
const DEPTH_BYTES = 262_144;
/** Longest sleep between two checks of the clock, in milliseconds: stopping takes no longer. */
const LONGEST_SLEEP_MS = 20;

interface LoadConnection {
  readonly session: PipelinedSession;
  inFlight: number;
}

export class LoadRun {
  private readonly connections: readonly LoadConnection[];
  private readonly depth: number;
  private readonly value: Buffer;
  /** How many keys a set was sent for: their indexes are 0 to this − 1. */
  private keysSent = 0;
  /** Indexes of the keys whose first set was answered. */
  private readonly stored: number[] = [];
  /** Keys that were deleted, and confirmed to be absent. */
  private keysRemoved = 0;
  private readonly latency = new LatencyHistogram();
  private readonly counts = { sets: 0, gets: 0, hits: 0, misses: 0, errors: 0 };
  private readonly startedAtMs = performance.now();
  private endedAtMs: number | null = null;
  private nextConnection = 0;
  private lastError: string | null = null;

  constructor(
    sessions: readonly PipelinedSession[],
    private readonly prefix: string,
    private readonly plan: ActionInputs["load_test"],
    /** The longest life of a key, in seconds. */
    private readonly exptime: number,
  ) {
    this.connections = sessions.map((session) => ({ session, inFlight: 0 }));
    this.depth = Math.max(1, Math.min(DEPTH, Math.floor(DEPTH_BYTES / plan.valueBytes)));
    this.value = Buffer.alloc(plan.valueBytes, "memfleet load test ");
  }

  /** Requests that ended, with an error or without. */
  get operations(): number {
    return this.counts.sets + this.counts.gets + this.counts.errors;
  }

  /** How long the load has lasted, without the removal of its keys. */
  get seconds(): number {
    return ((this.endedAtMs ?? performance.now()) - this.startedAtMs) / 1_000;
  }

  /** Whether the load is still running; afterwards its keys are removed. */
  get loading(): boolean {
    return this.endedAtMs === null;
  }

  get sets(): number {
    return this.counts.sets;
  }

  get gets(): number {
    return this.counts.gets;
  }

  get errors(): number {
    return this.counts.errors;
  }

  /** The message of the last error, in English; null when there was none. */
  get problem(): string | null {
    return this.lastError;
  }

  /** Keys that were sent and not confirmed to be removed. */
  get keysLeft(): number {
    return this.keysSent - this.keysRemoved;
  }

  /** The load itself. Resolves when the time is over, `signal` aborts, or no connection is left. */
  async load(signal: AbortSignal): Promise<void> {
    const { operationsPerSecond, seconds } = this.plan;
    await this.paced(operationsPerSecond, seconds * 1_000, signal, () => {
      const connection = this.freeConnection();
      if (connection === null) return "full";
      this.operate(connection);
      return "sent";
    });
    this.endedAtMs = performance.now();
  }

  /**
   * Deletes every key that was sent and checks that it is absent. Resolves when that is done, or after `mostMs`: the
   * remaining keys expire.
   */
  async remove(mostMs: number): Promise<void> {
    let next = 0;
    // A delete and a get are two requests.
    await this.paced(this.plan.operationsPerSecond / 2, mostMs, null, () => {
      if (next >= this.keysSent) return "done";
      const connection = this.freeConnection();
      if (connection === null) return "full";
      this.track(connection, this.removeKey(connection.session, this.key(next++)));
      return "sent";
    });
  }

  /** Counts, rates and percentiles so far: the measurements of `load_test`. */
  measurements(): Measurements {
    const { latency, seconds } = this;
    return {
      operations: this.operations,
      operationsPerSecond: seconds > 0 ? this.operations / seconds : null,
      ...this.counts,
      p50Ms: latency.percentileMs(0.5),
      p95Ms: latency.percentileMs(0.95),
      p99Ms: latency.percentileMs(0.99),
      maxMs: latency.maxMs,
      seconds,
      keysSent: this.keysSent,
      keysLeft: this.keysLeft,
    };
  }

  /** Calls `send` as often as the rate allows until the time is over, and then waits for what is in flight. */
  private async paced(
    perSecond: number,
    mostMs: number,
    signal: AbortSignal | null,
    send: () => "sent" | "full" | "done",
  ): Promise<void> {
    const startedAtMs = performance.now();
    const bucket = new TokenBucket(perSecond, startedAtMs);
    for (let now = startedAtMs; now - startedAtMs < mostMs && !signal?.aborted; now = performance.now()) {
      let outcome: "sent" | "full" | "done" = "sent";
      while (outcome === "sent" && bucket.take(now)) outcome = send();
      if (outcome === "done" || this.connections.every(({ session }) => session.ended !== null)) break;
      await sleep(Math.min(LONGEST_SLEEP_MS, Math.max(1, bucket.waitMs)));
    }
    while (this.connections.some(({ inFlight, session }) => inFlight > 0 && session.ended === null)) {
      await sleep(1);
    }
  }

  /** The next connection, in rotation, that may take a request; null when none may. */
  private freeConnection(): LoadConnection | null {
    for (let tried = 0; tried < this.connections.length; tried++) {
      const connection = this.connections[this.nextConnection++ % this.connections.length];
      if (connection && connection.session.ended === null && connection.inFlight < this.depth) {
        return connection;
      }
    }
    return null;
  }

  private operate(connection: LoadConnection): void {
    const { setShare } = this.plan;
    const isSet = setShare > 0 && (this.stored.length === 0 || Math.random() < setShare);
    const sentAtMs = performance.now();
    const done = isSet ? this.set(connection.session) : this.get(connection.session);
    this.track(
      connection,
      done.then(
        () => this.latency.add(performance.now() - sentAtMs),
        (error) => {
          this.counts.errors++;
          this.noteError(error);
        },
      ),
    );
  }

  private noteError(error: unknown): void {
    this.lastError = error instanceof Error ? error.message : String(error);
  }

  private async set(session: PipelinedSession): Promise<void> {
    const isNew = this.keysSent < this.plan.keys;
    const index = isNew ? this.keysSent++ : this.randomIndex();
    await session.set(this.key(index), this.value, this.exptime);
    if (isNew) this.stored.push(index);
    this.counts.sets++;
  }

  /** Gets a key that is stored; when the test stores none, one that is absent. */
  private async get(session: PipelinedSession): Promise<void> {
    const index = this.stored[Math.floor(Math.random() * this.stored.length)] ?? this.randomIndex();
    const size = await session.get(this.key(index));
    if (size !== null && size !== this.plan.valueBytes) {
      throw new Error(`unexpected value of ${size} bytes`);
    }
    this.counts.gets++;
    if (size === null) this.counts.misses++;
    else this.counts.hits++;
  }

  private async removeKey(session: PipelinedSession, key: string): Promise<void> {
    try {
      await session.delete(key);
      if ((await session.get(key)) === null) this.keysRemoved++;
    } catch (error) {
      this.noteError(error);
    }
  }

  /** `done` must not reject. */
  private track(connection: LoadConnection, done: Promise<void>): void {
    connection.inFlight++;
    done.finally(() => {
      connection.inFlight--;
    });
  }

  private randomIndex(): number {
    return Math.floor(Math.random() * this.plan.keys);
  }

  private key(index: number): string {
    return `${this.prefix}${index}`;
  }
}
