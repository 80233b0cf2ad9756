/** The interface to memcached nodes. It is the same for text and binary connections. */

import type { StatsGroup } from "@/lib/catalogue/stats-groups";
import type { NodeError } from "@/lib/model/errors";
import type { Capability, LackingReason, ProxyKind } from "@/lib/model/node/capability";
import type { NodeAddress } from "@/lib/model/node/node-address";
import type { KeyCommands } from "./key-contract";

/** Sign-in for a node. The password stays on the server. */
export type NodeCredentials = {
  readonly kind: "sasl" | "ascii";
  readonly username: string;
  readonly password: string;
};

/** TLS settings, already read from their files (PEM text). */
export interface NodeTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly insecureSkipVerify: boolean;
}

/** Everything needed to talk to one node. */
export interface NodeEndpoint {
  /** `host:port`, `[v6]:port` or `unix:/path`. */
  readonly id: string;
  readonly address: NodeAddress;
  readonly protocol: "auto" | "text" | "binary";
  readonly credentials: NodeCredentials | null;
  readonly tls: NodeTls | null;
}

export interface Deadlines {
  /** For connecting, including TLS, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** For a complete request, including connecting and sign-in, in milliseconds. */
  readonly timeoutMs: number;
}

/** The result of a `stats` poll, besides the numbers, which go into the caller's slots. */
export interface PollReply {
  readonly version: string | null;
  /** From sending `stats` to the last byte of the reply, on the monotonic clock. */
  readonly latencyMs: number;
  /** The address that replied, if the host of the node is a name. */
  readonly ip?: string | null;
  /** Names of reported stats that are not in the catalogue, at most 64. */
  readonly unlisted?: readonly string[];
}

/** Names and values of one stats group, unchanged, in the server's order. */
export type StatsEntries = ReadonlyArray<readonly [name: string, value: string]>;

/** A command that tunes a running node. The encoder checks the numbers again. */
export type Tuning =
  | { readonly command: "stats reset" }
  | { readonly command: "verbosity"; readonly level: number }
  | { readonly command: "cache_memlimit"; readonly megabytes: number }
  | { readonly command: "slabs automove"; readonly mode: number }
  /** Slab classes; `from` -1: any class with a spare page. */
  | { readonly command: "slabs reassign"; readonly from: number; readonly to: number };

/** The result of one command of a check. */
export interface CommandCheckResult {
  readonly name: string;
  /** `notTried`: the connection had ended before. */
  readonly verdict: "passed" | "failed" | "notOffered" | "notTried";
  /** The unexpected reply, or why it was not tried, bounded and printable; null if passed. */
  readonly detail: string | null;
}

/** Input of a check of commands. */
export interface CheckOptions {
  /** A proxy closes the connection on a command that it does not know: it gets the oldest ones only. */
  readonly isProxy?: boolean;
  /** Deletes keys over another connection, after this one has ended. */
  readonly deleteElsewhere?: (keys: readonly string[]) => Promise<void>;
}

/**
 * A separate signed-in connection for many short requests, which can be pipelined. Every method rejects with
 * `NodeError`; after any error but a rejected command, the session has ended.
 */
export interface PipelinedSession {
  readonly protocol: "text" | "binary";
  /** Why it ended; null while it is open. */
  readonly ended: NodeError | null;
  /** A round trip of a `version` request. */
  version(): Promise<string>;
  /** Stores a value; `exptime` in seconds. */
  set(key: string, value: Uint8Array, exptime: number): Promise<void>;
  /** Size of the value in bytes, without keeping the value; null for a miss. */
  get(key: string): Promise<number | null>;
  /** The value; null for a miss. */
  getValue(key: string): Promise<Buffer | null>;
  /** Whether there was an item to delete. */
  delete(key: string): Promise<boolean>;
  /**
   * Tries the commands of its protocol on keys that begin with `prefix`, which expire within a minute and are deleted
   * afterwards. Never sends commands that affect anything else (`flush_all`, `verbosity`, …).
   */
  check(prefix: string, options?: CheckOptions): Promise<readonly CommandCheckResult[]>;
  close(): void;
}

/** One item of a metadump. Valid only during the call that passes it. */
export interface MetadumpItem {
  /** Length of the key, 1 to 250. */
  readonly keyBytes: number;
  /** A copy of the key. */
  key(): Buffer;
  /** Copies the key to `target`, from `at` on. Returns its length. */
  copyKey(target: Uint8Array, at: number): number;
  /** Unix seconds; -1: never. */
  readonly exp: number;
  /** Last access, Unix seconds. */
  readonly la: number;
  /** Null if the node has none. */
  readonly cas: string | null;
  /** Length of `cas`, 0 without one. */
  readonly casBytes: number;
  /** Copies the digits of `cas` to `target`, from `at` on. Returns their number. */
  copyCas(target: Uint8Array, at: number): number;
  readonly fetched: boolean;
  /** Slab class; null if this version does not report it. */
  readonly cls: number | null;
  /** Size of the complete item in bytes; null if this version does not report it. */
  readonly size: number | null;
}

export interface MetadumpRequest {
  /** Only items whose key begins with these bytes are passed on and counted as matching. */
  readonly prefix: Uint8Array;
  /** Returns whether to pass on further items; they are counted in any case. Must not throw. */
  readonly onItem: (item: MetadumpItem) => boolean;
}

/** A metadump that has started. Its counts rise until it has ended. */
export interface Metadump {
  /** `hash`: every item once. `all`: by slab class, which can miss items that move during the dump. */
  readonly walk: "hash" | "all";
  readonly itemCount: number;
  readonly matched: number;
  /** Lines that are not in the format of a metadump. */
  readonly unreadable: number;
  /**
   * Resolves at the end of the dump. Rejects with `NodeError` if the connection fails or nothing arrives for 30 seconds.
   */
  readonly ended: Promise<void>;
  /** Passes on no further items. The dump is read to its end: closing early can crash a server. */
  stop(): void;
}

