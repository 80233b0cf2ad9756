import { resolve } from "node:path";
import type { NodeTls } from "@/lib/memcached/contract";
import { DEFAULT_NODE_PORT, formatNodeAddress } from "@/lib/model/node/node-address";
import { MINUTE_MS } from "@/lib/model/time";
import type { DiscoverySettings, HttpSdSettings } from "./contract";
import { readHeaders } from "./headers";
import type { PoolFileContext } from "./pool-files";
import type { ConfigurationPath } from "./problems";
import type { DiscoverEntry } from "./schema/discovery";

const DNS_REFRESH_MS = 30_000;
const REFRESH_MS = MINUTE_MS;

type EntryOf<Kind extends DiscoverEntry["kind"]> = Extract<DiscoverEntry, { kind: Kind }>;

/** The sources of a pool, with secrets read and paths made absolute. */
export function resolveDiscovery(
  entries: readonly DiscoverEntry[],
  tls: NodeTls | null,
  path: ConfigurationPath,
  context: PoolFileContext,
): DiscoverySettings[] {
  return entries.flatMap((entry, index) => resolveSource(entry, tls, [...path, index], context) ?? []);
}

function resolveSource(
  entry: DiscoverEntry,
  tls: NodeTls | null,
  path: ConfigurationPath,
  context: PoolFileContext,
): DiscoverySettings | null {
  switch (entry.kind) {
    case "fileSd": {
      const patterns = entry.fileSd.map((pattern) => resolve(context.folder, pattern));
      return { kind: "fileSd", name: `fileSd ${entry.fileSd.join(" ")}`, patterns };
    }
    case "httpSd":
      return resolveHttp(entry, path, context);
    case "dns":
      return resolveDns(entry, path, context);
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
  context: PoolFileContext,
): DiscoverySettings {
  if (type === "SRV" && port !== undefined) {
    context.refuse([...path, "port"], String(port), "no port with type SRV, because the records contain it");
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
  context: PoolFileContext,
): HttpSdSettings {
  const { origin, pathname } = new URL(entry.httpSd);
  return {
    kind: "httpSd",
    // The query may contain a secret.
    name: `httpSd ${origin}${pathname}`,
    url: entry.httpSd,
    headers: readHeaders(entry, path, context),
    refreshMs: entry.refresh ?? REFRESH_MS,
  };
}
