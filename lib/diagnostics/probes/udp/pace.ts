/**
 * How often UDP requests may leave, whatever asks for them: nobody may make a cache server answer somebody else's
 * network through Memfleet. Pure; the clock is an argument.
 */

/** Between two datagrams to one node, in milliseconds. */
export const NODE_GAP_MS = 10_000;
/** Datagrams to all nodes in any second. */
export const PER_SECOND = 50;
const SECOND_MS = 1_000;

export class UdpRateLimit {
  private readonly lastOf = new Map<string, number>();
  /** Times of the last `PER_SECOND` datagrams, oldest first. */
  private readonly recent: number[] = [];

  /**
   * Asks to send one datagram now. `keys` name the node and the place it goes to: each has its own gap. Returns 0
   * when it may be sent, which counts it; else the milliseconds after which asking again makes sense, and nothing is
   * counted. `nowMs` is of a monotonic clock.
   */
  take(keys: readonly string[], nowMs: number): number {
    this.forget(nowMs);
    const gaps = keys.map((key) => (this.lastOf.get(key) ?? Number.NEGATIVE_INFINITY) + NODE_GAP_MS);
    const oldest = this.recent.length < PER_SECOND ? undefined : this.recent[0];
    const next = Math.max(...gaps, oldest === undefined ? nowMs : oldest + SECOND_MS);
    if (next > nowMs) return next - nowMs;
    for (const key of keys) {
      this.lastOf.delete(key);
      this.lastOf.set(key, nowMs);
    }
    this.recent.push(nowMs);
    if (this.recent.length > PER_SECOND) this.recent.shift();
    return 0;
  }

  /** The map is in the order of time, because `take` moves what it writes to the end. */
  private forget(nowMs: number): void {
    for (const [key, lastMs] of this.lastOf) {
      if (lastMs + NODE_GAP_MS > nowMs) return;
      this.lastOf.delete(key);
    }
  }
}

const KEY = Symbol.for("memfleet.udp-pace");
type Holder = { [KEY]?: UdpRateLimit };

/** The one of this process: Next gives pages and handlers separate copies of a module. */
export function processRateLimit(): UdpRateLimit {
  const holder = globalThis as Holder;
  holder[KEY] ??= new UdpRateLimit();
  return holder[KEY];
}
