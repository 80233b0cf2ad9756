/** What shows the effect of a flush on a node: its counters, and the times of its flushes. */
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import type { NodeClient } from "@/lib/memcached/contract";
import { flushTimes } from "@/lib/metrics/flush";
import { hitRatio, rounded } from "@/lib/metrics/ratio";
import { newProcess, type ServerProcess } from "@/lib/metrics/server-process";
import type { Measurements } from "@/lib/model/actions/action.schema";
import { readGroup } from "./node-stats";

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
  timeSeconds: requiredSlot("time"),
} as const;

/** The counters, each null when not reported, with `atMs`. Later hit ratios follow from `getHits` and `getMisses`. */
export async function readFlushCounters(client: NodeClient, nowMs: () => number): Promise<Measurements> {
  return (await readCounters(client, nowMs)).counters;
}

/**
 * The counters, and when the last flush took effect and a pending one will, Unix milliseconds on Memfleet's clock;
 * both null where the node does not report them. Accurate to ±2 s.
 */
export async function readFlushStats(client: NodeClient, nowMs: () => number): Promise<Measurements> {
  const { counters, values, version } = await readCounters(client, nowMs);
  const oldest = (await readGroup(client, "settings")).find(([name]) => name === "oldest")?.[1];
  const seconds = values[SLOTS.timeSeconds] as number;
  const uptime = values[SLOTS.uptime] as number;
  const times = flushTimes(Number.parseInt(oldest ?? "", 10), seconds, uptime, version);
  const clockSkewMs = seconds * 1000 - (counters.atMs ?? 0);
  const corrected = (ms: number | null) => (ms === null ? null : ms - clockSkewMs);
  return {
    ...counters,
    tellsFlushes: oldest === undefined ? 0 : 1,
    lastFlushMs: corrected(times.lastFlushMs),
    pendingFlushMs: corrected(times.pendingFlushMs),
  };
}

/** Hit ratio of the gets between two readings of the same process; null without gets. */
export function hitRatioBetween(earlier: Measurements, later: Measurements): number | null {
  const rise = (name: string) => (later[name] ?? Number.NaN) - (earlier[name] ?? Number.NaN);
  const hits = rise("getHits");
  const misses = rise("getMisses");
  // A counter that fell was reset by `stats reset`.
  if (!(hits >= 0 && misses >= 0 && hits + misses > 0) || isOtherProcess(earlier, later)) return null;
  return rounded(hitRatio(hits, misses));
}

/** Whether another process was read than before: the node restarted, or its name moved. */
export function isOtherProcess(before: Measurements, after: Measurements): boolean {
  const processOf = ({ pid, uptime, timeSeconds }: Measurements): ServerProcess => ({
    pid: pid ?? Number.NaN,
    uptime: uptime ?? Number.NaN,
    time: timeSeconds ?? Number.NaN,
  });
  return (
    newProcess(processOf(before), processOf(after), ((after.atMs ?? 0) - (before.atMs ?? 0)) / 1_000) !== null
  );
}

async function readCounters(client: NodeClient, nowMs: () => number) {
  const values = emptyValues();
  const { version } = await client.poll(values);
  const read = (slot: number) => {
    const value = values[slot] as number;
    return Number.isNaN(value) ? null : value;
  };
  const counters: Record<string, number | null> = { atMs: nowMs() };
  for (const [name, slot] of Object.entries(SLOTS)) counters[name] = read(slot);
  return { counters, values, version };
}
