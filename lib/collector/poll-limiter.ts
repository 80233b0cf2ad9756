/**
 * Bounded concurrency. A job that takes much longer than others releases its slot on lease, so that a rack that stops
 * responding at once does not delay other nodes.
 *
 * Invariants: jobs start in the order of `add`; at most `width` hold a slot, and at most `LEASES` times as many run on
 * lease; a timer runs only while a job waits.
 */

/** No slot is leased before this time. */
const PATIENCE_MS = 100;
/** How many times the usual duration counts as slow. Relative, because all jobs are slow when this process is. */
const SLOW_FACTOR = 4;
/** The usual duration is an average over about this many jobs. */
const AVERAGED_JOBS = 16;
const LEASES = 2;
/** A timer this late was delayed by this process, so the duration of jobs is meaningless. */
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

  /** Runs `job` now or when a slot is free. `job` must not reject. */
  add(job: () => Promise<void>): void {
    this.waiting.push(job);
    this.fill();
  }

  /** Whether a job waits for a slot. */
  get hasWaiters(): boolean {
    return this.waiting.length > 0;
  }

  private fill(): void {
    while (this.inUse.size < this.width) {
      const next = this.waiting.shift();
      if (next === undefined) break;
      this.run(next);
    }
    if (this.hasWaiters) this.startTimer();
    else this.stopTimer();
  }

  private run(job: () => Promise<void>): void {
    const slot = { sinceMs: performance.now() };
    this.inUse.add(slot);
    job().then(() => {
      if (this.inUse.delete(slot))
        this.usualMs += (performance.now() - slot.sinceMs - this.usualMs) / AVERAGED_JOBS;
      else this.leased--;
      this.fill();
    });
  }

  /** Leases slots when the oldest job becomes slow. */
  private startTimer(): void {
    if (this.timer !== null || this.leased >= LEASES * this.width) return;
    const [oldest] = this.inUse;
    if (oldest === undefined) return;
    const now = performance.now();
    const dueMs = Math.max(now + 1, oldest.sinceMs + this.patienceMs());
    const check = () => {
      this.timer = null;
      if (performance.now() - dueMs < LATE_MS) this.lease();
      this.fill();
    };
    this.timer = setTimeout(check, dueMs - now);
    this.timer.unref();
  }

  private stopTimer(): void {
    if (this.timer === null) return;
    clearTimeout(this.timer);
    this.timer = null;
  }

  private lease(): void {
    const before = performance.now() - this.patienceMs();
    for (const slot of this.inUse) {
      if (slot.sinceMs > before || this.leased >= LEASES * this.width) return;
      this.inUse.delete(slot);
      this.leased++;
    }
  }

  private patienceMs(): number {
    return Math.max(PATIENCE_MS, SLOW_FACTOR * this.usualMs);
  }
}
