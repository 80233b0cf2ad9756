/** What an operator does with the tools of libmemcached, done with ours on the same server: the same result. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunContext, Target, TargetResult } from "@/lib/actions/contract";
import { deleteKey } from "@/lib/actions/kinds/delete-key";
import { setKey } from "@/lib/actions/kinds/set-key";
import { touchKey } from "@/lib/actions/kinds/touch-key";
import { lookUpKey, readValue } from "@/lib/keys/look-up";
import type { NodeClient } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { ACTION_INPUTS } from "@/lib/model/actions/action.schema";
import { NotFoundError } from "@/lib/model/errors";
import { plainNode } from "../../doubles/plain-node";
import { memcTool } from "../../servers/libmemcached-tools";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";

const DEADLINES = { connectTimeoutMs: 5_000, timeoutMs: 20_000 };
const CONTEXT: RunContext = {
  nowMs: Date.now,
  signal: new AbortController().signal,
  multiNode: false,
  progress: () => undefined,
};

describe.each([
  ["plain", false],
  ["binary", true],
  ["sasl", true],
] as const)("on a %s node", (mode, binary) => {
  let server: MemcachedServer;
  let client: NodeClient;
  let target: Target;
  let cwd: string;

  beforeAll(async () => {
    server = await startMemcached({ mode });
    client = createNodeClient(server.endpoint, DEADLINES);
    const { id } = server.endpoint;
    target = { id, client, open: () => client, view: plainNode({ id }) };
    cwd = await mkdtemp(join(tmpdir(), "memfleet-tools-"));
  });
  afterAll(async () => {
    client?.close();
    await server?.stop();
    await rm(cwd, { recursive: true, force: true });
  });

  const tool = (name: Parameters<typeof memcTool>[0], ...args: string[]) =>
    memcTool(name, [server.endpoint], args, { binary, cwd });
  const lookUp = (key: string) => lookUpKey(client, Buffer.from(key));
  const set = (input: unknown): Promise<TargetResult> =>
    setKey.run(target, ACTION_INPUTS.set_key.parse(input), CONTEXT);

  it("the lookup shows what memccp stores, byte for byte", async () => {
    const value = Buffer.from("hello\r\nworld\0\xff", "latin1");
    await writeFile(join(cwd, "copied"), value);
    expect((await tool("memccp", "--set", "--flag=7", "copied")).code).toBe(0);
    expect(await lookUp("copied")).toMatchObject({
      found: true,
      flags: 7,
      size: value.length,
      format: "binary",
      encoding: "base64",
      value: value.toString("base64"),
    });
    expect((await readValue(client, Buffer.from("copied"))).equals(value)).toBe(true);
  });

  it("what set_key stores, memccat reads byte for byte, with its flags", async () => {
    const value = Buffer.from("größe\r\nEND\r\n\0\xfe", "latin1");
    const result = await set({ key: "ours", value: value.toString("base64"), encoding: "base64", flags: 9 });
    expect(result).toMatchObject({ verified: true, detail: `STORED: ${value.length} bytes` });
    if (!binary) {
      expect(result.before).toMatchObject({ found: 0 });
      expect(result.after).toMatchObject({ found: 1, size: value.length, flags: 9, ttlSeconds: -1 });
    }
    const cat = await tool("memccat", "ours");
    expect(cat.code).toBe(0);
    // memccat ends what it prints with a line end.
    expect(cat.stdout.subarray(0, value.length).equals(value)).toBe(true);
    expect(cat.stdout.length).toBe(value.length + 1);
    expect((await tool("memccat", "--flags", "ours")).stdout.toString("latin1")).toMatch(/^9\n/);
  });

  it("memcexist and the lookup agree on which keys exist", async () => {
    await set({ key: "there", value: "1" });
    for (const key of ["there", "nowhere"]) {
      const there = (await tool("memcexist", key)).code === 0;
      expect(await client.withKeys((keys) => keys.exists(Buffer.from(key)))).toBe(there);
      expect((await lookUp(key)).found).toBe(there);
      expect((await tool("memccat", key)).code === 0).toBe(there);
      if (!there) await expect(readValue(client, Buffer.from(key))).rejects.toThrow(NotFoundError);
    }
  });

  it("keys deleted by memcrm are deleted for Memfleet, and vice versa", async () => {
    const remove = (key: string) => deleteKey.run(target, { key, keyEncoding: "utf8" }, CONTEXT);
    await set({ key: "one", value: "1" });
    await set({ key: "two", value: "2" });
    expect((await tool("memcrm", "one")).code).toBe(0);
    expect(await remove("one")).toMatchObject({
      verified: false,
      detail: "NOT_FOUND: no item has this key",
    });
    expect(await remove("two")).toMatchObject({ verified: true, detail: "DELETED" });
    expect((await tool("memcrm", "two")).code).not.toBe(0);
    expect((await tool("memcexist", "two")).code).not.toBe(0);
  });

  it("memctouch and touch_key set the same time to live, and miss equally", async () => {
    const touch = (key: string, exptime: number) =>
      touchKey.run(target, { key, keyEncoding: "utf8", exptime }, CONTEXT);
    await set({ key: "touched", value: "1" });
    expect((await tool("memctouch", "--expire=5000", "touched")).code).toBe(0);
    const theirs = (await lookUp("touched")).ttlSeconds;
    const ours = await touch("touched", 5_000);
    expect(ours).toMatchObject({ verified: true, detail: "TOUCHED" });
    if (binary) expect([theirs, ours.after]).toEqual([null, null]);
    else {
      expect(theirs).toBeGreaterThan(4_900);
      expect(ours.after?.ttlSeconds).toBeGreaterThan(4_900);
    }
    expect((await tool("memctouch", "--expire=5000", "missing")).code).not.toBe(0);
    expect((await touch("missing", 5_000)).verified).toBe(false);
    // Touched with a past time by either, it is missing for both.
    await set({ key: "second", value: "1" });
    expect((await touch("second", -1)).verified).toBe(true);
    expect((await tool("memcexist", "second")).code).not.toBe(0);
  });

  it("add and replace are refused as memccp's are", async () => {
    await writeFile(join(cwd, "held"), "first");
    expect((await tool("memccp", "--add", "held")).code).toBe(0);
    expect((await tool("memccp", "--add", "held")).code).not.toBe(0);
    expect(await set({ key: "held", value: "second", mode: "add" })).toMatchObject({
      verified: false,
      detail: "NOT_STORED: an item already has this key",
    });
    expect(await set({ key: "unheld", value: "second", mode: "replace" })).toMatchObject({
      verified: false,
      detail: "NOT_STORED: no item has this key",
    });
    expect((await tool("memccat", "held")).stdout.toString()).toBe("first\n");
  });
});
