import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseNodeAddress } from "@/lib/memcached/node-address";
import type { NodeAddress } from "@/lib/model/node/node-address";
import type { HashedServer, Hashing } from "./contract";
import { consistent, ketama } from "./ketama";
import { memjs } from "./memjs";
import { modulo } from "./modulo";
import { HASHINGS } from "./registry";

const FIXTURES = new URL("../../tests/fixtures/hashing/", import.meta.url);

function addresses(...texts: readonly string[]): NodeAddress[] {
  return texts.map((text) => {
    const parsed = parseNodeAddress(text);
    if (!parsed.ok) throw new Error(text);
    return parsed.address;
  });
}

const LISTS: readonly (readonly [file: string, servers: readonly NodeAddress[]])[] = [
  [
    "seven-servers.tsv",
    addresses(
      ...["10.0.0.11:11211", "10.0.0.12", "10.0.0.13:11212", "cache-4.example.net"],
      ...["cache-5.example.net:21211", "[fd00::5]:11211", "unix:/run/memcached/m.sock"],
    ),
  ],
  ["three-servers.tsv", addresses("127.0.0.1:11211", "127.0.0.1:11212", "127.0.0.1:11213")],
];

const COLUMNS: readonly Hashing[] = [modulo, consistent, ketama];

const WEIGHTED: readonly (readonly [file: string, servers: readonly HashedServer[]])[] = [
  [
    "weighted-servers.tsv",
    addresses(
      ...["10.0.0.11:11211", "10.0.0.12", "10.0.0.13:11212", "cache-4.example.net"],
      ...["cache-5.example.net:21211", "unix:/run/memcached/m.sock"],
    ).map((address, index) => ({ ...address, weight: [1, 2, 3, 7, 1, 10][index] ?? 1 })),
  ],
  [
    "twenty-five-servers.tsv",
    addresses(...Array.from({ length: 25 }, (_, index) => `10.0.1.${index + 1}:11211`)),
  ],
];

describe.each(WEIGHTED)("libmemcached with %s", (file, servers) => {
  it("keeps 1,000 keys where ketama places them", () => {
    const rows = readFileSync(new URL(file, FIXTURES), "utf8").trimEnd().split("\n");
    expect(rows).toHaveLength(1_000);
    const wrong = rows.filter((row) => {
      const [key = "", owner] = row.split("\t");
      return ketama.ownerOf(Buffer.from(key), servers) !== Number(owner);
    });
    expect(wrong).toEqual([]);
  });

  it("gives each server the share of the key space that its weight asks for", () => {
    const total = servers.reduce((sum, { weight = 1 }) => sum + weight, 0);
    ketama.sharesOf(servers).forEach((share, index) => {
      expect(share).toBeCloseTo((servers[index]?.weight ?? 1) / total, 1);
    });
  });
});

describe.each(LISTS)("libmemcached with %s", (file, servers) => {
  const rows = readFileSync(new URL(file, FIXTURES), "utf8")
    .trimEnd()
    .split("\n")
    .map((row) => row.split("\t"));

  it.each(COLUMNS.map((hashing, column) => [hashing.name, hashing, column] as const))(
    "keeps 1,000 keys where %s places them",
    (_, hashing, column) => {
      expect(rows).toHaveLength(1_000);
      const wrong = rows.filter(
        ([key = "", ...owners]) =>
          hashing.ownerOf(Buffer.from(key), servers) !== Number(owners[column] ?? Number.NaN),
      );
      expect(wrong).toEqual([]);
    },
  );
});

describe("every hashing", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 250 });
  const some = fc.integer({ min: 1, max: 12 }).map((n) => {
    return addresses(...Array.from({ length: n }, (_, i) => `10.1.0.${i + 1}`));
  });

  it("names one of the servers for any key", () => {
    fc.assert(
      fc.property(bytes, some, (key, servers) => {
        for (const hashing of HASHINGS) {
          const owner = hashing.ownerOf(key, servers);
          if (owner === null) expect(hashing).toBe(memjs);
          else expect(servers[owner]).toBeDefined();
        }
      }),
    );
  });

  it("has one owner for every key when there is one server", () => {
    const alone = addresses("10.0.0.1");
    for (const hashing of HASHINGS) expect(hashing.ownerOf(Buffer.from("key"), alone)).toBe(0);
  });

  it("has no binary keys for memjs", () => {
    const servers = addresses("10.0.0.1", "10.0.0.2");
    expect(memjs.ownerOf(Buffer.of(0xff), servers)).toBeNull();
    expect(memjs.ownerOf(Buffer.from("größe"), servers)).not.toBeNull();
  });

  it("moves only the keys of a server that leaves, when it is a ring", () => {
    const before = addresses("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4");
    const after = before.slice(0, 3);
    for (const ring of [ketama, consistent]) {
      for (let n = 0; n < 500; n++) {
        const key = Buffer.from(`key-${n}`);
        const owner = ring.ownerOf(key, before);
        if (owner !== 3) expect(ring.ownerOf(key, after)).toBe(owner);
      }
    }
  });
});
