import { aborted } from "@/lib/concurrency/abortable";
import type { DiscoverySettings } from "@/lib/config/contract";
import { type DiscoveredTarget, type DiscoverySource, SourceUnavailable } from "./contract";

/** A read that takes longer fails; the next one is tried later. */
const READ_MS = 10_000;
/** After a failure the source is read again within this time. */
const RETRY_MS = 10_000;

/** A problem of a source, and since when. */
interface SourceProblem {
  readonly detail: string;
  /** Unix milliseconds. */
  readonly sinceMs: number;
}

/** The last result of one source. */
interface LastResult {
  /** The last good list; null before the first. */
  readonly targets: readonly DiscoveredTarget[] | null;
  /** Why the newest read failed; null when it succeeded. */
  readonly failure: SourceProblem | null;
  /** Problems of the last good list; null without any. */
  readonly incomplete: SourceProblem | null;
}

interface PolledSourceOptions {
  readonly open: (settings: DiscoverySettings) => DiscoverySource;
  /** Called when the result changes. */
  readonly onChange: () => void;
  /** Called for errors other than `SourceUnavailable`. */
  readonly onDefect: (error: unknown) => void;
  /** The result of the source that this one replaces. */
  readonly last?: LastResult;
}

/**
 * Reads one source repeatedly: one read at a time, the next when the list's TTL is over. The timer does not keep the
 * process alive.
 */
export class PolledSource {
  /** Resolves after the first read. */
  readonly first: Promise<void>;
  private result: LastResult;
  private timer: NodeJS.Timeout | null = null;
  private abort: AbortController | null = null;
  private closed = false;
  private readonly source: DiscoverySource;

  constructor(
    readonly pool: string,
    readonly settings: DiscoverySettings,
    private readonly options: PolledSourceOptions,
  ) {
    this.result = options.last ?? { targets: null, failure: null, incomplete: null };
    this.source = options.open(settings);
    this.first = this.poll();
  }

  get last(): LastResult {
    return this.result;
  }

  close(): void {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.abort?.abort();
  }

  private async poll(): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    const deadline = setTimeout(() => abort.abort(), READ_MS);
    deadline.unref();
    const read = this.read(abort.signal);
    await Promise.race([read, aborted(abort.signal)]);
    clearTimeout(deadline);
    if (abort.signal.aborted) this.failed("timeout");
    // A source that ignores the signal is not read again before it settles.
    void read.then((ttlMs) => this.schedule(ttlMs));
  }

  /** Reads and stores the result. Returns when to read again, in milliseconds. Never rejects. */
  private async read(signal: AbortSignal): Promise<number> {
    try {
      const { targets, problems, ttlMs } = await this.source.read(signal);
      if (signal.aborted) return RETRY_MS;
      this.change({ targets, failure: null, incomplete: this.since(problems, this.result.incomplete) });
      return ttlMs;
    } catch (error) {
      if (!(error instanceof SourceUnavailable) && !signal.aborted) this.options.onDefect(error);
      if (!signal.aborted)
        this.failed(
          error instanceof SourceUnavailable ? error.message : "internal error; see the server log",
        );
      return "refreshMs" in this.settings ? Math.min(RETRY_MS, this.settings.refreshMs) : 1_000;
    }
  }

  private failed(detail: string): void {
    this.change({ ...this.result, failure: this.since([detail], this.result.failure) });
  }

  /** A changed description does not restart the age of a problem. */
  private since(sentences: readonly string[], before: SourceProblem | null): SourceProblem | null {
    if (sentences.length === 0) return null;
    return { detail: bounded(sentences.join("; ")), sinceMs: before?.sinceMs ?? Date.now() };
  }

  private change(result: LastResult): void {
    if (this.closed) return;
    const before = this.result;
    this.result = result;
    const same =
      result.failure?.detail === before.failure?.detail &&
      result.incomplete?.detail === before.incomplete?.detail &&
      sameTargets(result.targets, before.targets);
    if (!same) this.options.onChange();
  }

  private schedule(ms: number): void {
    if (this.closed) return;
    this.timer = setTimeout(() => void this.poll(), ms);
    this.timer.unref();
  }
}

function sameTargets(a: LastResult["targets"], b: LastResult["targets"]): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

const MAX_DETAIL = 600;

function bounded(text: string): string {
  return text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL)}…` : text;
}
