/**
 * Consistent hashing of libmemcached: every server has points on a 32-bit ring, which are hashes of its name and a number;
 * a key belongs to the first point at or after its own hash.
 */
import { hash } from "node:crypto";
import type { NodeAddress } from "@/lib/model/node/node-address";
import { DEFAULT_NODE_PORT } from "@/lib/model/node/node-address";
import type { HashedServer, Hashing } from "./contract";
import { oneAtATime, oneAtATimeOfEach } from "./one-at-a-time";

/** `-0`, `-1`, … */
function suffixes(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => Buffer.from(`-${index}`));
}

const KETAMA_DIGESTS = 40;
const CONSISTENT_SUFFIXES = suffixes(100);

/** Suffixes of a ketama ring so far; a heavy server has more than others. */
const ketamaSuffixes = suffixes(KETAMA_DIGESTS);

/**
 * `MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED`, which is libketama's ring: 40 MD5 digests per server, each with four points. A
 * weight moves digests from one server to another.
 */
export const ketama: Hashing = {
  name: "ketama",
  title: "ketama (libketama; libmemcached KETAMA_WEIGHTED; PHP OPT_LIBKETAMA_COMPATIBLE)",
  ...onRing({
    pointsOfServer: (name, share) =>
      firstSuffixes(ketamaDigests(share)).flatMap((suffix) => md5Points(Buffer.concat([name, suffix]))),
    pointOfKey: (key) => md5Points(key)[0] ?? 0,
  }),
};

/** `MEMCACHED_BEHAVIOR_KETAMA` with the default hash: 100 points per server. */
export const consistent: Hashing = {
  name: "consistent",
  title: "consistent (libmemcached KETAMA; PHP DISTRIBUTION_CONSISTENT)",
  ...onRing({
    pointsOfServer: (name) => oneAtATimeOfEach(name, CONSISTENT_SUFFIXES),
    pointOfKey: oneAtATime,
  }),
};

/** A server's part of the sum of all weights, and the number of servers. */
interface WeightShare {
  readonly weight: number;
  readonly totalWeight: number;
  readonly servers: number;
}

/**
 * The number of digests of a server. libmemcached computes it in single precision (hosts.cc, `update_continuum`), which
 * decides whether a product just below a whole number is rounded down.
 */
function ketamaDigests({ weight, totalWeight, servers }: WeightShare): number {
  const { fround } = Math;
  const part = fround(fround(weight) / fround(totalWeight));
  const digests = fround(fround(fround(part * (4 * KETAMA_DIGESTS)) / 4) * fround(servers));
  return Math.floor(fround(digests + 0.0000000001));
}

function firstSuffixes(count: number): readonly Buffer[] {
  for (let index = ketamaSuffixes.length; index < count; index++)
    ketamaSuffixes.push(Buffer.from(`-${index}`));
  return count === ketamaSuffixes.length ? ketamaSuffixes : ketamaSuffixes.slice(0, count);
}

interface Points {
  readonly pointsOfServer: (name: Buffer, share: WeightShare) => readonly number[];
  readonly pointOfKey: (key: Buffer) => number;
}

/** Caches each ring with its list of servers. */
function onRing({ pointsOfServer, pointOfKey }: Points): Pick<Hashing, "ownerOf" | "sharesOf"> {
  const rings = new WeakMap<readonly HashedServer[], Ring>();
  const ringFor = (servers: readonly HashedServer[]) => {
    const ring = rings.get(servers) ?? buildRing(servers, pointsOfServer);
    rings.set(servers, ring);
    return ring;
  };
  return {
    ownerOf: (key, servers) => serverAt(ringFor(servers), pointOfKey(Buffer.from(key))),
    sharesOf: (servers) => sharesOfRing(ringFor(servers)),
  };
}

/** Points in ascending order, each as `point * servers + server`: compact, because a large pool has millions of them. */
interface Ring {
  readonly entries: Float64Array;
  readonly servers: number;
}

function buildRing(servers: readonly HashedServer[], pointsOfServer: Points["pointsOfServer"]): Ring {
  const entries: number[] = [];
  const totalWeight = servers.reduce((sum, { weight = 1 }) => sum + weight, 0);
  servers.forEach((address, server) => {
    const share = { weight: address.weight ?? 1, totalWeight, servers: servers.length };
    for (const point of pointsOfServer(ringName(address), share))
      entries.push(point * servers.length + server);
  });
  return { entries: Float64Array.from(entries).sort(), servers: servers.length };
}

/** `host:port`, without the default port of memcached; the path of a socket has the port 0. */
function ringName(address: NodeAddress): Buffer {
  if (address.kind === "unix") return Buffer.from(`${address.path}:0`);
  const { host, port } = address;
  return Buffer.from(port === DEFAULT_NODE_PORT ? host : `${host}:${port}`);
}

/** Four little-endian numbers of four bytes each. Hexadecimal is the fastest form of a digest. */
function md5Points(bytes: Buffer): readonly number[] {
  const digits = hash("md5", bytes);
  return [0, 8, 16, 24].map((at) => reverseBytes(Number.parseInt(digits.slice(at, at + 8), 16)));
}

/** Reverses the order of four bytes. */
function reverseBytes(value: number): number {
  return ((value >>> 24) | ((value >>> 8) & 0xff00) | ((value & 0xff00) << 8) | ((value & 0xff) << 24)) >>> 0;
}

/** Size of the ring. */
const CIRCUMFERENCE = 2 ** 32;

/**
 * A point owns the hashes after the previous point up to itself; the first one also those after the last one. Of several
 * equal points, the first one owns all, as in `serverAt`.
 */
function sharesOfRing({ entries, servers }: Ring): number[] {
  const owned = new Array<number>(servers).fill(0);
  let previous = Math.floor((entries.at(-1) ?? 0) / servers) - CIRCUMFERENCE;
  for (const entry of entries) {
    const point = Math.floor(entry / servers);
    const server = entry % servers;
    owned[server] = (owned[server] ?? 0) + point - previous;
    previous = point;
  }
  return owned.map((length) => length / CIRCUMFERENCE);
}

/** The server of the first point at or after `point`; after the last point the ring wraps around. */
function serverAt({ entries, servers }: Ring, point: number): number | null {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as number) < point * servers) low = middle + 1;
    else high = middle;
  }
  const entry = entries[low === entries.length ? 0 : low];
  return entry === undefined ? null : entry % servers;
}
