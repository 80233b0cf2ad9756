/**
 * Buckets over time as an engine evaluates them. A bucket covers its start inclusively and its end exclusively; engines
 * look back from a moment inclusively. So a bucket is evaluated at its last millisecond, over its full width. Older
 * engines also include the millisecond before it, which has no sample.
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

  /** The moments of evaluation, starting `earlier` buckets before the first. */
  moments(earlier = 0): { firstMs: number; lastMs: number; stepMs: number } {
    const { stepMs } = this;
    const last = this.atMs.at(-1) as number;
    return { firstMs: this.firstMs + (1 - earlier) * stepMs - 1, lastMs: last + stepMs - 1, stepMs };
  }

  /** The bucket evaluated at this moment; negative before the first. */
  indexOf(atSeconds: number): number {
    return Math.round((atSeconds * 1_000 + 1 - this.firstMs) / this.stepMs) - 1;
  }

  /** A row without observations. */
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
