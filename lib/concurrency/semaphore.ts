/** At most `permits` holders at the same time; the others wait, first come, first served. */
export class Semaphore {
  private inUse = 0;
  private readonly queue: (() => void)[] = [];

  constructor(private readonly permits: number) {}

  /** How many wait for a permit. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Resolves with the function that releases the permit; with null when `signal` aborts before there is one. */
  acquire(signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return Promise.resolve(null);
    if (this.inUse < this.permits) return Promise.resolve(this.grant());
    return new Promise((resolve) => {
      const proceed = () => {
        signal.removeEventListener("abort", abandon);
        resolve(this.grant());
      };
      const abandon = () => {
        this.queue.splice(this.queue.indexOf(proceed), 1);
        resolve(null);
      };
      this.queue.push(proceed);
      signal.addEventListener("abort", abandon, { once: true });
    });
  }

  /** Does `work` with a permit, waiting for one as long as it takes. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const release =
      this.inUse < this.permits
        ? this.grant()
        : await new Promise<() => void>((resolve) => this.queue.push(() => resolve(this.grant())));
    try {
      return await work();
    } finally {
      release();
    }
  }

  private grant(): () => void {
    this.inUse++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.inUse--;
      this.queue.shift()?.();
    };
  }
}
