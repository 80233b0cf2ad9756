import type { NodeCredentials } from "@/lib/memcached/contract";
import type { ConfigurationProblem } from "@/lib/model/errors";
import { formatNodeAddress } from "@/lib/model/node/node-address";
import type { FleetNode, FleetPool } from "./contract";
import type { EnvironmentServers } from "./environment";
import type { Pools } from "./pools";
import { describeFound } from "./problems";
import { parseServerEntry, splitServerList } from "./schema/server-entry";

/** The pool of nodes that the environment lists. memjs clients hash with modulo, those with weights with ketama. */
const POOL: FleetPool = { name: "default", labels: {}, hashing: "modulo" };

/**
 * The nodes of MEMCACHED_SERVERS, MEMCACHIER_SERVERS or MEMCACHE_SERVERS as one pool named `default`. Credentials are
 * SASL, as for memjs, and used for these nodes only.
 */
export function buildEnvironmentPools(servers: EnvironmentServers, problems: ConfigurationProblem[]): Pools {
  const shared = readSignIn(servers, problems);
  const nodes = new Map<string, FleetNode>();
  // A password with a comma is taken apart: no entry of such a list is shown.
  const isSecret = servers.value.includes("@");
  for (const [index, text] of splitServerList(servers.value).entries()) {
    // memjs takes a user name and password without a scheme.
    const result = parseServerEntry(/^[^/]*@/.test(text) ? `memcached://${text}` : text);
    const id = result.ok ? formatNodeAddress(result.address) : "";
    const allowed = result.ok ? "each node once" : result.allowed;
    if (!result.ok || nodes.has(id)) {
      const found = isSecret ? `entry ${index + 1} (hidden)` : describeFound(text, []);
      problems.push(inEnvironment(servers.variable, found, allowed));
      continue;
    }
    const { address, weight } = result;
    const credentials = result.credentials ?? shared;
    const endpoint = { id, address, protocol: "auto", credentials, tls: null } as const;
    nodes.set(id, {
      id,
      pool: POOL.name,
      labels: POOL.labels,
      endpoint,
      ...(weight === null ? {} : { weight }),
    });
  }
  const isWeighted = [...nodes.values()].some(({ weight }) => weight !== undefined);
  const pool: FleetPool = isWeighted ? { ...POOL, hashing: "ketama" } : POOL;
  return { pools: [pool], nodes: [...nodes.values()], discovery: [] };
}

function readSignIn(
  { variable, username, password }: EnvironmentServers,
  problems: ConfigurationProblem[],
): NodeCredentials | null {
  if (username !== null && password !== null) return { kind: "sasl", username, password };
  if (username === null && password === null) return null;
  const prefix = variable.replace(/_SERVERS$/, "");
  const missing = username === null ? `${prefix}_USERNAME` : `${prefix}_PASSWORD`;
  problems.push(inEnvironment(missing, "nothing", "both user name and password, or neither"));
  return null;
}

function inEnvironment(path: string, found: string, allowed: string): ConfigurationProblem {
  return { file: "environment", line: null, path, found, allowed };
}
