import type { DiscoverySettings } from "@/lib/config/contract";
import { type DiscoveredTarget, type DiscoverySource, SourceUnavailable } from "./contract";

/** A source that has not answered by now is given up until its next turn. */
const ASK_MS = 10_000;
/** After a failure a source is asked again no later than this. */
const RETRY_MS = 10_000;

/** Something is not as it should be, and since when. */
export interface SourceProblem {
  readonly detail: string;
  /** Unix milliseconds. */
  readonly sinceMs: number;
}

/** What is known from one source. */
export interface LastResult {
  /** The last good list; null before the first. */
  readonly targets: readonly DiscoveredTarget[] | null;
  /** Why the newest asking gave no list; null when it gave one. */
  readonly failure: SourceProblem | null;
  /** What of the last good list cannot be used; null when all can. */
  readonly incomplete: SourceProblem | null;
}

export interface PolledSourceOptions {
  readonly open: (settings: DiscoverySettings) => DiscoverySource;
  /** Called when what is known has changed. */
  readonly onChange: () => void;
  /** Told of errors that are not `CouldNotAsk`. */
  readonly onDefect: (error: unknown) => void;
  /** What is known already, from the source that this one replaces. */
  readonly known?: LastResult;
}

/**
 * Asks one source again and again: one question at a time, the next when the answer's time is over. The timer
 * does not keep the process alive.
 */
export class PolledSource {
  /** Settles when the first question has. */
  readonly first: Promise<void>;
  #known: LastResult;
  #timer: NodeJS.Timeout | null = null;
  #abort: AbortController | null = null;
  #closed = false;
  readonly #source: DiscoverySource;

  constructor(
    readonly pool: string,
    readonly settings: DiscoverySettings,
    private readonly options: PolledSourceOptions,
  ) {
    this.#known = options.known ?? { targets: null, failure: null, incomplete: null };
    this.#source = options.open(settings);
    this.first = this.#turn();
  }

  get known(): LastResult {
    return this.#known;
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  async #turn(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    const deadline = setTimeout(() => abort.abort(), ASK_MS);
    deadline.unref();
    const answer = this.#ask(abort.signal);
    await Promise.race([answer, aborted(abort.signal)]);
    clearTimeout(deadline);
    if (abort.signal.aborted) this.#failed("no answer in time");
    // A source that ignores the signal is not asked again before it has settled.
    void answer.then((holdsMs) => this.#wait(holdsMs));
  }

  /** Asks, takes over what was said, and returns when to ask again, in milliseconds. Never rejects. */
  async #ask(signal: AbortSignal): Promise<number> {
    try {
      const { targets, problems: faults, ttlMs: holdsMs } = await this.#source.ask(signal);
      if (signal.aborted) return RETRY_MS;
      this.#change({ targets, failure: null, incomplete: this.#since(faults, this.#known.incomplete) });
      return holdsMs;
    } catch (error) {
      if (!(error instanceof SourceUnavailable) && !signal.aborted) this.options.onDefect(error);
      if (!signal.aborted)
        this.#failed(error instanceof SourceUnavailable ? error.message : "a fault in Memfleet");
      return "refreshMs" in this.settings ? Math.min(RETRY_MS, this.settings.refreshMs) : 1_000;
    }
  }

  #failed(detail: string): void {
    this.#change({ ...this.#known, failure: this.#since([detail], this.#known.failure) });
  }

  /** The same trouble in other words is as old as it was. */
  #since(sentences: readonly string[], before: SourceProblem | null): SourceProblem | null {
    if (sentences.length === 0) return null;
    return { detail: bounded(sentences.join("; ")), sinceMs: before?.sinceMs ?? Date.now() };
  }

  #change(known: LastResult): void {
    if (this.#closed) return;
    const before = this.#known;
    this.#known = known;
    const same =
      known.failure?.detail === before.failure?.detail &&
      known.incomplete?.detail === before.incomplete?.detail &&
      sameTargets(known.targets, before.targets);
    if (!same) this.options.onChange();
  }

  #wait(ms: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#turn(), ms);
    this.#timer.unref();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function sameTargets(one: LastResult["targets"], other: LastResult["targets"]): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

const LONGEST_DETAIL = 600;

function bounded(text: string): string {
  return text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL)}…` : text;
}
