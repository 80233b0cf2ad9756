/**
 * Writes what waits, oldest first, a few requests at a time. What cannot be delivered stays and is tried again, later
 * and later; what the engine refuses for its content is dropped, because it would refuse it again.
 */
import type { Marker } from "@/lib/model/series.schema";
import type { SampleBatch } from "../contract";
import { Backlog, type Queued, QueuedBatch } from "./backlog";
import { errorMessageIn, NoAnswer, post } from "./http";
import { MemfleetEncoder } from "./memfleet-encoder";
import { type RemoteSettings, shownUrl } from "./settings";
import type { WriteRequest } from "./write-request";

/** Nodes in one request: some four thousand samples, a few milliseconds of work. */
const NODES_IN_REQUEST = 50;
const REQUESTS_AT_ONCE = 4;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
/** How long a refusal is shown after it happened. */
const REFUSAL_SHOWN_MS = 300_000;
const LARGEST_ANSWER_BYTES = 1_048_576;

/** Answers that say nothing about the content: the sign-in, the address or the moment was wrong. */
const TRY_AGAIN: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 408, 425, 429]);

const SAME_MOMENT = /duplicate sample/i;

const PROTOCOL_HEADERS = {
  "content-type": "application/x-protobuf",
  "content-encoding": "snappy",
  "x-prometheus-remote-write-version": "0.1.0",
  "user-agent": "memfleet",
};

type Outcome = "written" | "refused" | { readonly againInMs: number | null };

export interface RemoteWriterState {
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
  private turn: Promise<unknown> = Promise.resolve();
  private waitMs = FIRST_WAIT_MS;
  private wake: (() => void) | null = null;
  private problem: string | null = null;
  private refusal: { readonly said: string; readonly atMs: number } | null = null;
  private refusedSamples = 0;
  /** Sweeps dropped when the trouble that lasts began. */
  private droppedBefore = 0;

  constructor(
    private readonly settings: RemoteSettings & { readonly writeUrl: string },
    private readonly now: () => number,
    private readonly onDefect: (error: unknown) => void,
  ) {
    this.backlog = new Backlog(settings.buffer);
    this.encoder = new MemfleetEncoder(settings.externalLabels);
  }

  /** Takes a sweep; its arrays may be reused afterwards. */
  sweep(sweep: SampleBatch): void {
    this.take(new QueuedBatch(sweep));
  }

  mark(markers: readonly Marker[]): void {
    this.take({ kind: "markers", atMs: this.now(), markers });
  }

  state(): RemoteWriterState {
    const { backlog, refusal } = this;
    const address = shownUrl(this.settings.writeUrl);
    const dropped = backlog.droppedSweeps - this.droppedBefore;
    if (this.problem !== null) {
      const lost = dropped > 0 ? `; ${dropped} older ones had to be dropped` : "";
      const problem = `History cannot be written to ${address}: ${this.problem}. ${backlog.length} sweeps wait in memory${lost}.`;
      return { problem, losing: dropped > 0 };
    }
    if (refusal !== null && this.now() - refusal.atMs < REFUSAL_SHOWN_MS) {
      const problem = `${address} refused what was written: ${refusal.said}. ${this.refusedSamples} samples are lost.`;
      return { problem, losing: true };
    }
    return { problem: null, losing: false };
  }

  /** Sweeps dropped since the start. */
  get dropped(): number {
    return this.backlog.droppedSweeps;
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.running;
  }

  /** Tries what waits once more, for at most `withinMs`, and ends. */
  async close(withinMs: number): Promise<void> {
    this.wake?.();
    const timer = setTimeout(() => this.stopping.abort(), withinMs);
    await this.running;
    clearTimeout(timer);
    this.stopping.abort();
  }

  private take(one: Queued): void {
    this.backlog.add(one);
    if (this.backlog.length > 1) void this.backlog.pack().catch(this.onDefect);
    if (!this.active) this.running = this.run();
  }

