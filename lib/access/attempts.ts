/** Counting tries: so many at once, and then one at a time as the window goes by. */
import { TooManyError } from "@/lib/model/errors";

export interface AttemptLimit {
  readonly tries: number;
  /** In which as many tries come back, in milliseconds. */
  readonly windowMs: number;
}

interface Spent {
  tries: number;
  atMs: number;
}

/** Keys remembered at most: beyond it those that have been quiet longest are forgotten. */
const CAPACITY = 20_000;

export class Attempts {
  private readonly spent = new Map<string, Spent>();

  constructor(
    private readonly limit: AttemptLimit,
    private readonly nowMs: () => number,
  ) {}

  /** Milliseconds until the next try; 0 when one is left. */
  waitMs(key: string): number {
    const tries = this.triesOf(key);
    const over = tries + 1 - this.limit.tries;
    return over <= 0 ? 0 : Math.ceil((over * this.limit.windowMs) / this.limit.tries);
  }

  /** Counts a try. */
  take(key: string): void {
    const tries = this.triesOf(key) + 1;
    this.spent.delete(key);
    this.spent.set(key, { tries, atMs: this.nowMs() });
    if (this.spent.size > CAPACITY) this.spent.delete(this.spent.keys().next().value as string);
  }

  /** The try was a good one after all. */
  giveBack(key: string): void {
    const known = this.spent.get(key);
    if (known) known.tries = Math.max(0, known.tries - 1);
  }

  private triesOf(key: string): number {
    const known = this.spent.get(key);
    if (!known) return 0;
    const back = ((this.nowMs() - known.atMs) / this.limit.windowMs) * this.limit.tries;
    return Math.max(0, known.tries - Math.max(0, back));
  }
}

/**
 * Takes a try of each, or of none and throws `TooManyError`: a try that was not let through counts nowhere, so
 * that whoever is stopped by one limit does not use up another that others share.
 */
export function reserveAll(counts: readonly (readonly [Attempts, string])[]): void {
  const waitMs = Math.max(...counts.map(([attempts, key]) => attempts.waitMs(key)));
  if (waitMs > 0)
    throw new TooManyError("too many tries; wait before the next one", Math.ceil(waitMs / 1_000));
  for (const [attempts, key] of counts) attempts.take(key);
}
