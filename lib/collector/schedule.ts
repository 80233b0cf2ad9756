/**
 * Which nodes are polled when. The poll interval is divided into slots; each node has one by its name, so that the
 * fleet is spread evenly and keeps its slots across restarts of Memfleet.
 *
 * Invariants: one timer; a slot runs at most once per round; after a stall missed slots are made up a few at a time and
 * older ones are dropped, so that a laptop does not wake from sleep with a burst.
 */
const SLOT_MS = 100;
/** Missed slots made up per tick: twice the normal pace. */
const CATCH_UP = 2;
/** A tick this late means that the process was blocked. */
const LATE_MS = 250;

interface ScheduleCallbacks {
  /** Polls the nodes of one slot. */
  run(slot: number): void;
  /** Every slot has run once more. */
  roundComplete(): void;
}

export class Schedule {
  readonly slots: number;
  private readonly slotMs: number;
  private timer: NodeJS.Timeout | null = null;
  private startedMs = 0;
  private slotsRun = 0;
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
    this.slotsRun = 0;
    this.arm();
  }

  close(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  /** Whether this process was blocked at any time since `fromMs`, so that responses had to wait. */
  lateSince(fromMs: number): boolean {
    return this.lateAtMs >= fromMs;
  }

  /** The slot of a node: a stable hash (FNV-1a) of its id. */
  slotOf(node: string): number {
    let hash = 0x811c9dc5;
    for (let i = 0; i < node.length; i++) hash = Math.imul(hash ^ node.charCodeAt(i), 0x01000193);
    return (hash >>> 0) % this.slots;
  }

  /** Runs the due slots. Public so that tests can use their own clock. */
  tick(): void {
    const due = Math.floor((this.now() - this.startedMs) / this.slotMs) + 1;
    if (due - this.slotsRun > this.slots) this.slotsRun = due - this.slots;
    const until = Math.min(due, this.slotsRun + 1 + CATCH_UP);
    while (this.slotsRun < until) {
      this.callbacks.run(this.slotsRun % this.slots);
      this.slotsRun++;
      if (this.slotsRun % this.slots === 0) this.callbacks.roundComplete();
    }
  }

  private arm(): void {
    const armedMs = this.now();
    const dueMs = Math.max(armedMs + 1, this.startedMs + this.slotsRun * this.slotMs);
    this.timer = setTimeout(() => {
      const now = this.now();
      if (now - dueMs > LATE_MS) this.lateAtMs = now;
      this.tick();
      if (this.timer) this.arm();
    }, dueMs - armedMs);
    this.timer.unref();
  }
}
