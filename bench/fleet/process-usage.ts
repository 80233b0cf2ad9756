/** Resource usage of a process from Linux's /proc, see proc(5). */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Clock ticks a second in /proc/PID/stat: 100 on every Linux of today. */
const TICKS = 100;

export interface Usage {
  readonly atMs: number;
  /** All threads, and the main thread alone; seconds. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly mainSeconds: number;
  /** How long the main thread was ready to run and had to wait for a core, seconds. */
  readonly waitedSeconds: number;
  readonly residentBytes: number;
  /** Highest `residentBytes` since the process began. */
  readonly peakBytes: number;
  readonly sockets: number;
}

export function usageOf(pid: number): Usage {
  const [userSeconds, systemSeconds] = cpuOf(`/proc/${pid}/stat`);
  const main = cpuOf(`/proc/${pid}/task/${pid}/stat`);
  const [, waited] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    atMs: performance.now(),
    userSeconds,
    systemSeconds,
    mainSeconds: main[0] + main[1],
    waitedSeconds: Number(waited) / 1e9,
    residentBytes: kilobytes(status, "VmRSS") * 1024,
    peakBytes: kilobytes(status, "VmHWM") * 1024,
    sockets: socketsOf(pid),
  };
}

/** The most files a process of this user may have open, of ourselves. */
export function openFileLimit(): number {
  const limits = readFileSync("/proc/self/limits", "utf8");
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return hard === "unlimited" ? Number.POSITIVE_INFINITY : Number(hard);
}

/** The command in the second field may hold spaces and brackets; the fields after it do not. */
function cpuOf(file: string): [user: number, system: number] {
  const text = readFileSync(file, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return [Number(fields[11]) / TICKS, Number(fields[12]) / TICKS];
}

function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
}

function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  let sockets = 0;
  for (const name of readdirSync(folder)) {
    try {
      if (readlinkSync(`${folder}/${name}`).startsWith("socket:")) sockets++;
    } catch {
      // Closed since the folder was read.
    }
  }
  return sockets;
}
