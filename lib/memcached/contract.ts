/**
 * The one transport contract. Text and binary connections behave the same behind it, and the rest of the
 * product does not know which one a node has.
 */

import type { NodeError } from "@/lib/model/errors";
import type { Capability, LackingReason, StatsGroup } from "@/lib/model/node/capability";
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
  /** Connecting, TLS included, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** A whole request, connecting and sign-in included, in milliseconds. */
  readonly timeoutMs: number;
}

/** What a `stats` poll brought besides the numbers, which go into the caller's slots. */
export interface PollReply {
  readonly version: string | null;
  /** From sending `stats` to the last byte of its answer, on the monotonic clock. */
  readonly latencyMs: number;
}

/** Names and values of one stats group, in the server's order, as the server said them. */
export type StatsEntries = ReadonlyArray<readonly [name: string, value: string]>;

/** What tunes a running node. Figures are checked again where they become part of a command. */
export type Tuning =
  | { readonly command: "stats reset" }
  | { readonly command: "verbosity"; readonly level: number }
  | { readonly command: "cache_memlimit"; readonly megabytes: number }
  | { readonly command: "slabs automove"; readonly mode: number }
  /** Slab classes; from -1: any class that has a page to spare. */
  | { readonly command: "slabs reassign"; readonly from: number; readonly to: number };

/** How one command of a check was answered. */
export interface CheckedCommand {
  readonly name: string;
  readonly verdict: "passed" | "failed" | "notOffered";
  /** What came instead, bounded and printable; null when passed. */
  readonly detail: string | null;
}

/**
 * A signed-in connection of its own for many short requests. They may be asked without waiting: they are answered
 * in order. Every method rejects with `NodeError`; after anything but a refusal the dialogue has ended.
 */
export interface PipelinedSession {
  readonly protocol: "text" | "binary";
  /** Why it ended; null while it stands. */
  readonly ended: NodeError | null;
  /** A round trip of a `version` request. */
  version(): Promise<string>;
  /** Stores a value; `exptime` in seconds. */
  set(key: string, value: Uint8Array, exptime: number): Promise<void>;
  /** Bytes of the value, which is not kept; null for a miss. */
  get(key: string): Promise<number | null>;
  /** Whether there was something to delete. */
  delete(key: string): Promise<boolean>;
  /**
   * Tries the commands of its protocol on keys that begin with `prefix`, which vanish within a minute by themselves
   * and are deleted afterwards. Never sends what reaches beyond those keys (`flush_all`, `verbosity`, …).
   */
  check(prefix: string): Promise<readonly CheckedCommand[]>;
  close(): void;
}

/** One item as a metadump tells it. Holds during the call that hands it over. */
export interface DumpedItem {
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
  /** Null when the node keeps none. */
  readonly cas: string | null;
  /** Length of `cas`, 0 when there is none. */
  readonly casBytes: number;
  /** Copies the digits of `cas` to `target`, from `at` on. Returns how many. */
  copyCas(target: Uint8Array, at: number): number;
  readonly fetched: boolean;
  /** Slab class; null when this version does not tell. */
  readonly cls: number | null;
  /** Bytes of the whole item; null when this version does not tell. */
  readonly size: number | null;
}

export interface MetadumpRequest {
  /** Only items whose key begins with these bytes are handed over and counted as matching. */
  readonly prefix: Uint8Array;
  /** Takes an item; returns whether it wants more. What it does not want is counted all the same. Never throws. */
  readonly onItem: (item: DumpedItem) => boolean;
}

/** A metadump that has begun. Its counts rise until it has ended. */
export interface Metadump {
  /** `hash`: every item once. `all`: by slab class, which can miss items that move meanwhile. */
  readonly walk: "hash" | "all";
  readonly itemCount: number;
  readonly matched: number;
  /** Lines that no memcached writes, and that therefore nobody understood. */
  readonly unreadable: number;
  /**
   * Resolves when the node has told everything. Rejects with `NodeError` when the connection broke, or nothing came
   * for half a minute.
   */
  readonly ended: Promise<void>;
  /** No item is handed over any more. The dump is counted on to its end: leaving early can crash a server. */
  stop(): void;
}

/** An item to be removed, unless it has changed since its `cas` was read (null: whatever it is now). */
export interface BulkDeleteCommand {
  readonly key: Uint8Array;
  readonly cas: string | null;
}

