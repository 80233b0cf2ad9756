/**
 * Buckets over time as an engine evaluates them. A bucket holds what happened from its start up to its end, that
 * moment excluded; engines look back from a moment, this one included. So a bucket is asked for at its last
 * millisecond, over its whole width: older engines include the millisecond before it as well, in which no sample is.
 */
import type { HistoryQuery } from "../contract";
import type { Point } from "./query-client";

export class Buckets {
  readonly atMs: readonly number[];
  readonly stepMs: number;

  constructor({ fromMs, toMs, stepMs }: Pick<HistoryQuery, "fromMs" | "toMs" | "stepMs">) {
    this.stepMs = stepMs;
    const first = Math.floor(fromMs / stepMs) * stepMs;
    this.atMs = Array.from(
      { length: Math.ceil((toMs - first) / stepMs) },
      (_, index) => first + index * stepMs,
    );
  }

  get length(): number {
    return this.atMs.length;
  }

  get firstMs(): number {
    return this.atMs[0] as number;
  }

  /** The moments to evaluate at, beginning `earlier` buckets before the first. */
  moments(earlier = 0): { firstMs: number; lastMs: number; stepMs: number } {
    const { stepMs } = this;
    const last = this.atMs.at(-1) as number;
    return { firstMs: this.firstMs + (1 - earlier) * stepMs - 1, lastMs: last + stepMs - 1, stepMs };
  }

  /** The bucket evaluated at this moment; negative before the first. */
  indexOf(atSeconds: number): number {
    return Math.round((atSeconds * 1_000 + 1 - this.firstMs) / this.stepMs) - 1;
  }

  /** A row without anything observed. */
  empty(): Float64Array {
    return new Float64Array(this.length).fill(Number.NaN);
  }

  fill(row: Float64Array, points: readonly Point[]): void {
    for (const [atSeconds, text] of points) {
      const index = this.indexOf(atSeconds);
      if (index >= 0 && index < row.length) row[index] = Number(text);
    }
  }
}
