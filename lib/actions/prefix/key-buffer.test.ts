import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Semaphore } from "@/lib/concurrency/semaphore";
import type { DumpedItem } from "@/lib/memcached/contract";
import { KeyBuffer, keyBufferBytes, partOf } from "./key-buffer";

function item(key: Uint8Array, cas: string | null): DumpedItem {
  const copy = (bytes: Uint8Array) => (target: Uint8Array, at: number) => {
    target.set(bytes, at);
    return bytes.length;
  };
  return {
    ...{ keyBytes: key.length, casBytes: cas?.length ?? 0, cas },
    ...{ key: () => Buffer.from(key), copyKey: copy(key), copyCas: copy(Buffer.from(cas ?? "")) },
    ...{ exp: -1, la: 0, fetched: false, cls: 1, size: 60 },
  };
}

const items = fc.array(
  fc.record({
    key: fc.uint8Array({ minLength: 1, maxLength: 250 }),
    cas: fc.option(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String)),
  }),
  { maxLength: 60 },
);

describe("a key spill", () => {
  it("gives back what was put in, in order, in batches no larger than asked for", () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 20 }), (all, most) => {
        const spill = new KeyBuffer(1_048_576);
        for (const { key, cas } of all) expect(spill.add(item(key, cas))).toBe(true);
        const batches = [...spill.batches(most)];
        expect(batches.slice(0, -1).every((batch) => batch.length === most)).toBe(true);
        const back = batches.flat().map(({ key, cas }) => ({ key: Buffer.from(key).toString("hex"), cas }));
        expect(back).toEqual(all.map(({ key, cas }) => ({ key: Buffer.from(key).toString("hex"), cas })));
        expect(spill.count).toBe(all.length);
      }),
    );
  });

  it("refuses what does not fit, and keeps what it has", () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 3_000 }), (all, bound) => {
        const spill = new KeyBuffer(bound);
        const kept = all.filter(({ key, cas }) => spill.add(item(key, cas)));
        const bytes = kept.reduce((sum, { key, cas }) => sum + keyBufferBytes(item(key, cas)), 0);
        expect(bytes).toBeLessThanOrEqual(bound);
        expect([...spill.batches(1_000)].flat()).toHaveLength(kept.length);
      }),
    );
  });

  it("goes on in another piece of memory when one is full", () => {
    const spill = new KeyBuffer(5 * 1_048_576);
    let added = 0;
    while (spill.add(item(Buffer.alloc(250, added % 256), "1"))) added++;
    // 253 bytes each: 4,144 to a piece of a mebibyte.
    expect(added).toBe(5 * 4_144);
    const back = [...spill.batches(500)].flat();
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

describe("permits", () => {
  it("are never more than there are, come in the order of asking, and waiting ends with the signal", async () => {
    const permits = new Semaphore(2);
    const going = new AbortController();
    const order: string[] = [];
    const take = async (name: string, signal = going.signal) => {
      const release = await permits.take(signal);
      order.push(release === null ? `${name} left` : name);
      return release ?? (() => {});
    };
    const first = await take("first");
    await take("second");
    const leaving = new AbortController();
    const third = take("third", leaving.signal);
    const fourth = take("fourth");
    const fifth = take("fifth");
    leaving.abort();
    await third;
    expect(order).toEqual(["first", "second", "third left"]);
    first();
    first();
    await fourth;
    expect(order.at(-1)).toBe("fourth");
    (await fourth)();
    await fifth;
    expect(order).toEqual(["first", "second", "third left", "fourth", "fifth"]);
    expect(await permits.take(AbortSignal.abort())).toBeNull();
  });
});
