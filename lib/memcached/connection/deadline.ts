/** When a timer fires later than this, in milliseconds, it was us who stood still, not the node. */
const STALLED_MS = 100;
/** What an answer that already waits in the kernel gets to be read after such a standstill. */
const GRACE_MS = 250;

/**
 * The end of one request. Whatever the request waits for is registered with `guard` and is told to give up
 * when the time is over.
 *
 * A process that was stopped (SIGSTOP, a sleeping laptop) or blocked finds its timers due before it has read
 * what arrived meanwhile: one short grace, and one turn of the event loop to read, come before giving up.
 */
export class Deadline {
  private readonly endsAt: number;
  private timer: NodeJS.Timeout;
  private guarded: (() => void) | null = null;
  private graced = false;
  private isOver = false;

  constructor(readonly timeoutMs: number) {
    this.endsAt = performance.now() + timeoutMs;
    this.timer = setTimeout(this.due, timeoutMs);
  }

  /** Milliseconds left; 0 when none are. */
  get remainingMs(): number {
    return Math.max(0, this.endsAt - performance.now());
  }

  get expired(): boolean {
    return this.isOver;
  }

  /** What to do when the time is over. Replaces what was registered before; runs at once when it is over. */
  guard(giveUp: () => void): void {
    this.guarded = giveUp;
    if (this.isOver) giveUp();
  }

  /** Ends the request before its time: whatever it waits for gives up now. */
  giveUp(): void {
    this.isOver = true;
    this.guarded?.();
  }

  /** The request has settled. */
  clear(): void {
    clearTimeout(this.timer);
    this.guarded = null;
  }

  private readonly due = (): void => {
    if (!this.graced && performance.now() - this.endsAt > STALLED_MS) {
      this.graced = true;
      this.timer = setTimeout(this.due, GRACE_MS);
      return;
    }
    setImmediate(() => this.giveUp());
  };
}
