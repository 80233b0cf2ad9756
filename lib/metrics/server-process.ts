/**
 * Whether two samples are of one server process.
 *
 * memcached computes `time` and `uptime` from one monotonic clock, so `time - uptime`, the start, is constant while the
 * process lives, also while its clock is late. In containers the pid is always 1, so the pid alone doesn't suffice.
 */
import { requiredSlot } from "@/lib/catalogue/stats";

const PID = requiredSlot("pid");
const UPTIME = requiredSlot("uptime");
const TIME = requiredSlot("time");

/** Whole seconds, and two clocks that are read one after the other. */
export const CLOCK_TOLERANCE_SECONDS = 2;

/** What a server reports of its process. NaN: not reported. */
export interface ServerProcess {
  readonly pid: number;
  readonly uptime: number;
  readonly time: number;
}

export const UNKNOWN_PROCESS: ServerProcess = { pid: Number.NaN, uptime: Number.NaN, time: Number.NaN };

export function serverProcess(values: Float64Array): ServerProcess {
  return { pid: values[PID] as number, uptime: values[UPTIME] as number, time: values[TIME] as number };
}

/**
 * How the later of two samples shows that the server is a new process; null if it doesn't. `elapsedSeconds`: by a clock
 * that never jumps, `toleranceSeconds` off at most.
 *
 * - Another pid.
 * - Another start, unless only `time` moved: the uptime then grew as it should, and the node's clock was set.
 * - Without `time`: an uptime that fell, or grew clearly less than the time between the samples.
 */
export function newProcess(
  before: ServerProcess,
  after: ServerProcess,
  elapsedSeconds: number,
  toleranceSeconds = CLOCK_TOLERANCE_SECONDS,
): string | null {
  if (before.pid !== after.pid && !Number.isNaN(before.pid) && !Number.isNaN(after.pid)) {
    return `pid ${before.pid} to ${after.pid}`;
  }
  const grown = after.uptime - before.uptime;
  const startMoved = Math.abs(after.time - before.time - grown);
  const late = elapsedSeconds - grown;
  const detail = `uptime ${before.uptime} to ${after.uptime}`;
  if (Number.isNaN(startMoved)) return grown < 0 || late > toleranceSeconds ? detail : null;
  // An uptime that fell while `time` did not is a restart, however little it fell.
  if (grown < 0 && startMoved >= Math.max(1, -grown)) return detail;
  const moved = startMoved > CLOCK_TOLERANCE_SECONDS && Math.abs(late) > toleranceSeconds;
  return moved ? `${detail} in ${elapsedSeconds.toFixed(1)} s` : null;
}

/** Seconds that the start moved; NaN when it is not reported. */
export function startMovedSeconds(before: ServerProcess, after: ServerProcess): number {
  return Math.abs(after.time - after.uptime - (before.time - before.uptime));
}
