import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeAddress } from "@/lib/model/node/node-address";
import { HASHINGS } from "./registry";

const node = (host: string, port = 11211): NodeAddress => ({ kind: "tcp", host, port });
const some = (count: number) => Array.from({ length: count }, (_, n) => node(`10.1.0.${n + 1}`));
const hashing = (name: string) => {
  const found = HASHINGS.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe("the key space", () => {
  it("is distributed completely by every hashing, to any number of servers", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (count) => {
        for (const { sharesOf } of HASHINGS) {
          const shares = sharesOf(some(count));
          expect(shares).toHaveLength(count);
          expect(shares.every((share) => share > 0)).toBe(true);
          expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
        }
      }),
    );
  });

  it("belongs to one server alone when there is no other", () => {
    for (const { sharesOf } of HASHINGS) expect(sharesOf(some(1))).toEqual([1]);
  });

  it("is divided by ketama exactly at libketama's digests", () => {
    const servers = ["10.0.0.11", "10.0.0.12", "cache-4.example.net"];
    const points: [point: bigint, server: number][] = [];
    for (const [server, name] of servers.entries()) {
      for (let n = 0; n < 40; n++) {
        const digest = createHash("md5").update(`${name}-${n}`).digest();
        for (const at of [0, 4, 8, 12]) points.push([BigInt(digest.readUInt32LE(at)), server]);
      }
    }
    points.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
    const owned = [0n, 0n, 0n];
    for (const [index, [point, server]] of points.entries()) {
      const before = points[index - 1]?.[0] ?? (points.at(-1)?.[0] ?? 0n) - (1n << 32n);
      owned[server] = (owned[server] ?? 0n) + point - before;
    }
    const shares = hashing("ketama").sharesOf(servers.map((host) => node(host)));
    expect(shares.map((share) => BigInt(share * 2 ** 32))).toEqual(owned);
  });

  it("is distributed by modulo as evenly as possible", () => {
    // 2^32 is 3 times 1,431,655,765 and 1: the first server has one hash more.
    expect(
      hashing("modulo")
        .sharesOf(some(3))
        .map((share) => share * 2 ** 32),
    ).toEqual([1_431_655_766, 1_431_655_765, 1_431_655_765]);
  });

  it("is distributed by memjs over absolute values", () => {
    // Of -2^31 to 2^31 - 1: multiples of 3 are 0 and 715,827,882 pairs; 2^31 leaves 2.
    expect(
      hashing("memjs")
        .sharesOf(some(3))
        .map((share) => share * 2 ** 32),
    ).toEqual([1_431_655_765, 1_431_655_766, 1_431_655_765]);
  });

  it("gives each server about as many keys as its share", () => {
    const servers = some(5);
    const keys = 20_000;
    for (const { name, ownerOf, sharesOf } of HASHINGS) {
      const counts = [0, 0, 0, 0, 0];
      for (let n = 0; n < keys; n++) {
        const owner = ownerOf(Buffer.from(createHash("sha1").update(`${n}`).digest("hex")), servers);
        if (owner !== null) counts[owner] = (counts[owner] ?? 0) + 1;
      }
      sharesOf(servers).forEach((share, index) => {
        // The keys are the same in every run; five standard deviations of as many fair draws.
        const deviation = Math.sqrt((share * (1 - share)) / keys);
        const observed = (counts[index] ?? 0) / keys;
        expect([name, Math.abs(observed - share) < 5 * deviation]).toEqual([name, true]);
      });
    }
  });
});
