/**
 * Writes the backlog, oldest first, a few requests at a time. Failed requests are retried with growing delays; requests
 * that the engine rejects for their content are dropped, because it would reject them again.
 */
import type { Marker } from "@/lib/model/series.schema";
import type { SampleBatch } from "../contract";
import { Backlog, type Queued, QueuedBatch } from "./backlog";
import { EngineError, errorMessageIn, isWebPage, post } from "./http";
import { MemfleetEncoder } from "./memfleet-encoder";
import { type RemoteSettings, shownUrl } from "./settings";
import type { WriteRequest } from "./write-request";

/** Nodes in one request: some four thousand samples, a few milliseconds of work. */
const NODES_IN_REQUEST = 50;
const CONCURRENT_REQUESTS = 4;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 15_000;
/** How long a rejection is reported. */
const REFUSAL_SHOWN_MS = 300_000;
const MAX_RESPONSE_BYTES = 1_048_576;

/** Statuses that do not concern the content but the credentials, the address or the load. */
const RETRIED_STATUSES: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 408, 425, 429]);

const SAME_MOMENT = /duplicate sample/i;

const PROTOCOL_HEADERS = {
  "content-type": "application/x-protobuf",
  "content-encoding": "snappy",
  "x-prometheus-remote-write-version": "0.1.0",
  "user-agent": "memfleet",
};

type Outcome = "written" | "refused" | { readonly retryInMs: number | null };

interface RemoteWriterState {
  /** Why nothing can be delivered; null while all is well. */
  readonly problem: string | null;
  /** Whether something is being lost. */
  readonly losing: boolean;
}

export class RemoteWriter {
  private readonly backlog: Backlog;
  private readonly encoder: MemfleetEncoder;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private active = false;
  private encodingQueue: Promise<unknown> = Promise.resolve();
  private waitMs = FIRST_WAIT_MS;
  private wake: (() => void) | null = null;
  private problem: string | null = null;
  private refusal: { readonly message: string; readonly atMs: number } | null = null;
  private refusedSamples = 0;
  /** Batches dropped before the current problem. */
  private droppedBefore = 0;

  constructor(
    private readonly settings: RemoteSettings & { readonly writeUrl: string },
    private readonly now: () => number,
    private readonly onDefect: (error: unknown) => void,
  ) {
    this.backlog = new Backlog(settings.buffer);
    this.encoder = new MemfleetEncoder(settings.externalLabels);
  }

  /** Copies a batch; its arrays may be reused afterwards. */
  append(batch: SampleBatch): void {
    this.enqueue(new QueuedBatch(batch));
  }

  mark(markers: readonly Marker[]): void {
    this.enqueue({ kind: "markers", atMs: this.now(), markers });
  }

  state(): RemoteWriterState {
    const { backlog, refusal } = this;
    const address = shownUrl(this.settings.writeUrl);
    const dropped = backlog.droppedBatches - this.droppedBefore;
    if (this.problem !== null) {
      const lost = dropped > 0 ? `; ${dropped} older ones were dropped` : "";
      const problem = `Can’t write history to ${address}: ${this.problem}. ${backlog.length} batches are waiting in memory${lost}.`;
      return { problem, losing: dropped > 0 };
    }
    if (refusal !== null && this.now() - refusal.atMs < REFUSAL_SHOWN_MS) {
      const problem = `${address} rejected samples: ${refusal.message}. ${this.refusedSamples} samples were lost.`;
      return { problem, losing: true };
    }
    return { problem: null, losing: false };
  }

  /** Batches dropped since the start. */
  get dropped(): number {
    return this.backlog.droppedBatches;
  }

  /** Resolves when the backlog is empty. */
  async settled(): Promise<void> {
    await this.running;
  }

  /** Tries to write the backlog for at most `withinMs`, then stops. */
  async close(withinMs: number): Promise<void> {
    this.wake?.();
    const timer = setTimeout(() => this.stopping.abort(), withinMs);
    await this.running;
    clearTimeout(timer);
    this.stopping.abort();
  }

  private enqueue(entry: Queued): void {
    this.backlog.add(entry);
    if (this.backlog.length > 1) void this.backlog.pack().catch(this.onDefect);
    if (!this.active) this.running = this.run();
  }

