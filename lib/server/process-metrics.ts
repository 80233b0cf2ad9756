/** Memory and CPU use of this process, and the delay of its event loop. */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { OwnMetrics } from "@/lib/metrics/prometheus/own-metrics";

/** Samples the event loop ten times a second: enough for stalls that people notice, and nearly free. */
const RESOLUTION_MS = 100;
const WINDOW_MS = 60_000;

type ProcessSnapshot = Pick<
  OwnMetrics,
  | "startedAtSeconds"
  | "residentBytes"
  | "heapUsedBytes"
  | "cpuSeconds"
  | "eventLoopActiveSeconds"
  | "eventLoopDelaySeconds"
>;

export class ProcessMetrics {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly rotation: NodeJS.Timeout;
  /** The longest delay of the minute before this one, in milliseconds; NaN before there was one. */
  private previousMs = Number.NaN;

  constructor() {
    this.delay.enable();
    this.rotation = setInterval(() => {
      this.previousMs = this.longestMs();
      this.delay.reset();
    }, WINDOW_MS);
    this.rotation.unref();
  }

  read(): ProcessSnapshot {
    const { user, system } = process.cpuUsage();
    const longestMs = [this.previousMs, this.longestMs()].filter((ms) => !Number.isNaN(ms));
    return {
      startedAtSeconds: performance.timeOrigin / 1000,
      residentBytes: process.memoryUsage.rss(),
      heapUsedBytes: process.memoryUsage().heapUsed,
      cpuSeconds: new Map([
        ["user", user / 1_000_000],
        ["system", system / 1_000_000],
      ]),
      eventLoopActiveSeconds: performance.eventLoopUtilization().active / 1000,
      eventLoopDelaySeconds: longestMs.length === 0 ? Number.NaN : Math.max(...longestMs) / 1000,
    };
  }

  close(): void {
    this.delay.disable();
    clearInterval(this.rotation);
  }

  /** Beyond the time between two samples; NaN before the first. */
  private longestMs(): number {
    return this.delay.count === 0 ? Number.NaN : Math.max(0, this.delay.max / 1_000_000 - RESOLUTION_MS);
  }
}
