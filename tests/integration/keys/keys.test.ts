/** The commands of a key, the same on every kind of real node. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyValues } from "@/lib/catalogue/stats";
import type { NodeClient } from "@/lib/memcached/contract";
import type { KeyCommands } from "@/lib/memcached/key-contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import type { SetMode } from "@/lib/model/actions/action";
import { CapabilityError } from "@/lib/model/errors";
import { independentStats } from "../../servers/independent-stats";
import { MEMCACHED_MODES, type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";

const DEADLINES = { connectTimeoutMs: 5_000, timeoutMs: 20_000 };
const MEGABYTE = 1_048_576;

const KEYS: readonly (readonly [what: string, key: Buffer])[] = [
  ["an ordinary key", Buffer.from("user:1")],
  ["a key in UTF-8", Buffer.from("größe:キー")],
  ["a key that is no UTF-8", Buffer.from([0xff, 0xfe, 0x80])],
  ["a key of 250 bytes", Buffer.from("k".repeat(250))],
  ["a key with blanks and line ends", Buffer.from("a b\r\nflush_all\r\n\0")],
  ["a key of 186 control bytes", Buffer.alloc(186, 1)],
];

describe.each(MEMCACHED_MODES)("a node of kind %s", (mode) => {
  const binary = mode === "sasl" || mode === "binary";
  let server: MemcachedServer;
  let client: NodeClient;

  beforeAll(async () => {
    server = await startMemcached({ mode });
    client = createNodeClient(server.endpoint, DEADLINES);
  });
  afterAll(async () => {
    client?.close();
    await server?.stop();
  });

  const withKeys = <Result>(job: (keys: KeyCommands) => Promise<Result>) => client.withKeys(job);
  const read = (key: Buffer, bytes = MEGABYTE) => withKeys((keys) => keys.inspect(key, bytes));
  const store = (key: Buffer, value: string | Buffer, mode: SetMode = "set", flags = 0, exptime = 0) =>
    withKeys((keys) => keys.store(key, Buffer.from(value), { mode, flags, exptime }));
  const remove = (key: Buffer) => withKeys((keys) => keys.delete(key));

  describe.each(KEYS)("%s", (_, key) => {
    it("is stored, read, changed and deleted", async () => {
      expect(await read(key)).toBeNull();
      expect(await store(key, "0", "replace")).toEqual({ ok: false, reply: "NOT_STORED" });
      expect(await store(key, "0", "append")).toEqual({ ok: false, reply: "NOT_STORED" });
      expect(await store(key, "b", "add", 0xffff_ffff, 1_000)).toEqual({ ok: true, reply: "STORED" });
      expect(await store(key, "x", "add")).toEqual({ ok: false, reply: "NOT_STORED" });
      expect(await store(key, "c\r\n\0", "append", 1)).toEqual({ ok: true, reply: "STORED" });
      expect(await store(key, "a", "prepend", 1)).toEqual({ ok: true, reply: "STORED" });
      const item = await read(key);
      expect(item?.value?.toString()).toBe("abc\r\n\0");
      expect(item).toMatchObject({ flags: 0xffff_ffff, size: 6, bumped: binary });
      expect(item?.cas).toBeGreaterThan(0n);
      if (binary) expect(item).toMatchObject({ ttlSeconds: null, lastAccessSeconds: null, fetched: null });
      else {
        expect(item?.fetched).toBe(false);
        expect(item?.ttlSeconds).toBeGreaterThan(900);
        expect(item?.lastAccessSeconds).toBeLessThan(60);
      }
      expect(await withKeys((keys) => keys.touch(key, 5_000))).toEqual({ ok: true, reply: "TOUCHED" });
      if (!binary) expect((await read(key, 0))?.ttlSeconds).toBeGreaterThan(4_900);
      expect(await withKeys((keys) => keys.exists(key))).toBe(true);
      expect(await store(key, "9", "replace")).toEqual({ ok: true, reply: "STORED" });
      expect(await read(key)).toMatchObject({ flags: 0, ttlSeconds: binary ? null : -1 });
      expect(await remove(key)).toEqual({ ok: true, reply: "DELETED" });
      expect(await remove(key)).toEqual({ ok: false, reply: "NOT_FOUND" });
      expect(await withKeys((keys) => keys.touch(key, 0))).toEqual({ ok: false, reply: "NOT_FOUND" });
      expect(await withKeys((keys) => keys.exists(key))).toBe(false);
    });

    it("counts with 64 bits", async () => {
      const count = (direction: "incr" | "decr", by: bigint) =>
        withKeys((keys) => keys.count(direction, key, by));
      expect(await count("incr", 1n)).toEqual({ ok: false, reply: "NOT_FOUND", value: null });
      await store(key, "9007199254740992");
      expect(await count("incr", 1n)).toEqual({
        ok: true,
        reply: "9007199254740993",
        value: 9_007_199_254_740_993n,
      });
      expect(await count("incr", 2n ** 63n)).toMatchObject({ value: 9_232_379_236_109_516_801n });
      expect(await count("decr", 2n ** 63n)).toMatchObject({ value: 9_007_199_254_740_993n });
      expect(await store(key, "18446744073709551615")).toMatchObject({ reply: "STORED" });
      expect(await count("incr", 2n)).toMatchObject({ value: 1n });
      expect(await count("decr", 2n ** 64n - 1n)).toMatchObject({ value: 0n });
      expect(await store(key, "text")).toMatchObject({ reply: "STORED" });
      expect(await count("incr", 1n)).toEqual({
        ok: false,
        reply: "CLIENT_ERROR cannot increment or decrement non-numeric value",
        value: null,
      });
      await remove(key);
    });

    it("ends at once with an exptime of -1", async () => {
      await store(key, "x", "set", 0, -1);
      expect(await read(key)).toBeNull();
      await store(key, "x");
      expect(await withKeys((keys) => keys.touch(key, -1))).toEqual({ ok: true, reply: "TOUCHED" });
      expect(await read(key)).toBeNull();
    });

    it("ends at a Unix time", async () => {
      const soon = Math.floor(Date.now() / 1_000) + 1_000;
      await store(key, "x", "set", 0, soon);
      const item = await read(key);
      expect(item?.size).toBe(1);
      if (!binary) expect(Math.abs((item?.ttlSeconds ?? 0) - 1_000)).toBeLessThan(30);
      await remove(key);
    });
  });

  it("distinguishes an empty value from none", async () => {
    const key = Buffer.from("empty");
    await store(key, "");
    expect(await read(key)).toMatchObject({ size: 0, value: Buffer.alloc(0) });
  });

  it("reports a value that is too large, and stores nothing", async () => {
    const key = Buffer.from("large");
    const answer = await store(key, Buffer.alloc(2 * MEGABYTE));
    expect(answer).toEqual({ ok: false, reply: "SERVER_ERROR object too large for cache" });
    expect(await read(key)).toBeNull();
  });

  it("returns a value of nearly a megabyte byte for byte", async () => {
    const key = Buffer.from("nearly");
    const value = Buffer.alloc(MEGABYTE - 500);
    for (let i = 0; i < value.length; i++) value[i] = (i * 31 + (i >> 8)) & 0xff;
    expect((await store(key, value)).ok).toBe(true);
    expect((await read(key))?.value?.equals(value)).toBe(true);
  });

  it("is polled over the same connection as before, whatever happens to keys", async () => {
    const values = emptyValues();
    await client.poll(values);
    await client.poll(values);
    const connections = async () =>
      Number((await independentStats(server.endpoint, binary ? "binary" : "text")).get("total_connections"));
    const before = await connections();
    await store(Buffer.from("k"), "some bytes");
    await read(Buffer.from("k"), 3);
    await client.poll(values);
    // Two jobs and the independent check itself.
    expect((await connections()) - before).toBe(3);
  });

  it("has no connection left when jobs have ended, whether they succeeded or not", async () => {
    const open = async () =>
      Number((await independentStats(server.endpoint, binary ? "binary" : "text")).get("curr_connections"));
    await client.poll(emptyValues());
    const before = await open();
    for (let i = 0; i < 10; i++) await store(Buffer.from("k"), "some bytes");
    const failing = withKeys(async () => {
      throw new CapabilityError("the job's own");
    });
    await expect(failing).rejects.toThrow("the job's own");
    await expect.poll(open, { timeout: 20_000 }).toBeLessThanOrEqual(before);
  });
});

describe("an item that is read", () => {
  it("keeps its LRU position, stays unfetched and keeps its age", async () => {
    const server = await startMemcached({ mode: "plain" });
    const client = createNodeClient(server.endpoint, DEADLINES);
    try {
      await rawText(server.endpoint, "set k 0 0 1\r\nx\r\nset other 0 0 1\r\nx\r\n", [
        "STORED\r\nSTORED\r\n",
      ]);
      const metadata = async (key: string) => {
        const line = await rawText(server.endpoint, `me ${key}\r\n`, ["\r\n"]);
        const [, la, fetch] = /la=(\d+) .*fetch=(\w+)/.exec(line) ?? [];
        return { la: Number(la), fetch };
      };
      // The item's age must continue to grow.
      await expect.poll(async () => (await metadata("k")).la, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
      for (let i = 0; i < 3; i++) {
        await client.withKeys((keys) => keys.inspect(Buffer.from("k"), MEGABYTE));
        await client.withKeys((keys) => keys.exists(Buffer.from("k")));
      }
      const after = await metadata("k");
      expect(after.fetch).toBe("no");
      expect(after.la).toBeGreaterThanOrEqual(2);
      expect(
        (await rawText(server.endpoint, "lru_crawler metadump all\r\n")).match(/key=k .*fetch=no/),
      ).not.toBeNull();
      // A plain read counts as a use, which proves that it would be visible.
      await rawText(server.endpoint, "get other\r\n");
      expect((await metadata("other")).fetch).toBe("yes");
      const item = await client.withKeys((keys) => keys.inspect(Buffer.from("other"), 0));
      expect(item).toMatchObject({ fetched: true, bumped: false });
    } finally {
      client.close();
      await server.stop();
    }
  });
});

describe("an item larger than the read limit", () => {
  it.each(["plain", "binary"] as const)(
    "is known by its size on a %s node that accepts large ones",
    async (mode) => {
      const server = await startMemcached({ mode, args: ["-I", "8m"] });
      const client = createNodeClient(server.endpoint, DEADLINES);
      const key = Buffer.from("large");
      try {
        const value = Buffer.alloc(5 * MEGABYTE, "large ");
        const stored = await client.withKeys((keys) =>
          keys.store(key, value, { mode: "set", flags: 3, exptime: 0 }),
        );
        expect(stored.ok).toBe(true);
        const item = await client.withKeys((keys) => keys.inspect(key, MEGABYTE));
        expect(item?.size).toBe(value.length);
        if (mode === "binary") expect(item?.value).toBeNull();
        else expect(item?.value?.equals(value.subarray(0, MEGABYTE))).toBe(true);
        expect(await client.withKeys((keys) => keys.exists(key))).toBe(true);
        await client.poll(emptyValues());
      } finally {
        client.close();
        await server.stop();
      }
    },
  );
});
