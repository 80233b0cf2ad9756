/** Messages between the benchmark and the process under measurement. */
import type { Summary } from "./distribution";

export type ToObserved =
  /** The warm-up is over: distributions are cleared. */
  | { readonly kind: "begin" }
  /** The flapping nodes were killed or are running again. */
  | { readonly kind: "flapped"; readonly up: boolean; readonly atMs: number }
  | { readonly kind: "report" }
  | { readonly kind: "stop" };

export interface Observations {
  readonly kind: "report";
  /** From the start of the runtime until every live node had responded once; NaN before. */
  readonly firstSweep: { readonly ms: number; readonly cpuSeconds: number };
  /** From a node's slot in the interval to its response. */
  readonly lateness: Summary;
  readonly age: Summary;
  /** Between two samples of a node. */
  readonly gap: Summary;
  readonly missed: number;
  /** Steady nodes with another status than up or unknown; `examples` has a few with their reasons. */
  readonly falselyDown: number;
  readonly examples: readonly string[];
  readonly loopDelay: Summary;
  readonly heapUsed: number;
  readonly external: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** From the moment a flapping node was killed, or was running again, until its status changed. */
  readonly downDelay: Summary;
  readonly upDelay: Summary;
  readonly restartDetected: boolean;
  readonly defects: number;
  readonly timers: number;
}
export type FromObserved = { readonly kind: "ready" } | Observations;