/** Whether items are deleted or marked as stale; `exptime` as memcached counts, null for as it was. */
export type BulkDeleteKind =
  | { readonly kind: "delete" }
  | { readonly kind: "stale"; readonly exptime: number | null };

/** What the node answered, key by key: `HD` or `DELETED`, `NF` or `NOT_FOUND`, `EX`, and anything else. */
export interface BulkDeleteCounts {
  done: number;
  missing: number;
  changed: number;
  failed: number;
}

/** A signed-in text connection of its own for removing many items. */
export interface BulkDelete {
  /** Whether the node compares `cas`: it has the meta commands. */
  readonly compares: boolean;
  /**
   * Removes all at once and tells how each was answered. Rejects with `NodeError` when not all answers came in a
   * request's time: some may have been removed. What no command can name counts as failed and is not sent.
   */
  delete(batch: readonly BulkDeleteCommand[], kind: BulkDeleteKind): Promise<BulkDeleteCounts>;
  close(): void;
}

/** What the node was found to speak. Known after the first successful contact. */
export interface NodeDialect {
  readonly protocol: "text" | "binary";
  /** SASL mechanisms offered, when the node answers LIST MECHS. */
  readonly mechanisms: readonly string[];
  /** The node refuses text commands before an authfile sign-in. */
  readonly authfile: boolean;
}

export interface CapabilityReport {
  readonly capabilities: readonly Capability[];
  readonly lacking: Partial<Record<Capability, LackingReason>>;
}

/**
 * One node's client: at most one persistent connection for polling and asking, opened when first needed and
 * thrown away after any failure. Requests on it are answered in order. Every method settles within
 * `deadlines.timeoutMs` and rejects with `NodeError` (or `CapabilityError` for a group the node cannot
 * answer or must not be asked).
 */
export interface NodeClient {
  readonly id: string;
  /** Null before the first contact. */
  dialect(): NodeDialect | null;
  /**
   * Sends `stats` and writes the numbers into `into` (a sample's slots; slots not reported become NaN).
   * On rejection the content of `into` is unspecified: throw it away.
   */
  poll(into: Float64Array): Promise<PollReply>;
  /** One stats group, live. Refuses groups that can crash or lock this node's version. */
  stats(group: StatsGroup): Promise<StatsEntries>;
  /**
   * `flush_all`: makes every item invalid, now or after `delaySeconds` (0 to 2592000). Resolves when the node has
   * accepted it. Sent once at most, and never to a node whose `flush_enabled` is no: such a server counts it in
   * `cmd_flush` though it refuses.
   */
  flushAll(delaySeconds?: number): Promise<void>;
  /**
   * Sends one tuning command, once at most, after asking this very connection whether the node has it. Resolves
   * with the node's answer: `OK`, `RESET`, or in its words why not, such as `BUSY currently processing reassign
   * request`. What came of it is for the caller to read again.
   */
  tune(tuning: Tuning): Promise<string>;
  /** Opens a connection of its own; whoever dials closes it. It ends with the client at the latest. */
  openSession(): Promise<PipelinedSession>;
  /**
   * Runs `job` on a connection of its own, which is closed afterwards: values may be large, and no poll waits behind
   * one. One job at a time on a node; all of it within `deadlines.timeoutMs`. Nothing in it is sent twice.
   */
  withKeys<Result>(job: (keys: KeyCommands) => Promise<Result>): Promise<Result>;
  /**
   * Begins a metadump on a connection of its own; resolves when the node has begun to answer. One at a time per
   * node, whoever asks. Rejects with `ConflictError` when one runs, from here or by the node itself, and with
   * `CapabilityError` when the node cannot. It outlives `close`.
   */
  metadump(request: MetadumpRequest): Promise<Metadump>;
  /** Opens a connection for removing many items. `CapabilityError` when the node cannot do that. */
  bulkDelete(kind: BulkDeleteKind): Promise<BulkDelete>;
  /**
   * `lru_crawler crawl`: lets the crawler free what has expired in these slab classes. Resolves when it has been
   * started. Rejects with `ConflictError` while another crawler command runs.
   */
  crawl(classes: "all" | readonly number[]): Promise<void>;
  /** Capabilities as far as known from dialect, version and settings. */
  capabilities(): CapabilityReport;
  /** Closes the connection; further calls reject. */
  close(): void;
}
