import type { NodeCredentials } from "@/lib/memcached/contract";
import { parseNodeAddress } from "@/lib/memcached/node-address";
import type { ConfigurationProblem } from "@/lib/model/errors";
import { formatNodeAddress } from "@/lib/model/node/node-address";
import type { FleetNode, FleetPool } from "./contract";
import type { EnvironmentServers } from "./environment";
import type { Pools } from "./pools";
import { describeFound } from "./problems";

/** The pool of nodes that the environment lists. memjs clients hash with modulo. */
const POOL: FleetPool = { name: "default", labels: {}, hashing: "modulo" };

/**
 * The nodes of MEMCACHED_SERVERS, MEMCACHIER_SERVERS or MEMCACHE_SERVERS as one pool named `default`. Credentials are
 * SASL, as for memjs, and used for these nodes only.
 */
export function buildEnvironmentPools(servers: EnvironmentServers, problems: ConfigurationProblem[]): Pools {
  const credentials = readSignIn(servers, problems);
  const nodes = new Map<string, FleetNode>();
  for (const text of servers.value.split(/[\s,]+/).filter((part) => part !== "")) {
    const result = parseNodeAddress(text);
    const id = result.ok ? formatNodeAddress(result.address) : "";
    const allowed = result.ok ? "each node once" : result.allowed;
    if (!result.ok || nodes.has(id)) {
      problems.push(inEnvironment(servers.variable, describeFound(text, []), allowed));
      continue;
    }
    const endpoint = { id, address: result.address, protocol: "auto", credentials, tls: null } as const;
    nodes.set(id, { id, pool: POOL.name, labels: POOL.labels, endpoint });
  }
  return { pools: [POOL], nodes: [...nodes.values()], discovery: [] };
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
