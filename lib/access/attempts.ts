/** Limits attempts: a number of them at once, which are restored one by one over a period. */
import { TooManyError } from "@/lib/model/errors";

export interface AttemptLimit {
  readonly tries: number;
  /** Period in which that many attempts are restored, in milliseconds. */
  readonly windowMs: number;
}

interface Usage {
  tries: number;
  atMs: number;
}

/** Keys in memory at most: the least recently used are dropped. */
const CAPACITY = 20_000;

export class Attempts {
  private readonly usage = new Map<string, Usage>();

  constructor(
    private readonly limit: AttemptLimit,
    private readonly nowMs: () => number,
  ) {}

  /** Milliseconds until the next attempt is allowed; 0 when one is left. */
  waitMs(key: string): number {
    const excess = this.triesOf(key) + 1 - this.limit.tries;
    return excess <= 0 ? 0 : Math.ceil((excess * this.limit.windowMs) / this.limit.tries);
  }

  /** Counts an attempt. */
  take(key: string): void {
    const tries = this.triesOf(key) + 1;
    this.usage.delete(key);
    this.usage.set(key, { tries, atMs: this.nowMs() });
    if (this.usage.size > CAPACITY) this.usage.delete(this.usage.keys().next().value as string);
  }

  /** The attempt succeeded: it does not count. */
  giveBack(key: string): void {
    const usage = this.usage.get(key);
    if (usage) usage.tries = Math.max(0, usage.tries - 1);
  }

  private triesOf(key: string): number {
    const usage = this.usage.get(key);
    if (!usage) return 0;
    const regained = ((this.nowMs() - usage.atMs) / this.limit.windowMs) * this.limit.tries;
    return Math.max(0, usage.tries - Math.max(0, regained));
  }
}

/**
 * Counts an attempt against every limit, or against none: a rejected attempt must not use up a limit that other
 * clients share.
 * @throws TooManyError
 */
export function reserveAll(counts: readonly (readonly [Attempts, string])[]): void {
  const waitMs = Math.max(...counts.map(([attempts, key]) => attempts.waitMs(key)));
  if (waitMs > 0) {
    throw new TooManyError("too many attempts; try again later", Math.ceil(waitMs / 1_000));
  }
  for (const [attempts, key] of counts) attempts.take(key);
}
