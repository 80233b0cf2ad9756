/**
 * Long work, as a generator that yields after each small step. At every yield the database is consistent and no
 * transaction is open, because any other work may run in between.
 */
export type Task<Reply> = Generator<undefined, Reply, undefined>;

/** How long a task may run, in milliseconds, before waiting messages are received. */
const SLICE_MS = 8;

/**
 * Runs foreground tasks one after another, each to its end, and one time slice of background work between two of them
 * or whenever there is nothing else. So background work never runs within a foreground task, and neither can starve
 * the other.
 */
export class Scheduler {
  private readonly waiting: (() => boolean)[] = [];
  private background: Task<void> | null = null;
  private scheduled = false;
  private backgroundIsNext = false;
  private stopped = false;

  constructor(
    /** Returns the next background task; called when the last one has ended. */
    private readonly nextBackground: () => Task<void> | null,
    /** Called with what a background task threw. */
    private readonly onBackgroundError: (error: unknown) => void,
  ) {}

  /** Queues a task; one of the two callbacks is called when it ends. */
  run<Reply>(task: Task<Reply>, done: (reply: Reply) => void, fail: (error: unknown) => void): void {
    this.waiting.push(() => {
      try {
        const step = runSlice(task);
        if (!step.done) return false;
        done(step.value);
      } catch (error) {
        fail(error);
      }
      return true;
    });
    this.wake();
  }

  /** Resumes background work, if there is any. */
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

  /** Drops the background task: what it works on is closed. */
  dropBackground(): void {
    this.background = null;
  }

  stop(): void {
    this.stopped = true;
    this.background = null;
    this.waiting.length = 0;
  }

  private step(): boolean {
    const next = this.waiting[0];
    if (next !== undefined && !this.backgroundIsNext) {
      if (next()) {
        this.waiting.shift();
        this.backgroundIsNext = true;
      }
      return true;
    }
    this.backgroundIsNext = false;
    return this.backgroundStep() || this.waiting.length > 0;
  }

  private backgroundStep(): boolean {
    try {
      this.background ??= this.nextBackground();
      if (this.background === null) return false;
      if (runSlice(this.background).done) this.background = null;
    } catch (error) {
      this.background = null;
      this.onBackgroundError(error);
      return false;
    }
    return true;
  }
}

function runSlice<Reply>(task: Task<Reply>): IteratorResult<undefined, Reply> {
  const end = performance.now() + SLICE_MS;
  let step = task.next();
  while (!step.done && performance.now() < end) step = task.next();
  return step;
}
