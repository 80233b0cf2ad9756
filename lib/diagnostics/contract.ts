/** What tests a node. `run.ts` is the only way to run one; nothing here changes a node. */
import type { FleetNode } from "@/lib/config/contract";
import type { NodeClient } from "@/lib/memcached/contract";
import type { Sums } from "@/lib/metrics/recent";
import type { Exposure, ProbeName, Severity, UdpPayload, Verdict } from "@/lib/model/findings/finding";
import type { Evidence } from "@/lib/model/findings/finding.schema";
import type { Node } from "@/lib/model/node/node.schema";

/**
 * What the probes of one node share, asked once a run: each group's entries by name; null when the node could not
 * be asked, or cannot answer it (`problem` says why, in English).
 */
export interface SharedStats {
  readonly general: ReadonlyMap<string, string> | null;
  readonly settings: ReadonlyMap<string, string> | null;
  /** Rows of `stats conns` in the server's order. */
  readonly conns: ReadonlyMap<string, string> | null;
  readonly problem: Readonly<Record<string, string>>;
}

/** What Memfleet's own polls saw of a node before the run. */
export interface RecentDeltas {
  /** The last hour, or as much of it as was observed. */
  readonly hour: Sums;
  /** When its process was found to be another one, in the last day, Unix milliseconds, oldest first. */
  readonly restartsMs: readonly number[];
}

/** A configured node under test. There is no other way to name an address. */
export interface ProbeTarget {
  readonly node: FleetNode;
  /** As collected last. */
  readonly view: Node;
  /** The client that also polls the node: short requests only. */
  readonly client: NodeClient;
  /** Other nodes of its pool, for drift. */
  readonly peers: () => readonly {
    readonly id: string;
    readonly settings: ReadonlyMap<string, string> | null;
  }[];
  readonly recent: () => Promise<RecentDeltas>;
  stats(): Promise<SharedStats>;
  /** How exposed it is by its own words; null when it does not tell. Asked once a run. */
  exposure(): Promise<Exposure | null>;
}

export interface ProbeContext {
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  readonly udpPayload: UdpPayload;
}

/** One thing that was checked. Node, pool, probe, time and remedies are added by `run.ts`. */
export interface Check {
  readonly check: string;
  readonly verdict: Verdict;
  readonly severity: Severity;
  /** One English sentence that claims no more than was seen. */
  readonly title: string;
  /** Figures of the translated sentence. */
  readonly figures?: Readonly<Record<string, string | number | null>>;
  readonly evidence: Evidence;
}

export interface Probe {
  readonly name: ProbeName;
  /** One node's run that takes longer than this is `unknown`, in milliseconds. */
  readonly deadlineMs: number;
  /** Settles within the deadline. Rejects with `NodeError` when the node cannot be asked: then it is `unknown`. */
  run(target: ProbeTarget, context: ProbeContext): Promise<readonly Check[]>;
}
