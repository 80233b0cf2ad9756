/**
 * Durations counted in buckets of bounded relative width, so that a percentile of any number of them costs a few
 * kilobytes. Up to 128 µs every microsecond has its own bucket; above, every doubling has 64.
 */

/** Buckets of each doubling. A percentile is at most 1/64 above the true duration. */
const PER_DOUBLING = 64;
const LINEAR = 2 * PER_DOUBLING;
/** Doublings after the linear part: up to 2^32 µs, more than an hour. */
const DOUBLINGS = 25;

export class LatencyHistogram {
  private readonly counts = new Float64Array(LINEAR + DOUBLINGS * PER_DOUBLING);
  private total = 0;
  private largestMs = 0;
  private smallestMs = Number.POSITIVE_INFINITY;

  /** Number of durations. */
  get count(): number {
    return this.total;
  }

  /** Exact; null without durations. */
  get maxMs(): number | null {
    return this.total === 0 ? null : this.largestMs;
  }

  /** Exact; null without durations. */
  get minMs(): number | null {
    return this.total === 0 ? null : this.smallestMs;
  }

  add(milliseconds: number): void {
    const bucket = bucketOf(Math.ceil(milliseconds * 1_000));
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.total++;
    if (milliseconds > this.largestMs) this.largestMs = milliseconds;
    if (milliseconds < this.smallestMs) this.smallestMs = milliseconds;
  }

  /**
   * The nearest-rank percentile in milliseconds: at least `share` (above 0, up to 1) of the durations are no longer.
   * Never below the true one; above it by 1/64 and a microsecond at most. Null without durations.
   */
  percentileMs(share: number): number | null {
    if (this.total === 0) return null;
    const rank = Math.max(1, Math.ceil(share * this.total));
    let counted = 0;
    for (let bucket = 0; bucket < this.counts.length; bucket++) {
      counted += this.counts[bucket] ?? 0;
      if (counted >= rank) return Math.min(this.largestMs, upperEdgeOf(bucket) / 1_000);
    }
    return this.largestMs;
  }
}

function bucketOf(microseconds: number): number {
  if (microseconds < LINEAR) return Math.max(0, microseconds);
  const doubling = Math.floor(Math.log2(microseconds / LINEAR));
  const width = 2 ** (doubling + 1);
  const inside = Math.floor(microseconds / width) - PER_DOUBLING;
  return Math.min(LINEAR + doubling * PER_DOUBLING + inside, LINEAR + DOUBLINGS * PER_DOUBLING - 1);
}

/** The longest duration of a bucket, in microseconds. */
function upperEdgeOf(bucket: number): number {
  if (bucket < LINEAR) return bucket;
  const doubling = Math.floor((bucket - LINEAR) / PER_DOUBLING);
  const width = 2 ** (doubling + 1);
  return (((bucket - LINEAR) % PER_DOUBLING) + PER_DOUBLING + 1) * width - 1;
}
