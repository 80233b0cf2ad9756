/**
 * A fleet that never was: sweeps with the shape of real ones, the same ones for the same seed. Rates follow
 * the time of day and differ from node to node by two orders of magnitude; a tenth of the nodes evicts.
 */

import { emptyValues, requiredSlot, STATS } from "@/lib/catalogue/stats";
import type { NodeSample } from "@/lib/history/contract";
import { DAY_MS } from "@/lib/model/time";

/** Counters that move, as differences per get command. */
const PER_GET: Record<string, number> = {
  cmd_get: 1,
  get_hits: 0.93,
  get_misses: 0.07,
  get_expired: 0.004,
  cmd_set: 0.12,
  total_items: 0.12,
  cmd_touch: 0.01,
  touch_hits: 0.009,
  touch_misses: 0.001,
  delete_hits: 0.02,
  delete_misses: 0.006,
  incr_hits: 0.03,
  cas_hits: 0.002,
  bytes_read: 210,
  bytes_written: 1_900,
  rusage_user: 0.000004,
  rusage_system: 0.000011,
  expired_unfetched: 0.01,
  reclaimed: 0.02,
  crawler_reclaimed: 0.015,
  crawler_items_checked: 0.4,
  moves_to_cold: 0.11,
  moves_to_warm: 0.03,
  moves_within_lru: 0.05,
  conn_yields: 0.0004,
  total_connections: 0.0005,
  lru_maintainer_juggles: 0.002,
};
/** Counters that move only where memory is short. */
const WHEN_FULL: Record<string, number> = { evictions: 0.06, evicted_unfetched: 0.02, evicted_active: 0.001 };
const LEVELS = [
  "bytes",
  "curr_items",
  "curr_connections",
  "latency",
  "response_obj_count",
  "read_buf_bytes_free",
];

/** Levels that differ between nodes and stay. */
const STEADY: Record<string, (node: number) => number> = {
  limit_maxbytes: (node) => 1024 ** 3 * 2 ** (node % 5),
  max_connections: (node) => 1_024 * (1 + (node % 3)),
  threads: () => 4,
  hash_power_level: (node) => 20 + (node % 4),
  hash_bytes: (node) => 8 * 2 ** (20 + (node % 4)),
  accepting_conns: () => 1,
  reserved_fds: () => 20,
};

export const MOVING = [...Object.keys(PER_GET), ...Object.keys(WHEN_FULL), ...LEVELS];

/** Stats a 1.6 server without extstore and proxy reports, information that has no history left out. */
export const REPORTED = STATS.filter(
  ({ name, kind }) => kind !== "info" && !/extstore|^proxy_/.test(name),
).map((stat) => stat.name);

/** Uniform 0..1 numbers from a seed (a 32-bit linear congruential generator, scrambled). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    let mixed = state ^ (state >>> 15);
    mixed = Math.imul(mixed, 0x2c1b3c6d);
    return ((mixed ^ (mixed >>> 13)) >>> 0) / 4_294_967_296;
  };
}

interface Member {
  readonly entry: { node: string; values: Float64Array; elapsedSeconds: number };
  readonly getsPerSweep: number;
  readonly full: boolean;
}

export class InventedFleet {
  readonly nodes: readonly string[];
  private readonly members: readonly Member[];
  private readonly next: () => number;
  private readonly perGet: readonly (readonly [slot: number, share: number, scale: number])[];
  private readonly whenFull: readonly (readonly [slot: number, share: number, scale: number])[];

  constructor(count: number, seed: number) {
    this.next = random(seed);
    const slots = (shares: Record<string, number>) =>
      Object.entries(shares).map(
        ([name, share]) => [requiredSlot(name), share, name.startsWith("rusage") ? 1e6 : 1] as const,
      );
    this.perGet = slots(PER_GET);
    this.whenFull = slots(WHEN_FULL);
    this.members = Array.from({ length: count }, (_, index) => this.member(index));
    this.nodes = this.members.map((member) => member.entry.node);
  }

  /** The sweep at `atMs`. The entries are the same objects each time, with new numbers. */
  sweep(atMs: number): readonly NodeSample[] {
    const daylight = 1 + 0.6 * Math.sin(((atMs % DAY_MS) / DAY_MS) * 2 * Math.PI);
    for (const member of this.members) this.move(member, daylight);
    return this.members.map((member) => member.entry);
  }

  private member(index: number): Member {
    const values = emptyValues();
    for (const name of REPORTED) values[requiredSlot(name)] = STEADY[name]?.(index) ?? 0;
    values[requiredSlot("bytes")] = Math.round(1e9 * (1 + this.next() * 3));
    values[requiredSlot("curr_items")] = Math.round(1e6 * (1 + this.next() * 3));
    const node = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}:11211`;
    return {
      entry: { node, values, elapsedSeconds: 10 },
      getsPerSweep: 10 * Math.exp(4 + 4.6 * this.next()),
      full: index % 10 === 0,
    };
  }

  private move(member: Member, daylight: number): void {
    const { values } = member.entry;
    member.entry.elapsedSeconds = this.next() < 0.04 ? 10 + (this.next() < 0.5 ? -1 : 1) : 10;
    const gets = this.about(member.getsPerSweep * daylight);
    for (const [slot, share, scale] of this.perGet) values[slot] = this.about(gets * share * scale) / scale;
    if (member.full) for (const [slot, share] of this.whenFull) values[slot] = this.about(gets * share);
    const bytes = requiredSlot("bytes");
    const items = requiredSlot("curr_items");
    values[items] = Math.max(0, (values[items] as number) + Math.round((this.next() - 0.5) * gets * 0.05));
    values[bytes] = Math.max(0, (values[bytes] as number) + Math.round((this.next() - 0.5) * gets * 60));
    values[requiredSlot("curr_connections")] = 120 + Math.floor(this.next() * 9);
    values[requiredSlot("latency")] = 150 + Math.floor(this.next() * this.next() * 900);
    values[requiredSlot("response_obj_count")] = 8 + Math.floor(this.next() * 3);
    values[requiredSlot("read_buf_bytes_free")] = 16_384 * Math.floor(this.next() * 6);
  }

  /** An integer that varies around `mean` like a count of independent events: by its square root. */
  private about(mean: number): number {
    const bell = this.next() + this.next() + this.next() + this.next() - 2;
    return Math.max(0, Math.round(mean + bell * 1.73 * Math.sqrt(mean)));
  }
}
