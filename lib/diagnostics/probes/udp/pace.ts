/**
 * Limits how often UDP requests are sent, whatever triggers them: Memfleet must not be a tool to make cache servers
 * flood another network. Pure; the clock is an argument.
 */
import { SECOND_MS } from "@/lib/model/time";

/** Minimum milliseconds between two datagrams to one node. */
export const NODE_GAP_MS = 10_000;
/** Maximum datagrams to all nodes in any second. */
export const PER_SECOND = 50;

export class UdpRateLimit {
  private readonly lastByKey = new Map<string, number>();
  /** Times of the last `PER_SECOND` datagrams, oldest first. */
  private readonly recent: number[] = [];

  /**
   * Requests to send one datagram now. `keys` name the node and its UDP address: each has its own gap. Returns 0 if it
   * may be sent, and counts it; else the milliseconds to wait before trying again, and counts nothing. `nowMs` is of a
   * monotonic clock.
   */
  take(keys: readonly string[], nowMs: number): number {
    this.forget(nowMs);
    const gaps = keys.map((key) => (this.lastByKey.get(key) ?? Number.NEGATIVE_INFINITY) + NODE_GAP_MS);
    const oldest = this.recent.length < PER_SECOND ? undefined : this.recent[0];
    const next = Math.max(...gaps, oldest === undefined ? nowMs : oldest + SECOND_MS);
    if (next > nowMs) return next - nowMs;
    for (const key of keys) {
      this.lastByKey.delete(key);
      this.lastByKey.set(key, nowMs);
    }
    this.recent.push(nowMs);
    if (this.recent.length > PER_SECOND) this.recent.shift();
    return 0;
  }

  /** The map is in order of time, because `take` moves the keys it writes to the end. */
  private forget(nowMs: number): void {
    for (const [key, lastMs] of this.lastByKey) {
      if (lastMs + NODE_GAP_MS > nowMs) return;
      this.lastByKey.delete(key);
    }
  }
}

const KEY = Symbol.for("memfleet.udp-pace");
type Holder = { [KEY]?: UdpRateLimit };

/** The limit of this process: Next gives pages and handlers separate copies of a module. */
export function processRateLimit(): UdpRateLimit {
  const holder = globalThis as Holder;
  holder[KEY] ??= new UdpRateLimit();
  return holder[KEY];
}
