/** Which nodes exist, and how Memfleet was told to behave. */
import type { NodeEndpoint } from "@/lib/memcached/contract";

/** A configured node: how to reach it and where it belongs. */
export interface FleetNode {
  readonly id: string;
  readonly pool: string;
  /** The pool's labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly endpoint: NodeEndpoint;
}

export interface FleetPool {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hashing: "ketama" | "modulo";
}

export interface PollSettings {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly concurrency: number;
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
  readonly history: { readonly rawMs: number; readonly rollupMs: number };
  readonly pools: readonly FleetPool[];
  readonly nodes: readonly FleetNode[];
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
