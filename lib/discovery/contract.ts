/**
 * The contract of every discovery source: a read returns the complete list of nodes or fails. An empty list and a failed
 * read are never the same.
 */
import type { NodeAddress } from "@/lib/model/node/node-address";

/** One node as a source lists it. */
export interface DiscoveredTarget {
  /** `host:port`, `[v6]:port` or `unix:/path`, in canonical form. */
  readonly id: string;
  readonly address: NodeAddress;
  /** The source's labels for this node, without names that begin with `__`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The complete list of a source, without unusable entries. */
export interface DiscoveryResult {
  /** Each node once, in the source's order. */
  readonly targets: readonly DiscoveredTarget[];
  /** Why parts of the list are unusable, one sentence each; the rest is used nevertheless. */
  readonly problems: readonly string[];
  /** How long the list is valid, in milliseconds: when to read again. */
  readonly ttlMs: number;
}

/** A source that is read repeatedly, never concurrently. It may remember its last list. */
export interface DiscoverySource {
  /**
   * Reads once. Rejects with `SourceUnavailable` when there is no credible list, and soon after `signal` is aborted.
   */
  read(signal: AbortSignal): Promise<DiscoveryResult>;
}

/** No list, or none that is credible. The last good list remains in effect. */
export class SourceUnavailable extends Error {
  override readonly name = "SourceUnavailable";
}

/** Maximum number of nodes from one source, and from all together. */
export const MAX_TARGETS = 20_000;

/** Largest file or HTTP reply with a list of nodes, in bytes. */
export const MAX_LIST_BYTES = 10 * 1024 * 1024;