/** An item to delete, unless it has changed since its `cas` was read (null: in any case). */
export interface BulkDeleteCommand {
  readonly key: Uint8Array;
  readonly cas: string | null;
}

/** Whether to delete items or mark them as stale; `exptime` as in memcached, null to leave it unchanged. */
export type BulkDeleteKind =
  | { readonly kind: "delete" }
  | { readonly kind: "stale"; readonly exptime: number | null };

/** Replies of the node: `HD` or `DELETED`, `NF` or `NOT_FOUND`, `EX`, and anything else. */
export interface BulkDeleteCounts {
  done: number;
  missing: number;
  changed: number;
  failed: number;
}

/** A separate signed-in text connection for deleting many items. */
export interface BulkDelete {
  /** Whether the node compares `cas`, which requires the meta commands. */
  readonly compares: boolean;
  /**
   * Deletes a batch and counts the replies. Rejects with `NodeError` if not all replies arrive in time: some items may
   * have been deleted then. A key that no command can contain is not sent and counts as failed.
   */
  delete(batch: readonly BulkDeleteCommand[], kind: BulkDeleteKind): Promise<BulkDeleteCounts>;
  close(): void;
}

/** Whether the crawler runs, or found no items in these classes (`NOTSTARTED`). */
export type CrawlStart = "started" | "nothingToCrawl";

/** The protocol of a node, known after the first successful connection. */
export interface NodeDialect {
  readonly protocol: "text" | "binary";
  /** SASL mechanisms, if the node replies to LIST MECHS. */
  readonly mechanisms: readonly string[];
  /** Whether the node requires an authfile sign-in before text commands. */
  readonly authfile: boolean;
}

export interface LocalEndpoint {
  readonly ip: string;
  readonly port: number;
}

/** Where a node is whose host is a name. */
export interface AddressInUse {
  readonly ip: string;
  /** Other addresses of the name, which are not used while this one accepts connections. */
  readonly others: readonly string[];
}

export interface CapabilityReport {
  readonly capabilities: readonly Capability[];
  readonly lacking: Partial<Record<Capability, LackingReason>>;
  /** Null: no proxy, as far as is known. */
  readonly proxy: ProxyKind | null;
}

/**
 * The client of one node. It has at most one persistent connection, for polls and stats, which opens at the first
 * request and is discarded after any failure. Requests on it run one at a time. If the host is a name, all connections
 * lead to one of its addresses; they are replaced when that changes. Every method settles within
 * `deadlines.timeoutMs` and rejects with `NodeError` (or `CapabilityError` for a group that the node does not support or
 * that could harm it).
 */
export interface NodeClient {
  readonly id: string;
  /** Null before the first successful connection. */
  dialect(): NodeDialect | null;
  /** Our end of the persistent connection; null without one, and for a unix socket. */
  localEndpoint(): LocalEndpoint | null;
  /** Null before the name is resolved, and for nodes that are configured with an IP address or a unix socket. */
  addressInUse(): AddressInUse | null;
  /**
   * Sends `stats` and writes the numbers into `into` (a sample's slots; slots not reported become NaN). If it rejects,
   * the content of `into` is undefined.
   */
  poll(into: Float64Array): Promise<PollReply>;
  /** Reads one stats group. Refuses groups that can crash or lock this node's version. */
  stats(group: StatsGroup): Promise<StatsEntries>;
  /**
   * `flush_all`: invalidates every item, now or after `delaySeconds` (0 to 2592000). Resolves when the node has accepted
   * it. Sent at most once, and never to a node whose `flush_enabled` is no: such a server rejects it, but counts it in
   * `cmd_flush`.
   */
  flushAll(delaySeconds?: number): Promise<void>;
  /**
   * Sends one tuning command, at most once, after a check over the same connection that the node has it. Resolves with
   * the node's reply: `OK`, `RESET`, or why not, such as `BUSY currently processing reassign request`. To learn the
   * effect, read the stats again.
   */
  tune(tuning: Tuning): Promise<string>;
  /** Opens a session on a new connection. The caller closes it; it ends with the client at the latest. */
  openSession(): Promise<PipelinedSession>;
  /**
   * Runs `job` on a new connection, which is closed afterwards: values can be large, and polls must not wait behind them.
   * One job at a time per node, within `deadlines.timeoutMs`. No command is sent twice.
   */
  withKeys<Result>(job: (keys: KeyCommands) => Promise<Result>): Promise<Result>;
  /**
   * Starts a metadump on a new connection; resolves when the reply begins. One at a time per node in this process.
   * Rejects with `ConflictError` while a crawler command runs, started by Memfleet or by the node itself, and with
   * `CapabilityError` if the node does not support it. `close` does not end it.
   */
  metadump(request: MetadumpRequest): Promise<Metadump>;
  /** Opens a connection for deleting many items. Rejects with `CapabilityError` if the node does not support it. */
  bulkDelete(kind: BulkDeleteKind): Promise<BulkDelete>;
  /**
   * `lru_crawler crawl`: frees expired items in these slab classes. Resolves when the crawl has started, or the node has
   * nothing to crawl. Rejects with `ConflictError` while another crawler command runs.
   */
  crawl(classes: "all" | readonly number[]): Promise<CrawlStart>;
  /** Capabilities as known from protocol, version, and settings. */
  capabilities(): CapabilityReport;
  /** Closes the connection; further calls reject. */
  close(): void;
}
