/** The work of a load test: sets and gets over several connections, at a rate and for a time that are never exceeded. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PipelinedSession } from "@/lib/memcached/contract";
import { LatencyHistogram } from "@/lib/metrics/latency-histogram";
import type { ActionInputs, Figures } from "@/lib/model/actions/action.schema";
import { TokenBucket } from "./token-bucket";

/** Requests under way on one connection, at most, and the bytes of their values. */
const DEPTH = 32;
const DEPTH_BYTES = 262_144;
/** Longest rest between two looks at the clock, in milliseconds: stopping takes no longer. */
const LONGEST_REST_MS = 20;

interface LoadConnection {
  readonly session: PipelinedSession;
  underWay: number;
}

/** Keys that an operation may name. */
interface Stock {
  /** Keys that a set was sent for: the first so many. */
  begun: number;
  /** Those whose set was answered. */
  readonly stored: number[];
}

export class LoadRun {
  private readonly connections: readonly LoadConnection[];
  private readonly depth: number;
  private readonly value: Buffer;
  private readonly stock: Stock = { begun: 0, stored: [] };
  private readonly latency = new LatencyHistogram();
  private readonly counts = { sets: 0, gets: 0, hits: 0, misses: 0, errors: 0 };
  private readonly startedAtMs = performance.now();
  private endedAtMs: number | null = null;
  private turn = 0;
  private lastError: string | null = null;
  /** Removed keys and those that were asked for afterwards and not found. */
  private gone = 0;

  constructor(
    sessions: readonly PipelinedSession[],
    private readonly prefix: string,
    private readonly plan: ActionInputs["load_test"],
    /** Seconds that a key lives at most. */
    private readonly exptime: number,
  ) {
    this.connections = sessions.map((session) => ({ session, underWay: 0 }));
    this.depth = Math.max(1, Math.min(DEPTH, Math.floor(DEPTH_BYTES / plan.valueBytes)));
    this.value = Buffer.alloc(plan.valueBytes, "memfleet load test ");
  }

  /** Requests that were answered, well or not. */
  get operations(): number {
    return this.counts.sets + this.counts.gets + this.counts.errors;
  }

  /** How long the load has lasted, without the removal. */
  get seconds(): number {
    return ((this.endedAtMs ?? performance.now()) - this.startedAtMs) / 1_000;
  }

  /** Whether the load goes on; afterwards its keys are removed. */
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

  /** What the last request that failed came to, in English; null when none did. */
  get problem(): string | null {
    return this.lastError;
  }

  /** Keys that were sent and are not known to be gone. */
  get keysLeft(): number {
    return this.stock.begun - this.gone;
  }

  /** The load itself. Resolves when the time is over, `signal` aborts, or no connection is left. */
  async load(signal: AbortSignal): Promise<void> {
    const { operationsPerSecond, seconds } = this.plan;
    await this.paced(operationsPerSecond, seconds * 1_000, signal, () => {
      const lane = this.freeConnection();
      if (lane === null) return "full";
      this.operate(lane);
      return "sent";
    });
    this.endedAtMs = performance.now();
  }

  /**
   * Deletes every key that was sent and asks for it again. Resolves when that is done, or after `mostMs`, when the
   * rest is left to its exptime.
   */
  async remove(mostMs: number): Promise<void> {
    let next = 0;
    // A deletion and a look are two requests.
    await this.paced(this.plan.operationsPerSecond / 2, mostMs, null, () => {
      if (next >= this.stock.begun) return "done";
      const lane = this.freeConnection();
      if (lane === null) return "full";
      const key = this.key(next++);
      this.follow(lane, this.removeOne(lane.session, key));
      return "sent";
    });
  }

  /** Counts, rates and percentiles so far: see `load_test` among the figures. */
  figures(): Figures {
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
      keysSent: this.stock.begun,
      keysLeft: this.keysLeft,
    };
  }

  /** Calls `send` as often as the rate allows until the time is over, and then waits for what is under way. */
  private async paced(
    perSecond: number,
    mostMs: number,
    signal: AbortSignal | null,
    send: () => "sent" | "full" | "done",
  ): Promise<void> {
    const startedAtMs = performance.now();
    const pace = new TokenBucket(perSecond, startedAtMs);
    for (let now = startedAtMs; now - startedAtMs < mostMs && !signal?.aborted; now = performance.now()) {
      let outcome: "sent" | "full" | "done" = "sent";
      while (outcome === "sent" && pace.take(now)) outcome = send();
      if (outcome === "done" || this.connections.every(({ session: dialogue }) => dialogue.ended !== null))
        break;
      await sleep(Math.min(LONGEST_REST_MS, Math.max(1, pace.waitMs)));
    }
    while (
      this.connections.some(({ underWay, session: dialogue }) => underWay > 0 && dialogue.ended === null)
    )
      await sleep(1);
  }

  /** The next connection in turn that may take a request; null when none may. */
  private freeConnection(): LoadConnection | null {
    for (let tried = 0; tried < this.connections.length; tried++) {
      const lane = this.connections[this.turn++ % this.connections.length];
      if (lane && lane.session.ended === null && lane.underWay < this.depth) return lane;
    }
    return null;
  }

  private operate(lane: LoadConnection): void {
    const { setShare, keys } = this.plan;
    const { stored } = this.stock;
    const sets = setShare > 0 && (stored.length === 0 || Math.random() < setShare);
    const sentAtMs = performance.now();
    const done = sets ? this.setOne(lane.session) : this.getOne(lane.session, stored, keys);
    this.follow(
      lane,
      done.then(
        () => this.latency.add(performance.now() - sentAtMs),
        (error) => this.failed(error),
      ),
    );
  }

  private failed(error: unknown): void {
    this.counts.errors++;
    this.lastError = error instanceof Error ? error.message : String(error);
  }

  private async setOne(dialogue: PipelinedSession): Promise<void> {
    const { stock, plan } = this;
    const fresh = stock.begun < plan.keys;
    const index = fresh ? stock.begun++ : Math.floor(Math.random() * plan.keys);
    await dialogue.set(this.key(index), this.value, this.exptime);
    if (fresh) stock.stored.push(index);
    this.counts.sets++;
  }

  /** Asks for a key that is there; when the test stores none, for one that is not. */
  private async getOne(dialogue: PipelinedSession, stored: readonly number[], keys: number): Promise<void> {
    const index = stored[Math.floor(Math.random() * stored.length)] ?? Math.floor(Math.random() * keys);
    const size = await dialogue.get(this.key(index));
    if (size !== null && size !== this.plan.valueBytes) throw new Error(`a value of ${size} bytes came back`);
    this.counts.gets++;
    if (size === null) this.counts.misses++;
    else this.counts.hits++;
  }

  private async removeOne(dialogue: PipelinedSession, key: string): Promise<void> {
    try {
      await dialogue.delete(key);
      if ((await dialogue.get(key)) === null) this.gone++;
    } catch (error) {
      this.lastError = error instanceof Error ? error.message : String(error);
    }
  }

  /** `done` never rejects. */
  private follow(lane: LoadConnection, done: Promise<void>): void {
    lane.underWay++;
    done.finally(() => {
      lane.underWay--;
    });
  }

  private key(index: number): string {
    return `${this.prefix}${index}`;
  }
}
