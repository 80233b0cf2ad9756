import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MetadumpItem } from "@/lib/memcached/contract";
import { KeyBuffer, keyBufferBytes, partOf } from "./key-buffer";

function item(key: Uint8Array, cas: string | null): MetadumpItem {
  const copy = (bytes: Uint8Array) => (target: Uint8Array, at: number) => {
    target.set(bytes, at);
    return bytes.length;
  };
  return {
    keyBytes: key.length,
    casBytes: cas?.length ?? 0,
    cas,
    key: () => Buffer.from(key),
    copyKey: copy(key),
    copyCas: copy(Buffer.from(cas ?? "")),
    exp: -1,
    la: 0,
    fetched: false,
    cls: 1,
    size: 60,
  };
}

const items = fc.array(
  fc.record({
    key: fc.uint8Array({ minLength: 1, maxLength: 250 }),
    cas: fc.option(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String)),
  }),
  { maxLength: 60 },
);

describe("a key buffer", () => {
  it("returns what was added, in order, in batches no larger than requested", () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 20 }), (all, most) => {
        const buffer = new KeyBuffer(1_048_576);
        for (const { key, cas } of all) expect(buffer.add(item(key, cas))).toBe(true);
        const batches = [...buffer.batches(most)];
        expect(batches.slice(0, -1).every((batch) => batch.length === most)).toBe(true);
        const back = batches.flat().map(({ key, cas }) => ({ key: Buffer.from(key).toString("hex"), cas }));
        expect(back).toEqual(all.map(({ key, cas }) => ({ key: Buffer.from(key).toString("hex"), cas })));
        expect(buffer.count).toBe(all.length);
      }),
    );
  });

  it("refuses what does not fit, and keeps the rest", () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 3_000 }), (all, bound) => {
        const buffer = new KeyBuffer(bound);
        const added = all.filter(({ key, cas }) => buffer.add(item(key, cas)));
        const bytes = added.reduce((sum, { key, cas }) => sum + keyBufferBytes(item(key, cas)), 0);
        expect(bytes).toBeLessThanOrEqual(bound);
        expect([...buffer.batches(1_000)].flat()).toHaveLength(added.length);
      }),
    );
  });

  it("continues in another block when one is full", () => {
    const buffer = new KeyBuffer(5 * 1_048_576);
    let added = 0;
    while (buffer.add(item(Buffer.alloc(250, added % 256), "1"))) added++;
    // 253 bytes each: 4,144 to a block of a mebibyte.
    expect(added).toBe(5 * 4_144);
    const back = [...buffer.batches(500)].flat();
    expect(back).toHaveLength(added);
    expect(back.every(({ key }, index) => key.every((byte) => byte === index % 256))).toBe(true);
  });
});

describe("parts", () => {
  it("hold each key once, whatever their number", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 250 }),
        fc.integer({ min: 1, max: 1_000 }),
        (key, parts) => {
          const part = partOf(key, parts);
          expect(Number.isInteger(part) && part >= 0 && part < parts).toBe(true);
          expect(partOf(Buffer.from(key), parts)).toBe(part);
        },
      ),
    );
  });

  it("are about equally large for keys that count up", () => {
    const sizes = Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const part = partOf(Buffer.from(`user:${i}:profile`), 10);
      sizes[part] = (sizes[part] ?? 0) + 1;
    }
    expect(Math.max(...sizes)).toBeLessThan(11_500);
    expect(Math.min(...sizes)).toBeGreaterThan(8_500);
  });
});
