/** Turns counters into differences between two samples of one node. */
import { requiredSlot, SLOT_COUNT, STATS } from "@/lib/catalogue/stats";

/** One sample of a node. `atMs`: this process's monotonic clock, which never jumps. */
export interface Sample {
  readonly values: Float64Array;
  readonly atMs: number;
}

/**
 * - `delta`: the counters' differences are in `into`; they cover `elapsedSeconds`.
 * - `restart`: the node is a new process. `reset`: `stats reset` zeroed the counters. `clock`: the node's
 *   clock jumped. In all three the counters' slots are NaN: a gap, never a negative and never a zero.
 */
export type Interval =
  | { readonly kind: "delta"; readonly elapsedSeconds: number }
  | { readonly kind: "restart" | "reset" | "clock"; readonly detail: string };

const PID = requiredSlot("pid");
const UPTIME = requiredSlot("uptime");
const TIME = requiredSlot("time");

const COUNTER_SLOTS = Int32Array.from(STATS.flatMap((stat, slot) => (stat.kind === "counter" ? [slot] : [])));

/**
 * Counters that only `stats reset` or a restart can lower. Others fall slightly through races inside the server; each
 * of those becomes a separate gap without invalidating the rest.
 */
const RESET_WITNESSES = [
  "cmd_get",
  "cmd_set",
  "get_hits",
  "get_misses",
  "bytes_read",
  "bytes_written",
  "total_connections",
].map(requiredSlot);

/**
 * Writes the step from `previous` to `next` into `into` (one number per catalogue slot): counters as
 * differences, everything else as in `next`. A counter absent from either sample is NaN.
 *
 * Elapsed time is the server's own (`time`, whole seconds). Where this process's monotonic clock agrees with it within
 * that rounding, that clock is used instead, because it has the fraction that the server leaves out.
 */
export function step(previous: Sample, next: Sample, into: Float64Array): Interval {
  const before = previous.values;
  const after = next.values;
  into.set(after);

  const interruption = findInterruption(previous, next);
  if (interruption) {
    for (const slot of COUNTER_SLOTS) into[slot] = Number.NaN;
    return interruption;
  }
  for (let i = 0; i < COUNTER_SLOTS.length; i++) {
    const slot = COUNTER_SLOTS[i] as number;
    const difference = (after[slot] as number) - (before[slot] as number);
    into[slot] = difference >= 0 ? difference : Number.NaN;
  }
  return { kind: "delta", elapsedSeconds: elapsedSeconds(previous, next) };
}

/** The first sample after a start or a gap: gauges are known, differences are not. */
export function firstStep(sample: Sample, into: Float64Array): void {
  into.set(sample.values);
  for (const slot of COUNTER_SLOTS) into[slot] = Number.NaN;
}

/** Adds a later step of the same poll interval to an earlier one, in place: differences add up, gauges are replaced. */
export function addStep(earlier: Float64Array, later: Float64Array): void {
  for (let slot = 0; slot < SLOT_COUNT; slot++) {
    const value = later[slot] as number;
    if (STATS[slot]?.kind !== "counter") earlier[slot] = value;
    else if (Number.isNaN(earlier[slot] as number)) earlier[slot] = value;
    else if (!Number.isNaN(value)) earlier[slot] = (earlier[slot] as number) + value;
  }
}

function findInterruption(previous: Sample, next: Sample): Exclude<Interval, { kind: "delta" }> | null {
  const before = previous.values;
  const after = next.values;
  const pidBefore = before[PID] as number;
  const pidAfter = after[PID] as number;
  if (pidBefore !== pidAfter && !Number.isNaN(pidBefore) && !Number.isNaN(pidAfter)) {
    return { kind: "restart", detail: `pid ${pidBefore} to ${pidAfter}` };
  }
  const uptimeBefore = before[UPTIME] as number;
  const uptimeAfter = after[UPTIME] as number;
  if (uptimeAfter < uptimeBefore) {
    return { kind: "restart", detail: `uptime ${uptimeBefore} to ${uptimeAfter}` };
  }
  for (const slot of RESET_WITNESSES) {
    if ((after[slot] as number) < (before[slot] as number)) {
      return { kind: "reset", detail: `${STATS[slot]?.name} ${before[slot]} to ${after[slot]}` };
    }
  }
  const server = (after[TIME] as number) - (before[TIME] as number);
  const ours = (next.atMs - previous.atMs) / 1000;
  if (Math.abs(server - ours) > Math.max(2, ours * 0.2)) {
    return { kind: "clock", detail: `${server} s by the node's clock, ${ours.toFixed(1)} s by Memfleet's` };
  }
  return null;
}

function elapsedSeconds(previous: Sample, next: Sample): number {
  const server = (next.values[TIME] as number) - (previous.values[TIME] as number);
  const ours = (next.atMs - previous.atMs) / 1000;
  return Number.isNaN(server) || Math.abs(server - ours) <= 1 ? ours : server;
}
