import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unpack } from "./unpack";

const MEGABYTE = 1_048_576;
const lengthPrefixed = (bytes: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, deflateSync(bytes)]);
};

describe("unpacking", () => {
  it("decompresses gzip and zlib at any level", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5_000 }),
        fc.integer({ min: 0, max: 9 }),
        async (bytes, level) => {
          const plain = Buffer.from(bytes);
          for (const packed of [gzipSync(plain, { level }), deflateSync(plain, { level })]) {
            expect((await unpack(packed, true, MEGABYTE))?.bytes.equals(plain)).toBe(true);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("decompresses the output of Python's zlib and gzip", async () => {
    const zlib = await unpack(Buffer.from("789cab564a54b25230acad46a301516f0679", "hex"), true, MEGABYTE);
    expect(zlib).toEqual({
      packing: "zlib",
      bytes: Buffer.from('{"a": 1}{"a": 1}{"a": 1}'),
      truncated: false,
    });
    const gzip = await unpack(
      Buffer.from("1f8b0800000000000203cb48cdc9c9070086a6103605000000", "hex"),
      true,
      MEGABYTE,
    );
    expect(gzip).toEqual({ packing: "gzip", bytes: Buffer.from("hello"), truncated: false });
  });

  it("decompresses zlib after its length, when the length is correct", async () => {
    const packed = lengthPrefixed(Buffer.from("a value of php-memcached"));
    expect((await unpack(packed, true, MEGABYTE))?.bytes.toString()).toBe("a value of php-memcached");
    packed.writeUInt32LE(5);
    expect(await unpack(packed, true, MEGABYTE)).toBeNull();
  });

  it("stops at the limit, however much would follow", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * MEGABYTE));
    expect(bomb.length).toBeLessThan(MEGABYTE);
    const before = process.memoryUsage().rss;
    const unpacked = await unpack(bomb, true, MEGABYTE);
    expect(unpacked?.bytes.length).toBe(MEGABYTE);
    expect(unpacked?.truncated).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * MEGABYTE);
  });

  it("returns the beginning of truncated data, and nothing of corrupt data", async () => {
    const packed = gzipSync(Buffer.from("some words ".repeat(5_000)));
    const cut = await unpack(packed.subarray(0, packed.length - 20), false, MEGABYTE);
    expect(cut?.truncated).toBe(true);
    expect("some words ".repeat(5_000).startsWith(cut?.bytes.toString() ?? "-")).toBe(true);
    expect(await unpack(packed.subarray(0, packed.length - 20), true, MEGABYTE)).toBeNull();
    expect(await unpack(Buffer.from("1f8b08000000", "hex"), true, MEGABYTE)).toBeNull();
  });

  it("leaves other data unchanged", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const found = await unpack(Buffer.from(`"${text}"`), true, MEGABYTE);
        expect(found).toBeNull();
      }),
    );
  });
});
