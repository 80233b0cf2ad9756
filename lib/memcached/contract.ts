/**
 * The one transport contract. Text and binary connections behave the same behind it, and the rest of the
 * product does not know which one a node has.
 */
import type { Capability, LackingReason, StatsGroup } from "@/lib/model/capability";

/** Where a node is. */
export type NodeAddress =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

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
  /** Capabilities as far as known from dialect, version and settings. */
  capabilities(): CapabilityReport;
  /** Closes the connection; further calls reject. */
  close(): void;
}
