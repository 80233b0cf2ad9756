/**
 * Which nodes a pool has, asked of somebody else. One contract for every source: it is asked, and says the whole
 * list or that it could not be asked. "Nobody is there" and "could not ask" are never the same.
 */
import type { NodeAddress, NodeTls } from "@/lib/memcached/contract";

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

interface Named {
  /** What an operator recognises it by, such as `dns cache.example.net A`; never a secret. */
  readonly name: string;
}

/** Files in Prometheus' file_sd form. */
export interface FileSdSettings extends Named {
  readonly kind: "fileSd";
  /** Absolute paths; `*` may stand in the last part. */
  readonly patterns: readonly string[];
}

/** A server that answers in Prometheus' HTTP SD form. */
export interface HttpSdSettings extends Named {
  readonly kind: "httpSd";
  readonly url: string;
  /** Secrets included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly refreshMs: number;
}

/** Records of a name. */
export interface DnsSettings extends Named {
  readonly kind: "dns";
  readonly domain: string;
  readonly type: "SRV" | "A" | "AAAA";
  /** The port of every node of an A or AAAA answer; SRV records carry their own. */
  readonly port: number;
  /** `address` or `address:port` of name servers; empty for the system's. Several are asked, and all believed. */
  readonly resolvers: readonly string[];
  readonly refreshMs: number;
}

/** The configuration endpoint of an ElastiCache cluster. */
export interface ElastiCacheSettings extends Named {
  readonly kind: "elasticache";
  readonly address: NodeAddress & { readonly kind: "tcp" };
  /** The pool's: a cluster encrypts all its endpoints or none. */
  readonly tls: NodeTls | null;
  readonly refreshMs: number;
}

export type DiscoverySettings = FileSdSettings | HttpSdSettings | DnsSettings | ElastiCacheSettings;
