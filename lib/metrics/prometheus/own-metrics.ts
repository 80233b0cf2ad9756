/** Memfleet's own metrics: one row each. */
import { labelPairs } from "./labels";
import { type Family, type MetricType, sample } from "./text-format";

/** What Memfleet knows of itself. Seconds, bytes, counts; NaN for what is not known. */
export interface OwnMetrics {
  /** Nodes by status. */
  readonly nodes: ReadonlyMap<string, number>;
  readonly pollIntervalSeconds: number;
  readonly polls: number;
  /** By reason. */
  readonly pollFailures: ReadonlyMap<string, number>;
  readonly sweeps: number;
  readonly sweepSeconds: number;
  /** Unix seconds. */
  readonly sweptAtSeconds: number;
  readonly historyWritable: boolean;
  /** Bytes on disk by database. */
  readonly databases: ReadonlyMap<string, number>;
  /** Which notices there are, by code. */
  readonly notices: ReadonlyMap<string, boolean>;
  readonly auditEntries: number;
  readonly actionsRunning: number;
  /** Unix seconds. */
  readonly startedAtSeconds: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly cpuSeconds: ReadonlyMap<"user" | "system", number>;
  readonly eventLoopActiveSeconds: number;
  /** The longest that the event loop was late in the last minute or two. */
  readonly eventLoopDelaySeconds: number;
}

type Value = number | { readonly by: string; readonly values: ReadonlyMap<string, number> };
type Row = readonly [name: string, type: MetricType, help: string, value: (own: OwnMetrics) => Value];

const ROWS: readonly Row[] = [
  ["nodes", "gauge", "Configured nodes by status", (own) => by("status", own.nodes)],
  ["poll_interval_seconds", "gauge", "How often each node is asked", (own) => own.pollIntervalSeconds],
  ["polls_total", "counter", "Times that a node was asked for its stats", (own) => own.polls],
  ["poll_failures_total", "counter", "Polls that failed, by reason", (own) => by("reason", own.pollFailures)],
  ["sweeps_total", "counter", "Sweeps handed to the history", (own) => own.sweeps],
  [
    "sweep_duration_seconds",
    "gauge",
    "Time to gather the newest sweep and hand it to the history",
    (own) => own.sweepSeconds,
  ],
  ["sweep_timestamp_seconds", "gauge", "When the newest sweep was taken", (own) => own.sweptAtSeconds],
  ["history_writable", "gauge", "1 while the history can be written", (own) => (own.historyWritable ? 1 : 0)],
  [
    "database_size_bytes",
    "gauge",
    "Bytes that a database takes on disk",
    (own) => by("database", own.databases),
  ],
  [
    "notice",
    "gauge",
    "1 while Memfleet shows this notice on every page",
    (own) => by("code", new Map([...own.notices].map(([code, there]) => [code, there ? 1 : 0]))),
  ],
  ["audit_entries_total", "counter", "Audit entries written by this process", (own) => own.auditEntries],
  ["actions_running", "gauge", "Actions that have not ended", (own) => own.actionsRunning],
  [
    "process_start_time_seconds",
    "gauge",
    "When this process began, Unix seconds",
    (own) => own.startedAtSeconds,
  ],
  ["process_resident_memory_bytes", "gauge", "Memory that this process holds", (own) => own.residentBytes],
  ["process_heap_used_bytes", "gauge", "JavaScript heap in use", (own) => own.heapUsedBytes],
  ["process_cpu_seconds_total", "counter", "CPU time of this process", (own) => by("mode", own.cpuSeconds)],
  [
    "event_loop_active_seconds_total",
    "counter",
    "Time that the event loop was busy",
    (own) => own.eventLoopActiveSeconds,
  ],
  [
    "event_loop_delay_max_seconds",
    "gauge",
    "The longest that the event loop was late in the last minute or two",
    (own) => own.eventLoopDelaySeconds,
  ],
];

function by(label: string, values: ReadonlyMap<string, number>): Value {
  return { by: label, values };
}

export const OWN_FAMILIES: readonly Family<OwnMetrics>[] = ROWS.map(([ending, type, help, read]) => {
  const name = `memfleet_${ending}`;
  return {
    name,
    help,
    type: () => type,
    lines: (own) => {
      const value = read(own);
      if (typeof value === "number") return sample(name, "", value);
      return Array.from(value.values, ([key, one]) => sample(name, labelPairs([[value.by, key]]), one)).join(
        "",
      );
    },
  };
});
