import { resolve } from "node:path";
import type { DiscoverySettings, HttpSdSettings } from "@/lib/discovery/contract";
import type { NodeTls } from "@/lib/memcached/contract";
import { DEFAULT_NODE_PORT, formatNodeAddress } from "@/lib/model/node/node-address";
import { readHeaders } from "./headers";
import type { PoolFileContext } from "./pool-files";
import type { ConfigurationPath } from "./problems";
import type { DiscoverEntry } from "./schema/discovery";

const DNS_REFRESH_MS = 30_000;
const REFRESH_MS = 60_000;

type EntryOf<Kind extends DiscoverEntry["kind"]> = Extract<DiscoverEntry, { kind: Kind }>;

/** The sources of a pool, their secrets read and their paths made absolute. */
export function resolveDiscovery(
  entries: readonly DiscoverEntry[],
  tls: NodeTls | null,
  path: ConfigurationPath,
  reading: PoolFileContext,
): DiscoverySettings[] {
  return entries.flatMap((entry, index) => resolveSource(entry, tls, [...path, index], reading) ?? []);
}

function resolveSource(
  entry: DiscoverEntry,
  tls: NodeTls | null,
  path: ConfigurationPath,
  reading: PoolFileContext,
): DiscoverySettings | null {
  switch (entry.kind) {
    case "fileSd": {
      const patterns = entry.fileSd.map((pattern) => resolve(reading.folder, pattern));
      return { kind: "fileSd", name: `fileSd ${entry.fileSd.join(" ")}`, patterns };
    }
    case "httpSd":
      return resolveHttp(entry, path, reading);
    case "dns":
      return resolveDns(entry, path, reading);
    case "elasticache": {
      const name = `elasticache ${formatNodeAddress(entry.elasticache)}`;
      const refreshMs = entry.refresh ?? REFRESH_MS;
      return { kind: "elasticache", name, address: entry.elasticache, tls, refreshMs };
    }
  }
}

function resolveDns(
  { dns, type, port, resolvers = [], refresh }: EntryOf<"dns">,
  path: ConfigurationPath,
  reading: PoolFileContext,
): DiscoverySettings {
  if (type === "SRV" && port !== undefined) {
    reading.refuse([...path, "port"], String(port), "no port beside type SRV: the records carry it");
  }
  return {
    kind: "dns",
    name: `dns ${dns} ${type}`,
    domain: dns,
    type,
    port: port ?? DEFAULT_NODE_PORT,
    resolvers,
    refreshMs: refresh ?? DNS_REFRESH_MS,
  };
}

function resolveHttp(
  entry: EntryOf<"httpSd">,
  path: ConfigurationPath,
  reading: PoolFileContext,
): HttpSdSettings {
  const { origin, pathname } = new URL(entry.httpSd);
  return {
    kind: "httpSd",
    // What follows the path may be a secret.
    name: `httpSd ${origin}${pathname}`,
    url: entry.httpSd,
    headers: readHeaders(entry, path, reading),
    refreshMs: entry.refresh ?? REFRESH_MS,
  };
}
