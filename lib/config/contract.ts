/** The configuration: which nodes exist and how Memfleet behaves. */

import type { NodeEndpoint, NodeTls } from "@/lib/memcached/contract";
import type { NodeAddress } from "@/lib/model/node/node-address";
import type { Role } from "@/lib/model/roles";
import type { Shard } from "./shard";

/** A node: how to reach it and where it belongs. */
export interface FleetNode {
  readonly id: string;
  readonly pool: string;
  /** The pool's labels, overridden by those from discovery. */
  readonly labels: Readonly<Record<string, string>>;
  readonly endpoint: NodeEndpoint;
  /** Its share of a ketama ring relative to the other nodes; 1 when absent. */
  readonly weight?: number;
}

export interface FleetPool {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hashing: "ketama" | "modulo";
}

interface Named {
  /** Shown to operators, such as `dns cache.example.net A`; never a secret. */
  readonly name: string;
}

/** Files in Prometheus file_sd format. */
export interface FileSdSettings extends Named {
  readonly kind: "fileSd";
  /** Absolute paths; `*` is allowed in the last part. */
  readonly patterns: readonly string[];
}

/** A server with Prometheus HTTP SD. */
export interface HttpSdSettings extends Named {
  readonly kind: "httpSd";
  readonly url: string;
  /** Secrets included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly refreshMs: number;
}

/** DNS records of a name. */
export interface DnsSettings extends Named {
  readonly kind: "dns";
  readonly domain: string;
  readonly type: "SRV" | "A" | "AAAA";
  /** The port of every node of an A or AAAA response; SRV records contain their own. */
  readonly port: number;
  /** `address` or `address:port` of name servers; empty for the system's. All are queried and their results combined. */
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

/** The discovery sources of a pool, and how to access the nodes that they list. */
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

/** An engine with Prometheus remote write and query API. */
interface PrometheusSettings {
  /** Without `/api/v1/…` and trailing slash. */
  readonly queryUrl: string;
  /** Null: nothing is written, and series of other exporters are read. */
  readonly writeUrl: string | null;
  /** Secrets included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Bounds of the samples that wait in memory while the engine is unavailable. */
  readonly buffer: { readonly ageMs: number; readonly bytes: number };
  readonly externalLabels: Readonly<Record<string, string>>;
}

export interface HistorySettings {
  /** Retention of samples and of five-minute rollups in the embedded history, in milliseconds. */
  readonly rawMs: number;
  readonly rollupMs: number;
  /** Null: the history is embedded. */
  readonly prometheus: PrometheusSettings | null;
}

interface ProbeSettings {
  /** Whether datagrams may be sent to configured nodes. */
  readonly udp: boolean;
  /** Interval of scheduled diagnoses of the fleet; null: none. */
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

/** Headers that a trusted proxy sets after sign-in. Names in lower case. */
interface ProxyHeaderSettings {
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
  /** Networks (CIDR) whose forwarded headers are trusted. */
  readonly trustedProxies: readonly string[];
  readonly proxyHeader: ProxyHeaderSettings | null;
}

/** The complete configuration, validated, with secrets read. */
export interface Configuration {
  /** Its file; null when it comes from the environment alone. */
  readonly file: string | null;
  readonly listen: { readonly host: string; readonly port: number };
  readonly publicUrl: string | null;
  readonly allowedHosts: readonly string[];
  readonly dataDir: string;
  readonly readOnly: boolean;
  readonly poll: PollSettings;
  readonly history: HistorySettings;
  /** The part of the nodes that this process polls; null: all. */
  readonly shard: Shard | null;
  readonly probes: ProbeSettings;
  readonly pools: readonly FleetPool[];
  /** The configured nodes and those from discovery. */
  readonly nodes: readonly FleetNode[];
  /** Only pools with discovery, in their order. */
  readonly discovery: readonly PoolDiscovery[];
  readonly auth: AuthSettings;
  /** The variable that lists nodes beside a file whose pools are used instead; null when there is none. */
  readonly ignoredServers: string | null;
}

/** A configuration that is watched. */
export interface ConfigurationSource {
  current(): Configuration;
  /** Why the newest edit was not applied; null when it was. */
  rejected(): { readonly detail: string; readonly sinceMs: number } | null;
  /** Calls back after a change was applied or rejected. Returns how to stop listening. */
  onChange(listener: () => void): () => void;
  close(): void;
}
