/** A node as a flush finds it, before and after: its counters, and what it says of flushes. */

import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import type { NodeClient } from "@/lib/memcached/contract";
import { flushTimes } from "@/lib/metrics/flush";
import { hitRatio, rounded } from "@/lib/metrics/ratio";
import type { Figures } from "@/lib/model/actions/action.schema";

const SLOTS = {
  cmdFlush: requiredSlot("cmd_flush"),
  currItems: requiredSlot("curr_items"),
  bytes: requiredSlot("bytes"),
  getFlushed: requiredSlot("get_flushed"),
  reclaimed: requiredSlot("reclaimed"),
  expiredUnfetched: requiredSlot("expired_unfetched"),
  getHits: requiredSlot("get_hits"),
  getMisses: requiredSlot("get_misses"),
  pid: requiredSlot("pid"),
  uptime: requiredSlot("uptime"),
} as const;
const TIME = requiredSlot("time");

/** The counters, each null when not reported, with `atMs`. `getHits` and `getMisses` tell later hit ratios. */
export async function readFlushCounters(client: NodeClient, nowMs: () => number): Promise<Figures> {
  return (await counters(client, nowMs)).figures;
}

/**
 * The counters, and when the last flush took effect and a pending one will, Unix milliseconds on our own clock;
 * both null where the node does not say. They are true to ±2 s.
 */
export async function readFlushStats(client: NodeClient, nowMs: () => number): Promise<Figures> {
  const { figures, values } = await counters(client, nowMs);
  const oldest = (await client.stats("settings")).find(([name]) => name === "oldest")?.[1];
  const seconds = values[TIME] as number;
  const times = flushTimes(Number.parseInt(oldest ?? "", 10), seconds, values[SLOTS.uptime] as number);
  const ahead = seconds * 1000 - (figures.atMs ?? 0);
  const ours = (ms: number | null) => (ms === null ? null : ms - ahead);
  return {
    ...figures,
    tellsFlushes: oldest === undefined ? 0 : 1,
    lastFlushMs: ours(times.lastFlushMs),
    pendingFlushMs: ours(times.pendingFlushMs),
  };
}

/** Share of gets that hit between two looks at the same process; null without gets. */
export function hitRatioBetween(earlier: Figures, later: Figures): number | null {
  const rise = (name: string) => (later[name] ?? Number.NaN) - (earlier[name] ?? Number.NaN);
  const hits = rise("getHits");
  const misses = rise("getMisses");
  // Counters that fell were zeroed: by `stats reset`, or by another process with the same pid.
  if (!(hits >= 0 && misses >= 0 && hits + misses > 0) || later.pid !== earlier.pid) return null;
  return rounded(hitRatio(hits, misses));
}

async function counters(client: NodeClient, nowMs: () => number) {
  const values = emptyValues();
  await client.poll(values);
  const read = (slot: number) => {
    const value = values[slot] as number;
    return Number.isNaN(value) ? null : value;
  };
  const figures: Record<string, number | null> = { atMs: nowMs() };
  for (const [name, slot] of Object.entries(SLOTS)) figures[name] = read(slot);
  return { figures, values };
}
