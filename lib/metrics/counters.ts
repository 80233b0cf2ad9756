/** Turns counters into differences between two samples of one node. */
import { requiredSlot, SLOT_COUNT, STATS } from "@/lib/catalogue/stats";
import {
  CLOCK_TOLERANCE_SECONDS,
  newProcess,
  type ServerProcess,
  serverProcess,
  startMovedSeconds,
} from "./server-process";

/** One sample of a node. `atMs`: this process's monotonic clock, which never jumps. */
export interface Sample {
  readonly values: Float64Array;
  readonly atMs: number;
}

/** What a sample tells of the server process. */
export interface ObservedProcess {
  readonly process: ServerProcess;
  readonly atMs: number;
  /** How long before `atMs` the sample can have been taken. */
  readonly uncertainSeconds: number;
}

/** What is known from samples before the previous one. */
export interface StepContext {
  /** An earlier sample of the same process: restarts one second apart show only over several samples. */
  readonly anchor?: ObservedProcess;
  /** The node's `time` less our clock, in seconds, when they last agreed on elapsed time. */
  readonly steadyOffset?: number;
}

/**
 * - `delta`: the counters' differences are in `into`; they cover `elapsedSeconds`. `lateClock`: what the clocks say, if
 *   the node's clock advanced clearly less than ours.
 * - `restart`: the node is a new process. `reset`: `stats reset` zeroed the counters. `clock`: the node's
 *   clock jumped. In all three the counters' slots are NaN: a gap, never a negative and never a zero.
 */
export type Interval =
  | { readonly kind: "delta"; readonly elapsedSeconds: number; readonly lateClock?: string }
  | { readonly kind: "restart" | "reset" | "clock"; readonly detail: string };

const TIME = requiredSlot("time");
const LATENCY = requiredSlot("latency");

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

/** Counters of some servers have 32 bits: those of 1.4, and those of 32-bit builds. */
const WRAP = 2 ** 32;
/** A counter wraps only from at least this value, and grows by at most `MAX_WRAPPED` meanwhile. */
const MIN_BEFORE_WRAP = 2 ** 30;
const MAX_WRAPPED = 2 ** 28;

/**
 * Writes the step from `previous` to `next` into `into` (one number per catalogue slot): counters as
 * differences, everything else as in `next`. A counter absent from either sample is NaN.
 *
 * Elapsed time is by this process's monotonic clock: the node's clock can stand still, be late, or jump. Only if the
 * previous reply took long, for example because this process was stopped, can more time have passed; the node's clock
 * then tells how much.
 */
export function step(
  previous: Sample,
  next: Sample,
  into: Float64Array,
  context: StepContext = {},
): Interval {
  const before = previous.values;
  const after = next.values;
  into.set(after);

  const interruption = findInterruption(previous, next, context);
  if (interruption) {
    for (const slot of COUNTER_SLOTS) into[slot] = Number.NaN;
    return interruption;
  }
  const server = (after[TIME] as number) - (before[TIME] as number);
  const ours = (next.atMs - previous.atMs) / 1000;
  for (let i = 0; i < COUNTER_SLOTS.length; i++) {
    const slot = COUNTER_SLOTS[i] as number;
    into[slot] = growth(before[slot] as number, after[slot] as number);
  }
  const lateClock = server < ours - clockTolerance(ours) ? clockDetail(server, ours) : undefined;
  return { kind: "delta", elapsedSeconds: elapsedSeconds(previous, server, ours), lateClock };
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

/** NaN when the counter fell, unless it has 32 bits and wrapped. */
function growth(before: number, after: number): number {
  const difference = after - before;
  if (difference >= 0) return difference;
  return mayWrap(before) && difference + WRAP <= MAX_WRAPPED ? difference + WRAP : Number.NaN;
}

function mayWrap(before: number): boolean {
  return before >= MIN_BEFORE_WRAP && before < WRAP;
}

function findInterruption(
  previous: Sample,
  next: Sample,
  { anchor, steadyOffset = Number.NaN }: StepContext,
): Exclude<Interval, { kind: "delta" }> | null {
  const before = observedProcess(previous);
  const after = observedProcess(next);
  const restarted = restartBetween(before, after) ?? restartBetween(anchor ?? before, after);
  if (restarted !== null) return { kind: "restart", detail: restarted };
  const fallen = fallenWitness(previous.values, next.values);
  if (fallen !== null) {
    const moved = startMovedSeconds(before.process, after.process);
    return { kind: moved >= 1 ? "restart" : "reset", detail: fallen };
  }
  const server = (next.values[TIME] as number) - (previous.values[TIME] as number);
  const ours = (next.atMs - previous.atMs) / 1000;
  if (server < -1) return { kind: "clock", detail: clockDetail(server, ours) };
  const offset = (next.values[TIME] as number) - next.atMs / 1000;
  const caughtUp = Math.abs(offset - steadyOffset) <= CLOCK_TOLERANCE_SECONDS;
  if (server > ours + clockTolerance(ours) + before.uncertainSeconds && !caughtUp) {
    return { kind: "clock", detail: clockDetail(server, ours) };
  }
  return null;
}

export function observedProcess({ values, atMs }: Sample): ObservedProcess {
  return { process: serverProcess(values), atMs, uncertainSeconds: latencySeconds(values) };
}

function restartBetween(earlier: ObservedProcess, later: ObservedProcess): string | null {
  const elapsedSeconds = (later.atMs - earlier.atMs) / 1000;
  const toleranceSeconds = CLOCK_TOLERANCE_SECONDS + earlier.uncertainSeconds + later.uncertainSeconds;
  return newProcess(earlier.process, later.process, elapsedSeconds, toleranceSeconds);
}

/**
 * The first counter that fell as after `stats reset`; null if none did. A single one that can have wrapped tells nothing
 * of the others.
 */
function fallenWitness(before: Float64Array, after: Float64Array): string | null {
  const fallen = RESET_WITNESSES.filter((slot) => (after[slot] as number) < (before[slot] as number));
  const [first] = fallen;
  if (first === undefined || (fallen.length === 1 && mayWrap(before[first] as number))) return null;
  return `${STATS[first]?.name} ${before[first]} to ${after[first]}`;
}

function clockTolerance(ours: number): number {
  return Math.max(CLOCK_TOLERANCE_SECONDS, ours * 0.2);
}

function clockDetail(server: number, ours: number): string {
  return `${server} s by the node's clock, ${ours.toFixed(1)} s by Memfleet's`;
}

function elapsedSeconds(previous: Sample, server: number, ours: number): number {
  return server > ours + 1 ? Math.min(server, ours + latencySeconds(previous.values)) : ours;
}

/** How long before it was recorded the sample can have been taken. */
function latencySeconds(values: Float64Array): number {
  const microseconds = values[LATENCY] as number;
  return Number.isNaN(microseconds) ? 0 : microseconds / 1_000_000;
}
