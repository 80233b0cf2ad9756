/**
 * Recent counters of one node, in memory: for rates and ratios over the last 60 s (or the observed part of it) and for
 * comparing them with the hour before.
 */
import { requiredSlot } from "@/lib/catalogue/stats";
import { MINUTE_MS } from "@/lib/model/time";
import { hitRatio, ratio } from "./ratio";

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
/** Of a row: the counters, then these two. */
const ELAPSED = SLOTS.length;
const AT = ELAPSED + 1;
const WIDTH = AT + 1;

/** The window of "now", in seconds. */
export const RECENT_SECONDS = 60;

/** How long minutes are stored: slightly more than an hour. */
const MINUTES_KEPT_MS = 64 * MINUTE_MS;

/** Sums over a period. A counter that was not reported is NaN. */
export interface Sums {
  readonly elapsedSeconds: number;
  sum(counter: TrackedCounter): number;
  /** Per second of elapsed time; null when nothing was observed. */
  rate(counter: TrackedCounter): number | null;
  /** get_hits / (get_hits + get_misses); null without gets. */
  hitRatio(): number | null;
}

export class RecentCounters {
  private readonly steps = new Rows(RECENT_SECONDS * 1000);
  private readonly minutes = new Rows(MINUTES_KEPT_MS);

  /** Adds one step's differences; `atMs` on any clock that only grows. */
  add(atMs: number, differences: Float64Array, elapsedSeconds: number): void {
    this.steps.begin(atMs);
    this.steps.add(differences, elapsedSeconds);
    const minute = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    if (this.minutes.newestMs !== minute) this.minutes.begin(minute);
    this.minutes.add(differences, elapsedSeconds);
  }

  /** Forgets everything, because the node is a new process. */
  clear(): void {
    this.steps.clear();
    this.minutes.clear();
  }

  /** The last minute up to `nowMs`. */
  lastMinute(nowMs: number): Sums {
    const from = nowMs - RECENT_SECONDS * 1000;
    return this.steps.total((atMs) => atMs > from);
  }

  /** Between `fromMs` and `toMs`, by whole minutes. */
  between(fromMs: number, toMs: number): Sums {
    return this.minutes.total((atMs) => atMs >= fromMs && atMs < toMs);
  }
}

/** Rows allocated at first use: with thousands of nodes, those that never respond take no memory. */
const FIRST_ROWS = 8;

/**
 * A ring of rows: the counters of `TRACKED`, elapsed seconds, time. It grows only when the oldest row is still
 * younger than `keptMs`.
 */
class Rows {
  private rows = new Float64Array(0);
  private capacity = 0;
  private count = 0;
  private newest = 0;

  constructor(private readonly keptMs: number) {}

  /** Time of the newest row; NaN when there is none. */
  get newestMs(): number {
    return this.count === 0 ? Number.NaN : (this.rows[this.newest * WIDTH + AT] as number);
  }

  /** A new row of zeros. */
  begin(atMs: number): void {
    const next = this.capacity === 0 ? 0 : (this.newest + 1) % this.capacity;
    if (this.count === this.capacity && !this.mayForget(next, atMs)) {
      this.grow();
      this.newest = this.count;
    } else this.newest = next;
    this.count = Math.min(this.count + 1, this.capacity);
    const at = this.newest * WIDTH;
    this.rows.fill(0, at, at + WIDTH);
    this.rows[at + AT] = atMs;
  }

  /** Adds to the newest row. */
  add(differences: Float64Array, elapsedSeconds: number): void {
    const { rows } = this;
    const at = this.newest * WIDTH;
    for (let i = 0; i < SLOTS.length; i++)
      rows[at + i] = (rows[at + i] as number) + (differences[SLOTS[i] as number] as number);
    rows[at + ELAPSED] = (rows[at + ELAPSED] as number) + elapsedSeconds;
  }

  clear(): void {
    this.count = 0;
    this.newest = 0;
  }

  /** Sums over the rows whose time is `within`. */
  total(within: (atMs: number) => boolean): Sums {
    const { rows } = this;
    const totals = new Float64Array(TRACKED.length);
    let elapsedSeconds = 0;
    for (let at = 0; at < this.count * WIDTH; at += WIDTH) {
      if (!within(rows[at + AT] as number)) continue;
      elapsedSeconds += rows[at + ELAPSED] as number;
      for (let i = 0; i < SLOTS.length; i++) totals[i] = (totals[i] as number) + (rows[at + i] as number);
    }
    return new PeriodSums(totals, elapsedSeconds);
  }

  private mayForget(row: number, nowMs: number): boolean {
    return this.capacity > 0 && nowMs - (this.rows[row * WIDTH + AT] as number) >= this.keptMs;
  }

  /** Twice as many rows, the oldest first. */
  private grow(): void {
    const { capacity } = this;
    const grown = new Float64Array(Math.max(FIRST_ROWS, 2 * capacity) * WIDTH);
    const oldest = capacity === 0 ? 0 : ((this.newest + 1) % capacity) * WIDTH;
    grown.set(this.rows.subarray(oldest));
    grown.set(this.rows.subarray(0, oldest), this.rows.length - oldest);
    this.rows = grown;
    this.capacity = grown.length / WIDTH;
  }
}

class PeriodSums implements Sums {
  constructor(
    private readonly totals: Float64Array,
    readonly elapsedSeconds: number,
  ) {}
  sum(counter: TrackedCounter): number {
    return this.totals[INDEX[counter]] as number;
  }
  rate(counter: TrackedCounter): number | null {
    return ratio(this.sum(counter), this.elapsedSeconds);
  }
  hitRatio(): number | null {
    return hitRatio(this.sum("get_hits"), this.sum("get_misses"));
  }
}
