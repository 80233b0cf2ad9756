/** Diagnoses the fleet every so often, when the configuration says so. Never overlaps itself. */

export interface DiagnosticsScheduleOptions {
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
const CHECK_MS = 60_000;

export class DiagnosticsSchedule {
  private timer: NodeJS.Timeout | null = null;
  private checking = false;
  private newest: string | null = null;

  constructor(private readonly options: DiagnosticsScheduleOptions) {}

  start(): void {
    this.timer ??= setInterval(() => void this.check(), CHECK_MS).unref();
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /** Begins a run when one is due. */
  async check(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    try {
      if (await this.isDue()) this.newest = (await this.options.begin()).id;
    } catch (error) {
      this.options.onDefect(error);
    } finally {
      this.checking = false;
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
