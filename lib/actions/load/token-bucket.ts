/** How many permits may accumulate while nothing is sent, in milliseconds of the rate: a delay is not caught up. */
const BURST_MS = 20;

/**
 * A rate that is never exceeded: up to any moment at most `perSecond` × the seconds since the start, and within any
 * span no more than that span's share and 20 ms of the rate (at least one).
 */
export class TokenBucket {
  private readonly perMs: number;
  private readonly capacity: number;
  private permits = 0;
  private refilledAtMs: number;

  /** `nowMs` on a monotonic clock. */
  constructor(perSecond: number, nowMs: number) {
    this.perMs = perSecond / 1_000;
    this.capacity = Math.max(1, this.perMs * BURST_MS);
    this.refilledAtMs = nowMs;
  }

  /** Takes one permit if there is one. */
  take(nowMs: number): boolean {
    this.permits = Math.min(
      this.capacity,
      this.permits + Math.max(0, nowMs - this.refilledAtMs) * this.perMs,
    );
    this.refilledAtMs = Math.max(this.refilledAtMs, nowMs);
    if (this.permits < 1) return false;
    this.permits--;
    return true;
  }

  /** Milliseconds until the next permit, as of the last `take`. */
  get waitMs(): number {
    return Math.max(0, (1 - this.permits) / this.perMs);
  }
}
