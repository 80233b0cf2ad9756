/** Which nodes exist, and how Memfleet was told to behave. */

import type { DiscoverySettings } from "@/lib/discovery/contract";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import type { Role } from "@/lib/model/roles";
import type { Shard } from "./shard";

/** A node: how to reach it and where it belongs. */
export interface FleetNode {
  readonly id: string;
  readonly pool: string;
  /** The pool's labels, and over them those that discovery gave. */
  readonly labels: Readonly<Record<string, string>>;
  readonly endpoint: NodeEndpoint;
}

export interface FleetPool {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hashing: "ketama" | "modulo";
}

/** Who is asked for nodes of a pool, and how those are spoken with. */
export interface PoolDiscovery {
  readonly pool: string;
  readonly access: Omit<NodeEndpoint, "id" | "address">;
  /** At least one. */
  readonly sources: readonly DiscoverySettings[];
}

export interface PollSettings {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly concurrency: number;
}

/** An engine that takes Prometheus' remote write and answers its queries. */
export interface PrometheusSettings {
  /** Without `/api/v1/…` and without a slash at its end. */
  readonly queryUrl: string;
  /** Null: nothing is written; what others collect is read. */
  readonly writeUrl: string | null;
  /** Secrets included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What waits in memory while nothing can be written: at most so old, and so large. */
  readonly buffer: { readonly ageMs: number; readonly bytes: number };
  readonly externalLabels: Readonly<Record<string, string>>;
}

export interface HistorySettings {
  /** How long the embedded history keeps samples, and sums of five minutes, in milliseconds. */
  readonly rawMs: number;
  readonly rollupMs: number;
  /** Null: the history is embedded. */
  readonly prometheus: PrometheusSettings | null;
}

export interface ProbeSettings {
  /** Whether datagrams may be sent to configured nodes. */
  readonly udp: boolean;
  /** How often the whole fleet is diagnosed unasked; null: never. */
  readonly scheduleMs: number | null;
}

export interface OidcSettings {
  /** `https:` address of the issuer; `http:` on loopback only. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client. */
  readonly clientSecret: string | null;
  readonly scope: string;
  /** The claim that holds a group or a list of groups. */
  readonly roleClaim: string;
  /** Group to role. */
  readonly roles: Readonly<Record<string, Role>>;
}

/** Headers that a trusted proxy sets after it has signed somebody in. Names in lower case. */
export interface ProxyHeaderSettings {
  readonly user: string;
  readonly groups: string;
  /** Group to role. */
  readonly roles: Readonly<Record<string, Role>>;
}

/** Who may sign in, and how. */
export interface AuthSettings {
  readonly users: readonly { readonly name: string; readonly passwordHash: string; readonly role: Role }[];
  /** `hash`: SHA-256 of the UTF-8 token, lower-case hexadecimal. */
  readonly tokens: readonly { readonly name: string; readonly hash: string; readonly role: Role }[];
  readonly oidc: OidcSettings | null;
  /** Networks (CIDR) whose forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly proxyHeader: ProxyHeaderSettings | null;
}

/** The whole configuration, checked, with secrets read. */
export interface Configuration {
  /** The file it came from; null when it came from the environment alone. */
  readonly file: string | null;
  readonly listen: { readonly host: string; readonly port: number };
  readonly publicUrl: string | null;
  readonly allowedHosts: readonly string[];
  readonly dataDir: string;
  readonly readOnly: boolean;
  readonly poll: PollSettings;
  readonly history: HistorySettings;
  /** The part of the nodes that this process asks; null: all of them. */
  readonly shard: Shard | null;
  readonly probes: ProbeSettings;
  readonly pools: readonly FleetPool[];
  /** Those that are listed; where discovery runs, those that it found as well. */
  readonly nodes: readonly FleetNode[];
  /** Of the pools that have any, in their order. */
  readonly discovery: readonly PoolDiscovery[];
  readonly auth: AuthSettings;
}

/** A configuration that is watched. */
export interface ConfigurationSource {
  current(): Configuration;
  /** Why the newest edit was not taken over; null when it was. */
  rejected(): { readonly detail: string; readonly sinceMs: number } | null;
  /** Calls back after a change was taken over or refused. Returns the way to stop listening. */
  onChange(listener: () => void): () => void;
  close(): void;
}
