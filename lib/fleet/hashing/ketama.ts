/**
 * Consistent hashing as libmemcached does it: every server has points on a ring of 32 bits, hashes of its name and a
 * number; a key belongs to the first point at or after its own hash.
 */
import { createHash } from "node:crypto";
import type { NodeAddress } from "@/lib/memcached/contract";
import { DEFAULT_NODE_PORT } from "../address";
import type { Hashing } from "./contract";
import { oneAtATime } from "./one-at-a-time";

/** `MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED`, which is libketama's ring: 40 MD5 digests a server, four points in each. */
export const ketama: Hashing = {
  name: "ketama",
  title: "ketama (libketama; libmemcached KETAMA_WEIGHTED; PHP OPT_LIBKETAMA_COMPATIBLE)",
  ownerOf: onRing(40, md5Points),
};

/** `MEMCACHED_BEHAVIOR_KETAMA` with the default hash: 100 points a server. */
export const consistent: Hashing = {
  name: "consistent",
  title: "consistent (libmemcached KETAMA; PHP DISTRIBUTION_CONSISTENT)",
  ownerOf: onRing(100, (bytes) => [oneAtATime(bytes)]),
};

/** `pointsOf` hashes: all of its points for a server's name, the first one for a key. */
function onRing(namesOfServer: number, pointsOf: (bytes: Buffer) => readonly number[]): Hashing["ownerOf"] {
  const rings = new WeakMap<readonly NodeAddress[], Ring>();
  return (key, servers) => {
    const ring = rings.get(servers) ?? ringOf(servers, namesOfServer, pointsOf);
    rings.set(servers, ring);
    return first(ring, pointsOf(Buffer.from(key))[0] ?? 0);
  };
}

/** Points in ascending order, each with its server in the lowest digits: a large pool has millions of them. */
interface Ring {
  readonly entries: Float64Array;
  readonly servers: number;
}

function ringOf(
  servers: readonly NodeAddress[],
  namesOfServer: number,
  pointsOf: (bytes: Buffer) => readonly number[],
): Ring {
  const entries: number[] = [];
  servers.forEach((address, server) => {
    const name = ringName(address);
    for (let index = 0; index < namesOfServer; index++) {
      for (const point of pointsOf(Buffer.from(`${name}-${index}`)))
        entries.push(point * servers.length + server);
    }
  });
  return { entries: Float64Array.from(entries).sort(), servers: servers.length };
}

/** `host:port`, without the port when it is memcached's own; a socket's path has the port 0. */
function ringName(address: NodeAddress): string {
  if (address.kind === "unix") return `${address.path}:0`;
  return address.port === DEFAULT_NODE_PORT ? address.host : `${address.host}:${address.port}`;
}

/** Four numbers, each of four bytes, the lowest first. */
function md5Points(bytes: Buffer): readonly number[] {
  const digest = createHash("md5").update(bytes).digest();
  return [0, 4, 8, 12].map((at) => digest.readUInt32LE(at));
}

/** The server of the first point at or after `at`; beyond the last one the ring begins again. */
function first({ entries, servers }: Ring, at: number): number | null {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as number) < at * servers) low = middle + 1;
    else high = middle;
  }
  const entry = entries[low === entries.length ? 0 : low];
  return entry === undefined ? null : entry % servers;
}
