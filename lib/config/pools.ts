import type { NodeCredentials } from "@/lib/memcached/contract";
import type { FleetNode, FleetPool, PoolDiscovery } from "./contract";
import { resolveDiscovery } from "./discovery-settings";
import { type PoolFileContext, readCredentials, readTls } from "./pool-files";
import type { ConfigurationPath } from "./problems";
import type { PoolSettings, ServerSettings, SignInSettings } from "./schema/root";

export interface Pools {
  readonly pools: readonly FleetPool[];
  readonly nodes: readonly FleetNode[];
  readonly discovery: readonly PoolDiscovery[];
}

type Access = PoolDiscovery["access"];

/**
 * The pools and nodes of a configuration, in its order, with secrets and certificates read. Pool names and node ids are
 * unique; violations and unreadable files are reported through `context`.
 */
export function buildPools(settings: readonly PoolSettings[], context: PoolFileContext): Pools {
  const pools = new Map<string, FleetPool>();
  const nodes = new Map<string, FleetNode>();
  const discovery: PoolDiscovery[] = [];
  settings.forEach((pool, index) => {
    const path = ["pools", index];
    const { name, labels, hashing } = pool;
    if (pools.has(name)) {
      context.refuse([...path, "name"], JSON.stringify(name), "a unique pool name");
    }
    pools.set(name, { name, labels, hashing });
    const shared = readAccess(pool, null, path, context);
    const sources = resolveDiscovery(pool.discover, shared.tls, [...path, "discover"], context);
    if (sources.length > 0) discovery.push({ pool: name, access: shared, sources });
    pool.servers.forEach((server, position) => {
      const { id, address, credentials } = server.address;
      const serverPath = [...path, "servers", position];
      const other = nodes.get(id);
      if (other !== undefined) {
        context.refuse(serverPath, `${id}, already in pool ${other.pool}`, "each node in one pool only");
        return;
      }
      if (credentials !== null && server.auth !== undefined) {
        context.refuse([...serverPath, "auth"], "auth beside an address with a password", "one of them");
      }
      const inherited = credentials === null ? shared : { ...shared, credentials };
      const access = readAccess(server, inherited, serverPath, context);
      if (credentials !== null) refuseMismatch(access, serverPath, context);
      const weight = server.weight ?? server.address.weight;
      const endpoint = { id, address, ...access };
      nodes.set(id, { id, pool: name, labels, endpoint, ...(weight === null ? {} : { weight }) });
    });
  });
  return { pools: [...pools.values()], nodes: [...nodes.values()], discovery };
}

/** How to access a node: the settings here, else the `inherited` ones. */
function readAccess(
  settings: Pick<ServerSettings, "protocol" | "auth" | "tls">,
  inherited: Access | null,
  path: ConfigurationPath,
  context: PoolFileContext,
): Access {
  const { protocol, auth, tls } = settings;
  const access: Access = {
    protocol: protocol ?? inherited?.protocol ?? "auto",
    credentials:
      auth === undefined ? (inherited?.credentials ?? null) : readSignIn(auth, [...path, "auth"], context),
    tls: tls === undefined ? (inherited?.tls ?? null) : readTls(tls, [...path, "tls"], context),
  };
  if (protocol !== undefined || auth !== undefined) refuseMismatch(access, path, context);
  return access;
}

function readSignIn(
  { sasl, ascii }: SignInSettings,
  path: ConfigurationPath,
  context: PoolFileContext,
): NodeCredentials | null {
  if (sasl !== undefined && ascii === undefined) {
    return readCredentials("sasl", sasl, [...path, "sasl"], context);
  }
  if (ascii !== undefined && sasl === undefined) {
    return readCredentials("ascii", ascii, [...path, "ascii"], context);
  }
  context.refuse(path, sasl === undefined ? "neither" : "both sasl and ascii", "sasl or ascii, one of them");
  return null;
}

/** SASL exists in the binary protocol only, the authfile in the text protocol only (memcached, doc/protocol.txt). */
function refuseMismatch(
  { protocol, credentials }: Access,
  path: ConfigurationPath,
  context: PoolFileContext,
): void {
  const at = [...path, "protocol"];
  if (protocol === "text" && credentials?.kind === "sasl") {
    context.refuse(at, "text with SASL", "binary or auto: SASL works over the binary protocol");
  }
  if (protocol === "binary" && credentials?.kind === "ascii") {
    context.refuse(at, "binary with an authfile", "text or auto: an authfile works over text");
  }
}