  /** Checking for more and ending are one synchronous step, so that a later entry starts a new run. */
  private async run(): Promise<void> {
    this.active = true;
    try {
      for (let entry = this.backlog.first(); entry !== undefined; entry = this.backlog.first()) {
        const retryInMs = await this.write(entry).catch((error: unknown) => {
          this.onDefect(error);
          return null;
        });
        if (this.stopping.signal.aborted) return;
        if (retryInMs === null) this.onWritten(entry);
        else await this.pause(retryInMs);
        if (this.stopping.signal.aborted) return;
      }
    } finally {
      this.active = false;
    }
  }

  private onWritten(entry: Queued): void {
    this.backlog.done(entry);
    this.waitMs = FIRST_WAIT_MS;
    this.problem = null;
    this.droppedBefore = this.backlog.droppedBatches;
  }

  /** Null when the entry is done; else after how many milliseconds to retry. */
  private async write(entry: Queued): Promise<number | null> {
    if (entry.kind === "markers")
      return retryIn([await this.send(this.encoder.markers(entry.markers))], this.waitMs);
    const rows = entry.rows();
    entry.parts ??= Array.from(
      { length: Math.ceil(entry.nodes.length / NODES_IN_REQUEST) },
      (_, index) => index * NODES_IN_REQUEST,
    );
    while (entry.parts.length > 0) {
      const current = entry.parts.slice(0, CONCURRENT_REQUESTS);
      const outcomes = await Promise.all(
        current.map(async (from) => {
          // Encoding takes a few milliseconds each time; other work runs in between.
          this.encodingQueue = this.encodingQueue.then(() => new Promise(setImmediate));
          await this.encodingQueue;
          const until = Math.min(from + NODES_IN_REQUEST, entry.nodes.length);
          return this.send(this.encoder.batch(rows, from, until));
        }),
      );
      const failed = current.filter((_, index) => typeof outcomes[index] === "object");
      entry.parts = [...failed, ...entry.parts.slice(current.length)];
      const wait = retryIn(outcomes, this.waitMs);
      if (wait !== null) return wait;
    }
    return null;
  }

  private async send(request: WriteRequest | null): Promise<Outcome> {
    if (request === null) return "written";
    const { writeUrl: url, headers, timeoutMs } = this.settings;
    try {
      const response = await post({
        url,
        headers: { ...PROTOCOL_HEADERS, ...headers },
        body: request.body(),
        timeoutMs,
        maxBytes: MAX_RESPONSE_BYTES,
        stop: this.stopping.signal,
      });
      const { status, body } = response;
      if (status >= 200 && status < 300) {
        if (!isWebPage(response)) return "written";
        this.problem = `a web page was received (HTTP status ${status}) where a remote-write endpoint was expected; check writeUrl and its sign-in`;
        return { retryInMs: null };
      }
      const serverMessage = `status ${status}${body.length === 0 ? "" : ` (${errorMessageIn(body)})`}`;
      if (status >= 400 && status < 500 && !RETRIED_STATUSES.has(status)) {
        // The batch was already written before a restart of this process.
        return SAME_MOMENT.test(serverMessage) ? "written" : this.reject(serverMessage, request.samples);
      }
      this.problem = `HTTP ${serverMessage}`;
      const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
      return { retryInMs: seconds >= 0 ? seconds * 1_000 : null };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.problem = error.message;
      return { retryInMs: null };
    }
  }

  private reject(message: string, samples: number): Outcome {
    this.refusal = { message, atMs: this.now() };
    this.refusedSamples += samples;
    return "refused";
  }

  private pause(ms: number): Promise<void> {
    this.waitMs = Math.min(MAX_WAIT_MS, this.waitMs * 2);
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.wake = null;
        this.stopping.signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      timer.unref();
      this.wake = end;
      this.stopping.signal.addEventListener("abort", end);
    });
  }
}

/** When to retry the undelivered requests; null without any. */
function retryIn(outcomes: readonly Outcome[], waitMs: number): number | null {
  const waits = outcomes.flatMap((outcome) =>
    typeof outcome === "object" ? [outcome.retryInMs ?? waitMs] : [],
  );
  return waits.length === 0 ? null : Math.min(MAX_WAIT_MS, Math.max(...waits));
}
