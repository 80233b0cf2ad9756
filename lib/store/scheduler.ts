/**
 * Work that takes longer than others can wait, as a generator that yields after each small step. Between two
 * yields it leaves the database consistent and no transaction open, for anything may run in between.
 */
export type Task<Reply> = Generator<undefined, Reply, undefined>;

/** How long one turn may take, in milliseconds, before waiting messages are looked at. */
const TURN_MS = 8;

/**
 * Runs foreground tasks one after another, each to its end, and one turn of background work between two of
 * them or whenever there is nothing else. So background work never sees a foreground task half done, and
 * neither can starve the other.
 */
export class Scheduler {
  private readonly waiting: (() => boolean)[] = [];
  private background: Task<void> | null = null;
  private scheduled = false;
  private backgroundsTurn = false;
  private stopped = false;

  constructor(
    /** Asked for the next piece of background work whenever the last one has ended. */
    private readonly nextBackground: () => Task<void> | null,
    /** Told what a background task threw. */
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Queues a task; one of the two callbacks is called when it ends. */
  run<Reply>(task: Task<Reply>, done: (reply: Reply) => void, fail: (error: unknown) => void): void {
    this.waiting.push(() => {
      try {
        const step = turn(task);
        if (!step.done) return false;
        done(step.value);
      } catch (error) {
        fail(error);
      }
      return true;
    });
    this.wake();
  }

  /** Lets background work go on, if there is any. */
  wake(): void {
    if (this.scheduled || this.stopped) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      if (!this.stopped && this.step()) this.wake();
    });
  }

  /** True when nothing waits. */
  get idle(): boolean {
    return this.waiting.length === 0 && this.background === null;
  }

  stop(): void {
    this.stopped = true;
    this.background = null;
    this.waiting.length = 0;
  }

  private step(): boolean {
    const next = this.waiting[0];
    if (next !== undefined && !this.backgroundsTurn) {
      if (next()) {
        this.waiting.shift();
        this.backgroundsTurn = true;
      }
      return true;
    }
    this.backgroundsTurn = false;
    return this.backgroundStep() || this.waiting.length > 0;
  }

  private backgroundStep(): boolean {
    try {
      this.background ??= this.nextBackground();
      if (this.background === null) return false;
      if (turn(this.background).done) this.background = null;
    } catch (error) {
      this.background = null;
      this.failed(error);
      return false;
    }
    return true;
  }
}

function turn<Reply>(task: Task<Reply>): IteratorResult<undefined, Reply> {
  const end = performance.now() + TURN_MS;
  let step = task.next();
  while (!step.done && performance.now() < end) step = task.next();
  return step;
}
