/** Many durations in little memory: counted in steps of five milliseconds. */
const STEP_MS = 5;
const STEPS = 24_000;

export class Distribution {
  private readonly counts = new Uint32Array(STEPS + 1);
  private total = 0;
  private largest = Number.NaN;

  /** Takes milliseconds; beyond two minutes only the largest is exact. */
  add(ms: number): void {
    const at = Math.max(0, Math.min(STEPS, Math.floor(ms / STEP_MS)));
    this.counts[at] = (this.counts[at] as number) + 1;
    this.total++;
    if (!(ms <= this.largest)) this.largest = ms;
  }

  clear(): void {
    this.counts.fill(0);
    this.total = 0;
    this.largest = Number.NaN;
  }

  /** Milliseconds, rounded up to the step; NaN when nothing was added. */
  summary(): Summary {
    return { count: this.total, p50: this.at(0.5), p99: this.at(0.99), max: this.largest };
  }

  private at(share: number): number {
    if (this.total === 0) return Number.NaN;
    const wanted = Math.ceil(this.total * share);
    let cumulative = 0;
    for (let step = 0; step <= STEPS; step++) {
      cumulative += this.counts[step] as number;
      if (cumulative >= wanted) return Math.min((step + 1) * STEP_MS, this.largest);
    }
    return this.largest;
  }
}

export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}
