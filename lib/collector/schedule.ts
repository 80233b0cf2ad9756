/**
 * When to ask whom. The poll interval is cut into slots; each node has one, by its name, so that the fleet
 * is spread evenly and a restart of Memfleet keeps everyone's place.
 *
 * Invariants: one timer; a slot is run at most once per turn; after a stall missed slots are made up a few
 * at a time and older ones are dropped, so a sleeping laptop does not wake up with a burst.
 */
const SLOT_MS = 100;
/** Missed slots run at once on one tick: twice the normal pace. */
const CATCH_UP = 2;
/** A tick that comes this much late says that the whole process was late. */
const LATE_MS = 250;

export interface ScheduleCallbacks {
  /** Asks the nodes of one slot. */
  run(slot: number): void;
  /** A turn over all slots is complete. */
  poll(): void;
}

export class Schedule {
  readonly slots: number;
  private readonly slotMs: number;
  private timer: NodeJS.Timeout | null = null;
  private startedMs = 0;
  private done = 0;
  private lateAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    intervalMs: number,
    private readonly callbacks: ScheduleCallbacks,
    private readonly now: () => number,
  ) {
    this.slots = Math.max(1, Math.round(intervalMs / SLOT_MS));
    this.slotMs = intervalMs / this.slots;
  }

  start(): void {
    this.startedMs = this.now();
    this.done = 0;
    this.arm();
  }

  close(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  /** Whether this process was held up at any time since `fromMs`, so that others' answers had to wait. */
  lateSince(fromMs: number): boolean {
    return this.lateAtMs >= fromMs;
  }

  /** The slot of a node: a stable hash (FNV-1a) of its id. */
  slotOf(node: string): number {
    let hash = 0x811c9dc5;
    for (let i = 0; i < node.length; i++) hash = Math.imul(hash ^ node.charCodeAt(i), 0x01000193);
    return (hash >>> 0) % this.slots;
  }

  /** Runs what is due. Public so that a test can move its own clock. */
  tick(): void {
    const due = Math.floor((this.now() - this.startedMs) / this.slotMs) + 1;
    if (due - this.done > this.slots) this.done = due - this.slots;
    const until = Math.min(due, this.done + 1 + CATCH_UP);
    while (this.done < until) {
      this.callbacks.run(this.done % this.slots);
      this.done++;
      if (this.done % this.slots === 0) this.callbacks.poll();
    }
  }

  private arm(): void {
    const armedMs = this.now();
    const dueMs = Math.max(armedMs + 1, this.startedMs + this.done * this.slotMs);
    this.timer = setTimeout(() => {
      const now = this.now();
      if (now - dueMs > LATE_MS) this.lateAtMs = now;
      this.tick();
      if (this.timer) this.arm();
    }, dueMs - armedMs);
    this.timer.unref();
  }
}
