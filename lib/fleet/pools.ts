import type { NodeCredentials, NodeEndpoint, NodeTls } from "@/lib/memcached/contract";
import type { FleetNode, FleetPool } from "./contract";
import { type PoolReading, readCredentials, readTls } from "./pool-files";
import type { ConfigurationPath } from "./problems";
import type { PoolSettings } from "./schema";

export interface Pools {
  readonly pools: readonly FleetPool[];
  readonly nodes: readonly FleetNode[];
}

/**
 * The pools and nodes of a configuration, in its order, with secrets and certificates read. A pool's name and a
 * node's id occur once; what breaks that, or cannot be read, is refused through `reading`.
 */
export function buildPools(settings: readonly PoolSettings[], reading: PoolReading): Pools {
  const pools = new Map<string, FleetPool>();
  const nodes = new Map<string, FleetNode>();
  settings.forEach((pool, index) => {
    const path = ["pools", index];
    const { name, labels, hashing } = pool;
    if (pools.has(name)) {
      reading.refuse([...path, "name"], JSON.stringify(name), "a name that no other pool has");
    }
    pools.set(name, { name, labels, hashing });
    const shared: Omit<NodeEndpoint, "id" | "address"> = {
      protocol: pool.protocol,
      credentials: poolCredentials(pool, path, reading),
      tls: poolTls(pool, path, reading),
    };
    pool.servers.forEach(({ id, address }, position) => {
      const other = nodes.get(id);
      if (other !== undefined) {
        const found = `${id}, which pool ${other.pool} has already`;
        reading.refuse([...path, "servers", position], found, "each node once in all pools");
        return;
      }
      nodes.set(id, { id, pool: name, labels, endpoint: { id, address, ...shared } });
    });
  });
  return { pools: [...pools.values()], nodes: [...nodes.values()] };
}

function poolTls(pool: PoolSettings, path: ConfigurationPath, reading: PoolReading): NodeTls | null {
  return pool.tls === undefined ? null : readTls(pool.tls, [...path, "tls"], reading);
}

function poolCredentials(
  pool: PoolSettings,
  path: ConfigurationPath,
  reading: PoolReading,
): NodeCredentials | null {
  if (pool.auth === undefined) return null;
  const { sasl, ascii } = pool.auth;
  const at = [...path, "auth"];
  if ((sasl === undefined) === (ascii === undefined)) {
    reading.refuse(at, sasl === undefined ? "neither" : "both sasl and ascii", "sasl or ascii, one of them");
    return null;
  }
  if (sasl !== undefined && pool.protocol === "text") {
    reading.refuse(
      [...path, "protocol"],
      "text with SASL",
      "binary or auto: SASL works over the binary protocol",
    );
  }
  if (ascii !== undefined && pool.protocol === "binary") {
    reading.refuse(
      [...path, "protocol"],
      "binary with an authfile",
      "text or auto: an authfile works over text",
    );
  }
  if (sasl !== undefined) return readCredentials("sasl", sasl, [...at, "sasl"], reading);
  return ascii === undefined ? null : readCredentials("ascii", ascii, [...at, "ascii"], reading);
}
