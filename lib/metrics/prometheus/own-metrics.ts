/** Memfleet's own metrics: one row each. */
import { labelPairs } from "./labels";
import { type Family, type MetricType, sample } from "./text-format";

/** Memfleet's metrics about itself. Seconds, bytes, counts; NaN when unknown. */
export interface OwnMetrics {
  /** Nodes by status. */
  readonly nodes: ReadonlyMap<string, number>;
  readonly pollIntervalSeconds: number;
  readonly polls: number;
  /** By reason. */
  readonly pollFailures: ReadonlyMap<string, number>;
  /** Sample batches appended to the history. */
  readonly batches: number;
  readonly batchSeconds: number;
  /** Unix seconds. */
  readonly batchAtSeconds: number;
  readonly historyWritable: boolean;
  /** Bytes on disk by database. */
  readonly databases: ReadonlyMap<string, number>;
  /** Whether each notice is active, by code. */
  readonly notices: ReadonlyMap<string, boolean>;
  readonly auditEntries: number;
  readonly actionsRunning: number;
  /** Unix seconds. */
  readonly startedAtSeconds: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly cpuSeconds: ReadonlyMap<"user" | "system", number>;
  readonly eventLoopActiveSeconds: number;
  /** The longest delay of the event loop in the last one to two minutes. */
  readonly eventLoopDelaySeconds: number;
}

type Value = number | { readonly by: string; readonly values: ReadonlyMap<string, number> };
type Row = readonly [name: string, type: MetricType, help: string, value: (own: OwnMetrics) => Value];

const ROWS: readonly Row[] = [
  ["nodes", "gauge", "Configured nodes by status", (own) => by("status", own.nodes)],
  [
    "poll_interval_seconds",
    "gauge",
    "Interval between two polls of a node",
    (own) => own.pollIntervalSeconds,
  ],
  ["polls_total", "counter", "Polls of nodes", (own) => own.polls],
  ["poll_failures_total", "counter", "Failed polls by reason", (own) => by("reason", own.pollFailures)],
  ["sweeps_total", "counter", "Sample batches appended to the history", (own) => own.batches],
  [
    "sweep_duration_seconds",
    "gauge",
    "Time to collect the newest sample batch and append it to the history",
    (own) => own.batchSeconds,
  ],
  [
    "sweep_timestamp_seconds",
    "gauge",
    "When the newest sample batch was collected, Unix seconds",
    (own) => own.batchAtSeconds,
  ],
  ["history_writable", "gauge", "1 while the history can be written", (own) => (own.historyWritable ? 1 : 0)],
  ["database_size_bytes", "gauge", "Size of a database on disk", (own) => by("database", own.databases)],
  [
    "notice",
    "gauge",
    "1 while Memfleet shows this notice on every page",
    (own) => by("code", new Map([...own.notices].map(([code, active]) => [code, active ? 1 : 0]))),
  ],
  ["audit_entries_total", "counter", "Audit entries written by this process", (own) => own.auditEntries],
  ["actions_running", "gauge", "Actions that have not ended", (own) => own.actionsRunning],
  [
    "process_start_time_seconds",
    "gauge",
    "When this process started, Unix seconds",
    (own) => own.startedAtSeconds,
  ],
  ["process_resident_memory_bytes", "gauge", "Resident memory of this process", (own) => own.residentBytes],
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
    "Longest delay of the event loop in the last one to two minutes",
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
      return Array.from(value.values, ([key, number]) =>
        sample(name, labelPairs([[value.by, key]]), number),
      ).join("");
    },
  };
});