  /** Whoever adds something after the last look begins anew: the end and the look are one step. */
  private async run(): Promise<void> {
    this.active = true;
    try {
      for (let one = this.backlog.first(); one !== undefined; one = this.backlog.first()) {
        const againInMs = await this.write(one).catch((error: unknown) => {
          this.onDefect(error);
          return null;
        });
        if (this.stopping.signal.aborted) return;
        if (againInMs === null) this.wrote(one);
        else await this.pause(againInMs);
        if (this.stopping.signal.aborted) return;
      }
    } finally {
      this.active = false;
    }
  }

  private wrote(one: Queued): void {
    this.backlog.done(one);
    this.waitMs = FIRST_WAIT_MS;
    this.problem = null;
    this.droppedBefore = this.backlog.droppedSweeps;
  }

  /** Null when it is done with; else after how many milliseconds to try again. */
  private async write(one: Queued): Promise<number | null> {
    if (one.kind === "markers")
      return againIn([await this.send(this.encoder.markers(one.markers))], this.waitMs);
    const rows = one.rows();
    one.parts ??= Array.from(
      { length: Math.ceil(one.nodes.length / NODES_IN_REQUEST) },
      (_, index) => index * NODES_IN_REQUEST,
    );
    while (one.parts.length > 0) {
      const some = one.parts.slice(0, REQUESTS_AT_ONCE);
      const outcomes = await Promise.all(
        some.map(async (from) => {
          // Encoding takes a few milliseconds each time: everybody else has a turn in between.
          this.turn = this.turn.then(() => new Promise(setImmediate));
          await this.turn;
          const until = Math.min(from + NODES_IN_REQUEST, one.nodes.length);
          return this.send(this.encoder.sweep(rows, from, until));
        }),
      );
      const failed = some.filter((_, index) => typeof outcomes[index] === "object");
      one.parts = [...failed, ...one.parts.slice(some.length)];
      const wait = againIn(outcomes, this.waitMs);
      if (wait !== null) return wait;
    }
    return null;
  }

  private async send(request: WriteRequest | null): Promise<Outcome> {
    if (request === null) return "written";
    const { writeUrl: url, headers, timeoutMs } = this.settings;
    try {
      const {
        status,
        body,
        headers: answered,
      } = await post({
        url,
        headers: { ...PROTOCOL_HEADERS, ...headers },
        body: request.body(),
        timeoutMs,
        largestBytes: LARGEST_ANSWER_BYTES,
        stop: this.stopping.signal,
      });
      if (status >= 200 && status < 300) return "written";
      const serverMessage = `status ${status}${body.length === 0 ? "" : ` (${errorMessageIn(body)})`}`;
      if (status >= 400 && status < 500 && !TRY_AGAIN.has(status)) {
        // A sweep of the same moment is there already, from before a restart of this process: it stands.
        return SAME_MOMENT.test(serverMessage) ? "written" : this.refused(serverMessage, request.samples);
      }
      this.problem = `it answered with ${serverMessage}`;
      const seconds = Number(answered.get("retry-after") ?? Number.NaN);
      return { againInMs: seconds >= 0 ? seconds * 1_000 : null };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.problem = error.message;
      return { againInMs: null };
    }
  }

  private refused(said: string, samples: number): Outcome {
    this.refusal = { said, atMs: this.now() };
    this.refusedSamples += samples;
    return "refused";
  }

  private pause(ms: number): Promise<void> {
    this.waitMs = Math.min(LONGEST_WAIT_MS, this.waitMs * 2);
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

/** When to try again those that could not be delivered; null when there are none. */
function againIn(outcomes: readonly Outcome[], waitMs: number): number | null {
  const waits = outcomes.flatMap((one) => (typeof one === "object" ? [one.againInMs ?? waitMs] : []));
  return waits.length === 0 ? null : Math.min(LONGEST_WAIT_MS, Math.max(...waits));
}
