/**
 * Consistent hashing as libmemcached does it: every server has points on a ring of 32 bits, hashes of its name and a
 * number; a key belongs to the first point at or after its own hash.
 */
import { hash } from "node:crypto";
import type { NodeAddress } from "@/lib/model/node/node-address";
import { DEFAULT_NODE_PORT } from "@/lib/model/node/node-address";
import type { Hashing } from "./contract";
import { oneAtATime, oneAtATimeOfEach } from "./one-at-a-time";

/** `-0`, `-1`, … */
function endings(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => Buffer.from(`-${index}`));
}

const FORTY = endings(40);
const HUNDRED = endings(100);

/** `MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED`, which is libketama's ring: 40 MD5 digests a server, four points in each. */
export const ketama: Hashing = {
  name: "ketama",
  title: "ketama (libketama; libmemcached KETAMA_WEIGHTED; PHP OPT_LIBKETAMA_COMPATIBLE)",
  ...onRing({
    pointsOfServer: (name) => FORTY.flatMap((end) => md5Points(Buffer.concat([name, end]))),
    pointOfKey: (key) => md5Points(key)[0] ?? 0,
  }),
};

/** `MEMCACHED_BEHAVIOR_KETAMA` with the default hash: 100 points a server. */
export const consistent: Hashing = {
  name: "consistent",
  title: "consistent (libmemcached KETAMA; PHP DISTRIBUTION_CONSISTENT)",
  ...onRing({
    pointsOfServer: (name) => oneAtATimeOfEach(name, HUNDRED),
    pointOfKey: oneAtATime,
  }),
};

interface Points {
  readonly pointsOfServer: (name: Buffer) => readonly number[];
  readonly pointOfKey: (key: Buffer) => number;
}

/** A ring is kept as long as its list of servers is. */
function onRing({ pointsOfServer, pointOfKey }: Points): Pick<Hashing, "ownerOf" | "sharesOf"> {
  const rings = new WeakMap<readonly NodeAddress[], Ring>();
  const kept = (servers: readonly NodeAddress[]) => {
    const ring = rings.get(servers) ?? ringOf(servers, pointsOfServer);
    rings.set(servers, ring);
    return ring;
  };
  return {
    ownerOf: (key, servers) => first(kept(servers), pointOfKey(Buffer.from(key))),
    sharesOf: (servers) => arcs(kept(servers)),
  };
}

/** Points in ascending order, each with its server in the lowest digits: a large pool has millions of them. */
interface Ring {
  readonly entries: Float64Array;
  readonly servers: number;
}

function ringOf(servers: readonly NodeAddress[], pointsOfServer: Points["pointsOfServer"]): Ring {
  const entries: number[] = [];
  servers.forEach((address, server) => {
    for (const point of pointsOfServer(ringName(address))) entries.push(point * servers.length + server);
  });
  return { entries: Float64Array.from(entries).sort(), servers: servers.length };
}

/** `host:port`, without the port when it is memcached's own; a socket's path has the port 0. */
function ringName(address: NodeAddress): Buffer {
  if (address.kind === "unix") return Buffer.from(`${address.path}:0`);
  const { host, port } = address;
  return Buffer.from(port === DEFAULT_NODE_PORT ? host : `${host}:${port}`);
}

/** Four numbers, each of four bytes, the lowest first. As hexadecimal digits a digest is had the fastest. */
function md5Points(bytes: Buffer): readonly number[] {
  const digits = hash("md5", bytes);
  return [0, 8, 16, 24].map((at) => swapped(Number.parseInt(digits.slice(at, at + 8), 16)));
}

/** Four bytes the other way round. */
function swapped(value: number): number {
  return ((value >>> 24) | ((value >>> 8) & 0xff00) | ((value & 0xff00) << 8) | ((value & 0xff) << 24)) >>> 0;
}

/** How many numbers there are on a ring. */
const CIRCUMFERENCE = 2 ** 32;

/**
 * A point owns what lies behind the point before it, itself included; the first one also what lies beyond the last.
 * Of points at the same place the first owns everything, as `first` has it.
 */
function arcs({ entries, servers }: Ring): number[] {
  const owned = new Array<number>(servers).fill(0);
  let before = Math.floor((entries.at(-1) ?? 0) / servers) - CIRCUMFERENCE;
  for (const entry of entries) {
    const point = Math.floor(entry / servers);
    const server = entry % servers;
    owned[server] = (owned[server] ?? 0) + point - before;
    before = point;
  }
  return owned.map((length) => length / CIRCUMFERENCE);
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
