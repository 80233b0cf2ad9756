/**
 * Bounded concurrency. Two lanes keep nodes that do not answer from taking the places of those that do; and a job
 * that takes much longer than others lends its place, so that a rack that falls silent at once delays nobody else.
 *
 * Invariants: jobs begin in the order of asking; at most `width` hold a place, and at most `LENT` times as many have
 * lent theirs; a timer runs only while somebody waits.
 */

/** Nobody lends a place before this time. */
const PATIENCE_MS = 100;
/** How many times longer than usual is much longer: when we ourselves are slow, everybody takes long. */
const MUCH_LONGER = 4;
/** Jobs that the usual time is an average over, roughly. */
const MEMORY = 16;
const LENT = 2;
/** A look that comes this much late was held up by us: nothing is to be told from how long others take. */
const LATE_MS = 20;

interface Slot {
  readonly sinceMs: number;
}

export class PollLimiter {
  /** Oldest first. */
  private readonly inUse = new Set<Slot>();
  private readonly waiting: (() => Promise<void>)[] = [];
  private leased = 0;
  private usualMs = PATIENCE_MS;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly width: number) {}

  /** Runs `job` now or when a place is free. `job` must not reject. */
  add(job: () => Promise<void>): void {
    this.waiting.push(job);
    this.fill();
  }

  /** Whether somebody waits for a place. */
  get hasWaiters(): boolean {
    return this.waiting.length > 0;
  }

  private fill(): void {
    while (this.inUse.size < this.width) {
      const next = this.waiting.shift();
      if (next === undefined) break;
      this.run(next);
    }
    if (this.hasWaiters) this.watch();
    else this.rest();
  }

  private run(job: () => Promise<void>): void {
    const place = { sinceMs: performance.now() };
    this.inUse.add(place);
    job().then(() => {
      if (this.inUse.delete(place))
        this.usualMs += (performance.now() - place.sinceMs - this.usualMs) / MEMORY;
      else this.leased--;
      this.fill();
    });
  }

  /** Looks again when the oldest will have had its time. */
  private watch(): void {
    if (this.timer !== null || this.leased >= LENT * this.width) return;
    const [oldest] = this.inUse;
    if (oldest === undefined) return;
    const now = performance.now();
    const dueMs = Math.max(now + 1, oldest.sinceMs + this.patienceMs());
    const look = () => {
      this.timer = null;
      if (performance.now() - dueMs < LATE_MS) this.lease();
      this.fill();
    };
    this.timer = setTimeout(look, dueMs - now);
    this.timer.unref();
  }

  private rest(): void {
    if (this.timer === null) return;
    clearTimeout(this.timer);
    this.timer = null;
  }

  private lease(): void {
    const before = performance.now() - this.patienceMs();
    for (const place of this.inUse) {
      if (place.sinceMs > before || this.leased >= LENT * this.width) return;
      this.inUse.delete(place);
      this.leased++;
    }
  }

  private patienceMs(): number {
    return Math.max(PATIENCE_MS, MUCH_LONGER * this.usualMs);
  }
}
