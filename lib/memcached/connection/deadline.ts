/** A timer that fires later than this, in milliseconds, means that this process stalled, not the node. */
const STALLED_MS = 100;
/** Time after a stall to read a reply that is already in the kernel, in milliseconds. */
const GRACE_MS = 250;

/**
 * The deadline of one request. What the request waits for is registered with `guard`, which is called when the time is
 * over.
 *
 * After a process was stopped (SIGSTOP, a sleeping laptop) or blocked, its timers fire before it has read what arrived in
 * the meantime. So there is one short grace period, and one tick of the event loop to read, before giving up.
 */
export class Deadline {
  private readonly endsAt: number;
  private timer: NodeJS.Timeout;
  private onExpired: (() => void) | null = null;
  private hadGrace = false;
  private hasExpired = false;

  constructor(readonly timeoutMs: number) {
    this.endsAt = performance.now() + timeoutMs;
    this.timer = setTimeout(this.due, timeoutMs);
  }

  /** Remaining milliseconds; 0 once expired. */
  get remainingMs(): number {
    return Math.max(0, this.endsAt - performance.now());
  }

  get expired(): boolean {
    return this.hasExpired;
  }

  /** Sets the callback for the end of the time. Replaces an earlier one; runs immediately if the time is already over. */
  guard(giveUp: () => void): void {
    this.onExpired = giveUp;
    if (this.hasExpired) giveUp();
  }

  /** Ends the time now. */
  giveUp(): void {
    this.hasExpired = true;
    this.onExpired?.();
  }

  /** Call once the request has settled. */
  clear(): void {
    clearTimeout(this.timer);
    this.onExpired = null;
  }

  private readonly due = (): void => {
    if (!this.hadGrace && performance.now() - this.endsAt > STALLED_MS) {
      this.hadGrace = true;
      this.timer = setTimeout(this.due, GRACE_MS);
      return;
    }
    setImmediate(() => this.giveUp());
  };
}
