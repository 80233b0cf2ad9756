/**
 * The recent past of one node, in memory: rates and ratios "over the last 60 s, or as much of it as was
 * observed", and the hour before to compare them with.
 */
import { requiredSlot } from "@/lib/model/stats";

const TRACKED = [
  "get_hits",
  "get_misses",
  "cmd_get",
  "cmd_set",
  "evictions",
  "evicted_unfetched",
  "listen_disabled_num",
  "store_no_memory",
  "store_too_large",
  "rejected_connections",
  "response_obj_oom",
  "read_buf_oom",
] as const;
export type TrackedCounter = (typeof TRACKED)[number];

const SLOTS = TRACKED.map(requiredSlot);
const INDEX = Object.fromEntries(TRACKED.map((name, index) => [name, index])) as Record<
  TrackedCounter,
  number
>;
const WIDTH = TRACKED.length + 2;
const ELAPSED = TRACKED.length;
const AT = TRACKED.length + 1;

/** The window of "now", in seconds. */
export const RECENT_SECONDS = 60;

/** Steps kept at the finest: enough for a minute at one sample a second. */
const STEPS = 64;
/** Minutes kept behind them. */
const MINUTES = 64;

/** Sums over a stretch of time. A counter nobody reported is NaN. */
export interface Sums {
  readonly elapsedSeconds: number;
  sum(counter: TrackedCounter): number;
  /** Per second of elapsed time; null when nothing was observed. */
  rate(counter: TrackedCounter): number | null;
  /** get_hits / (get_hits + get_misses); null without gets. */
  hitRatio(): number | null;
}

export class RecentCounters {
  private readonly steps = new Float64Array(STEPS * WIDTH);
  private readonly minutes = new Float64Array(MINUTES * WIDTH);
  private stepCount = 0;
  private minuteCount = 0;

  /** Adds one step's differences; `atMs` on any clock that only grows. */
  add(atMs: number, differences: Float64Array, elapsedSeconds: number): void {
    const at = (this.stepCount++ % STEPS) * WIDTH;
    for (let i = 0; i < SLOTS.length; i++) this.steps[at + i] = differences[SLOTS[i] as number] as number;
    this.steps[at + ELAPSED] = elapsedSeconds;
    this.steps[at + AT] = atMs;
    this.addToMinute(atMs, at, elapsedSeconds);
  }

  /** Forgets everything: another process answers now. */
  clear(): void {
    this.stepCount = 0;
    this.minuteCount = 0;
  }

  /** The last minute up to `nowMs`. */
  lastMinute(nowMs: number): Sums {
    const from = nowMs - RECENT_SECONDS * 1000;
    return collect(this.steps, this.stepCount, STEPS, (atMs) => atMs > from);
  }

  /** Between `fromMs` and `toMs`, by whole minutes. */
  between(fromMs: number, toMs: number): Sums {
    return collect(this.minutes, this.minuteCount, MINUTES, (atMs) => atMs >= fromMs && atMs < toMs);
  }

  private addToMinute(atMs: number, step: number, elapsedSeconds: number): void {
    const minute = Math.floor(atMs / 60_000) * 60_000;
    const newest = ((this.minuteCount - 1 + MINUTES) % MINUTES) * WIDTH;
    const open = this.minuteCount > 0 && this.minutes[newest + AT] === minute;
    const at = open ? newest : (this.minuteCount++ % MINUTES) * WIDTH;
    if (!open) {
      this.minutes.fill(0, at, at + WIDTH);
      this.minutes[at + AT] = minute;
    }
    for (let i = 0; i < SLOTS.length; i++)
      this.minutes[at + i] = (this.minutes[at + i] as number) + (this.steps[step + i] as number);
    this.minutes[at + ELAPSED] = (this.minutes[at + ELAPSED] as number) + elapsedSeconds;
  }
}

function collect(
  rows: Float64Array,
  count: number,
  capacity: number,
  within: (atMs: number) => boolean,
): Sums {
  const totals = new Float64Array(TRACKED.length);
  let elapsedSeconds = 0;
  for (let n = Math.max(0, count - capacity); n < count; n++) {
    const at = (n % capacity) * WIDTH;
    if (!within(rows[at + AT] as number)) continue;
    elapsedSeconds += rows[at + ELAPSED] as number;
    for (let i = 0; i < totals.length; i++) totals[i] = (totals[i] as number) + (rows[at + i] as number);
  }
  return new Totalled(totals, elapsedSeconds);
}

class Totalled implements Sums {
  constructor(
    private readonly totals: Float64Array,
    readonly elapsedSeconds: number,
  ) {}
  sum(counter: TrackedCounter): number {
    return this.totals[INDEX[counter]] as number;
  }
  rate(counter: TrackedCounter): number | null {
    const value = this.sum(counter) / this.elapsedSeconds;
    return Number.isFinite(value) ? value : null;
  }
  hitRatio(): number | null {
    const hits = this.sum("get_hits");
    const value = hits / (hits + this.sum("get_misses"));
    return Number.isFinite(value) ? value : null;
  }
}
