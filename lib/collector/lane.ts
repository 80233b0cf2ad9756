/** Bounded concurrency. Two lanes keep nodes that do not answer from taking the places of those that do. */
export class Lane {
  private running = 0;
  private readonly waiting: (() => Promise<void>)[] = [];

  constructor(private readonly width: number) {}

  /** Runs `job` now or when a place is free. `job` must not reject. */
  add(job: () => Promise<void>): void {
    if (this.running < this.width) this.run(job);
    else this.waiting.push(job);
  }

  get busy(): number {
    return this.running + this.waiting.length;
  }

  private run(job: () => Promise<void>): void {
    this.running++;
    job().then(() => {
      this.running--;
      const next = this.waiting.shift();
      if (next) this.run(next);
    });
  }
}
