/** Diagnoses the fleet every so often, when the configuration says so. Never overlaps itself. */

export interface DiagnoseScheduleOptions {
  /** Milliseconds between two beginnings; null: never. Asked at every look, because it may change. */
  readonly everyMs: () => number | null;
  /** When a scheduled run began last, in an earlier life too; null: never. */
  readonly lastMs: () => Promise<number | null>;
  /** Begins a run; resolves once it has begun. */
  readonly begin: () => Promise<{ readonly id: string }>;
  /** Whether a run is still going on. */
  readonly running: (id: string) => boolean;
  readonly nowMs: () => number;
  readonly onDefect: (error: unknown) => void;
}

/** How often it is looked whether a run is due. The first look comes when nodes have been asked a few times. */
const LOOK_MS = 60_000;

export class DiagnoseSchedule {
  private timer: NodeJS.Timeout | null = null;
  private looking = false;
  private newest: string | null = null;

  constructor(private readonly options: DiagnoseScheduleOptions) {}

  start(): void {
    this.timer ??= setInterval(() => void this.look(), LOOK_MS).unref();
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /** Begins a run when one is due. */
  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      if (await this.isDue()) this.newest = (await this.options.begin()).id;
    } catch (error) {
      this.options.onDefect(error);
    } finally {
      this.looking = false;
    }
  }

  private async isDue(): Promise<boolean> {
    const { everyMs, lastMs, running, nowMs } = this.options;
    const every = everyMs();
    if (every === null || (this.newest !== null && running(this.newest))) return false;
    const last = await lastMs();
    // A clock that was set back must not stop the schedule until it has caught up.
    return last === null || last > nowMs() || nowMs() - last >= every;
  }
}
