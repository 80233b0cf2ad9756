/** What the benchmark and the process under measurement say to each other. */
import type { Summary } from "./distribution";

export type ToObserved =
  /** The warm-up is over: distributions begin anew. */
  | { readonly kind: "begin" }
  /** The flapping nodes were killed or are there again. */
  | { readonly kind: "flapped"; readonly up: boolean; readonly atMs: number }
  | { readonly kind: "report" }
  | { readonly kind: "stop" };

export interface Observations {
  readonly kind: "report";
  /** From the start of the runtime until every living node had answered once; NaN before. */
  readonly firstSweep: { readonly ms: number; readonly cpuSeconds: number };
  /** From a node's place in the interval to its answer. */
  readonly lateness: Summary;
  readonly age: Summary;
  /** Between two samples of a node. */
  readonly gap: Summary;
  readonly missed: number;
  /** Steady nodes that were told to be anything but up, with the reason; a few of them. */
  readonly wronglyDown: number;
  readonly examples: readonly string[];
  readonly loopDelay: Summary;
  readonly heapUsed: number;
  readonly external: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** From the moment a flapping node was killed, or was there again, until its status said so. */
  readonly toldDown: Summary;
  readonly toldUp: Summary;
  readonly restartSeen: boolean;
  readonly defects: number;
  readonly timers: number;
}
export type FromObserved = { readonly kind: "ready" } | Observations;
