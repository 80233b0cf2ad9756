/** How many prefix actions run at the same time: each may hold as many keys as one spill. */

const AT_ONCE = 2;

/** Permits, first come, first served. */
export class Semaphore {
  private inUse = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  /** Resolves with the way to give it back; with null when `signal` aborts before there is one. */
  take(signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return Promise.resolve(null);
    if (this.inUse < this.most) return Promise.resolve(this.granted());
    return new Promise((resolve) => {
      const grant = () => {
        signal.removeEventListener("abort", leave);
        resolve(this.granted());
      };
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(grant), 1);
        resolve(null);
      };
      this.waiting.push(grant);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  private granted(): () => void {
    this.inUse++;
    let mine = true;
    return () => {
      if (!mine) return;
      mine = false;
      this.inUse--;
      this.waiting.shift()?.();
    };
  }
}

export const PREFIX_PERMITS = new Semaphore(AT_ONCE);
