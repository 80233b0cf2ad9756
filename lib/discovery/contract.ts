/**
 * Which nodes a pool has, asked of somebody else. One contract for every source: it is asked, and says the whole
 * list or that it could not be asked. "Nobody is there" and "could not ask" are never the same.
 */
import type { NodeAddress } from "@/lib/model/node/node-address";

/** One node as a source lists it. */
export interface DiscoveredTarget {
  /** `host:port`, `[v6]:port` or `unix:/path`, in its one writing. */
  readonly id: string;
  readonly address: NodeAddress;
  /** The source's labels for this node; names that begin with `__` are left out. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a source said: the whole list as far as it can be used. */
export interface DiscoveryResult {
  /** Each node once, in the source's order. */
  readonly targets: readonly DiscoveredTarget[];
  /** What of the answer cannot be used, each in one sentence; the rest counts all the same. */
  readonly problems: readonly string[];
  /** How long the answer holds, in milliseconds: when to ask again. */
  readonly ttlMs: number;
}

/** A source that is asked again and again, never twice at once. It may remember what it said before. */
export interface DiscoverySource {
  /**
   * Asks once. Rejects with `CouldNotAsk` when there is no answer that can be believed, and soon after `signal`
   * is aborted.
   */
  ask(signal: AbortSignal): Promise<DiscoveryResult>;
}

/** No answer, or none that can be believed. What was known before stands. */
export class SourceUnavailable extends Error {
  override readonly name = "CouldNotAsk";
}

/** Most nodes that are taken of one source, and of all together. */
export const MOST_TARGETS = 20_000;

/** Largest file or HTTP reply with a list of nodes, in bytes. */
export const LARGEST_LIST_BYTES = 10 * 1024 * 1024;
