/** Diagnoses the fleet at the configured interval. Runs never overlap. */

export interface DiagnosticsScheduleOptions {
  /** Milliseconds between two starts; null: never. Read at every check, because it may change. */
  readonly everyMs: () => number | null;
  /** When the last scheduled run started, also before a restart of Memfleet; null: never. */
  readonly lastMs: () => Promise<number | null>;
  /** Starts a run; resolves once it has started. */
  readonly begin: () => Promise<{ readonly id: string }>;
  /** Whether a run is still active. */
  readonly running: (id: string) => boolean;
  readonly nowMs: () => number;
  readonly onDefect: (error: unknown) => void;
}

/** How often to check whether a run is due. By the first check, nodes have been polled a few times. */
const CHECK_MS = 60_000;

export class DiagnosticsSchedule {
  private timer: NodeJS.Timeout | null = null;
  private checking = false;
  private latestRun: string | null = null;

  constructor(private readonly options: DiagnosticsScheduleOptions) {}

  start(): void {
    this.timer ??= setInterval(() => void this.check(), CHECK_MS).unref();
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /** Starts a run if one is due. */
  async check(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    try {
      if (await this.isDue()) this.latestRun = (await this.options.begin()).id;
    } catch (error) {
      this.options.onDefect(error);
    } finally {
      this.checking = false;
    }
  }

  private async isDue(): Promise<boolean> {
    const { everyMs, lastMs, running, nowMs } = this.options;
    const every = everyMs();
    if (every === null || (this.latestRun !== null && running(this.latestRun))) return false;
    const last = await lastMs();
    // A clock that was set back must not pause the schedule until it catches up.
    return last === null || last > nowMs() || nowMs() - last >= every;
  }
}
