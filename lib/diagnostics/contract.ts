/** Probes and what they work with. Only `run-probe.ts` runs one. */
import type { FleetNode } from "@/lib/config/contract";
import type { Deadlines, NodeClient } from "@/lib/memcached/contract";
import type { Sums } from "@/lib/metrics/recent";
import type { Exposure, ProbeName, Severity, UdpPayload, Verdict } from "@/lib/model/findings/finding";
import type { Evidence } from "@/lib/model/findings/finding.schema";
import type { Node } from "@/lib/model/node/node.schema";

/** For connections that probes open: they need no response as soon as polls do. */
export const PROBE_DEADLINES: Deadlines = { connectTimeoutMs: 3_000, timeoutMs: 5_000 };

/**
 * Stats that the probes of one node share, read once a run: each group's entries by name; null when the node couldn't be
 * queried, or doesn't support the group (`problem` gives the reason, in English).
 */
export interface SharedStats {
  readonly general: ReadonlyMap<string, string> | null;
  readonly settings: ReadonlyMap<string, string> | null;
  /** Rows of `stats conns` in the server's order. */
  readonly conns: ReadonlyMap<string, string> | null;
  readonly problem: Readonly<Record<string, string>>;
}

/** What Memfleet's polls recorded of a node before the run. */
export interface RecentDeltas {
  /** The last hour, or the observed part of it. */
  readonly hour: Sums;
  /** When a restart was observed, in the last day, Unix milliseconds, oldest first. */
  readonly restartsMs: readonly number[];
}

/** A configured node under test. Probes accept no other address. */
export interface ProbeTarget {
  readonly node: FleetNode;
  /** As of the last poll. */
  readonly view: Node;
  /** The client that also polls the node: short requests only. */
  readonly client: NodeClient;
  /** Other nodes of its pool, to find drift. */
  readonly peers: () => readonly {
    readonly id: string;
    readonly settings: ReadonlyMap<string, string> | null;
  }[];
  readonly recent: () => Promise<RecentDeltas>;
  stats(): Promise<SharedStats>;
  /** How exposed it is by what it reports; null when not reported. Read once a run. */
  exposure(): Promise<Exposure | null>;
}

export interface ProbeContext {
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  readonly udpPayload: UdpPayload;
}

/** The result of one check. `probe-session.ts` adds node, pool, probe, time and remedies. */
export interface Check {
  readonly check: string;
  readonly verdict: Verdict;
  readonly severity: Severity;
  /** One English sentence, based only on what was observed; the English messages of the pages say the same. */
  readonly title: string;
  /** Values of the translated sentence. */
  readonly figures?: Readonly<Record<string, string | number | null>>;
  readonly evidence: Evidence;
}

export interface Probe {
  readonly name: ProbeName;
  /** Milliseconds after which the result on one node is `unknown`. */
  readonly deadlineMs: number;
  /** Rejects with `NodeError` when the node can't be queried: then the result is `unknown`. */
  run(target: ProbeTarget, context: ProbeContext): Promise<readonly Check[]>;
}
