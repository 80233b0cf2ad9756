/** Where keys are, against the clients that put them there. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import memjs from "memjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HASHINGS } from "@/lib/hashing/registry";
import { findOwner, type PoolNode } from "@/lib/keys/owner";
import { createNodeClient } from "@/lib/memcached/node-client";
import { NodeError } from "@/lib/model/errors";
import type { NodeAddress } from "@/lib/model/node/node-address";
import { freePort } from "../../servers/free-port";
import { memcTool } from "../../servers/libmemcached-tools";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";

const DEADLINES = { connectTimeoutMs: 5_000, timeoutMs: 20_000 };
const POOL = { name: "main", hashing: "ketama" } as const;

let servers: MemcachedServer[];
let nodes: PoolNode[];

beforeAll(async () => {
  servers = await Promise.all(Array.from({ length: 5 }, () => startMemcached({ mode: "plain" })));
  nodes = servers.map(({ endpoint }) => ({
    address: endpoint.address,
    client: createNodeClient(endpoint, DEADLINES),
  }));
});
afterAll(async () => {
  await Promise.all((servers ?? []).map((server) => server.stop()));
});

/** The keys of every server, read by a bare socket. */
async function keysOfServers(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  await Promise.all(
    servers.map(async ({ endpoint }, index) => {
      const dump = await rawText(endpoint, "lru_crawler metadump hash\r\n");
      for (const [, key = ""] of dump.matchAll(/^key=(\S+) /gm)) found.set(decodeURIComponent(key), index);
    }),
  );
  return found;
}

function ownerBy(name: string, key: string): number | null | undefined {
  const addresses = nodes.map(({ address }) => address);
  return HASHINGS.find((hashing) => hashing.name === name)?.ownerOf(Buffer.from(key), addresses);
}

describe("the owner of a key", () => {
  it("for memjs is where memjs stores 1,000 keys on five servers", async () => {
    const uris = servers.map(({ endpoint }) => endpoint.id).join(",");
    const client = memjs.Client.create(uris, {
      username: " ",
      password: "",
      timeout: 20,
      logger: { log() {} },
    });
    const words = ["user", "größe", "キー", "session:😀", "a/b"];
    const keys = Array.from({ length: 1_000 }, (_, n) => `${words[n % 5]}:${n * 7919}`);
    for (const key of keys) await client.set(key, "1", { expires: 0 });
    client.close();
    const where = await keysOfServers();
    expect(where.size).toBe(1_000);
    expect(new Set(where.values()).size).toBe(5);
    expect(keys.filter((key) => ownerBy("memjs", key) !== where.get(key))).toEqual([]);
  });

  it("for libmemcached's tools is where memccp stores 1,000 files on five servers", async () => {
    await Promise.all(servers.map(({ endpoint }) => rawText(endpoint, "flush_all\r\n", ["OK\r\n"])));
    const cwd = await mkdtemp(join(tmpdir(), "memfleet-owner-"));
    try {
      const keys = Array.from({ length: 1_000 }, (_, n) => `file-${n * 104_729}`);
      await Promise.all(keys.map((key) => writeFile(join(cwd, key), "1")));
      const copied = await memcTool(
        "memccp",
        servers.map(({ endpoint }) => endpoint),
        ["--set", ...keys],
        { cwd },
      );
      expect(copied.code).toBe(0);
      const where = await keysOfServers();
      expect(keys.filter((key) => where.get(key) === undefined)).toEqual([]);
      expect(keys.filter((key) => ownerBy("modulo", key) !== where.get(key))).toEqual([]);
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  });

  it("is given for every hashing, with the nodes that really have the key", async () => {
    const [first, second] = servers as [MemcachedServer, MemcachedServer];
    for (const { endpoint } of [first, second]) {
      await rawText(endpoint, "set twice 0 0 1\r\nx\r\n", ["STORED\r\n"]);
    }
    const owner = await findOwner(POOL, nodes, Buffer.from("twice"));
    expect(owner).toMatchObject({ pool: "main", key: "twice", keyEncoding: "utf8", configured: "ketama" });
    expect(owner.owners.map(({ hashing }) => hashing)).toEqual(["ketama", "consistent", "modulo", "memjs"]);
    const ids = servers.map(({ endpoint }) => endpoint.id);
    for (const { hashing, node } of owner.owners) expect(node).toBe(ids[ownerBy(hashing, "twice") ?? -1]);
    expect(owner.found).toEqual(ids.map((node, index) => ({ node, found: index < 2, detail: null })));
  });

  it("reads without bumping the item", async () => {
    const [{ endpoint }] = servers as [MemcachedServer];
    await rawText(endpoint, "set unused 0 0 1\r\nx\r\n", ["STORED\r\n"]);
    await findOwner(POOL, nodes, Buffer.from("unused"));
    expect(await rawText(endpoint, "me unused\r\n", ["\r\n"])).toContain("fetch=no");
  });

  it("of a binary key has no memjs among them, and is still found", async () => {
    const key = Buffer.from([0xff, 0x0a, 0x20]);
    await nodes[3]?.client.withKeys((keys) =>
      keys.store(key, Buffer.from("x"), { mode: "set", flags: 0, exptime: 0 }),
    );
    const owner = await findOwner(POOL, nodes, key);
    expect(owner).toMatchObject({ key: "/wog", keyEncoding: "base64" });
    expect(owner.owners.map(({ hashing }) => hashing)).toEqual(["ketama", "consistent", "modulo"]);
    expect(owner.found.map(({ found }) => found)).toEqual([false, false, false, true, false]);
  });

  it("is known even when a node cannot be read, which is distinguished from not having it", async () => {
    const port = await freePort();
    const address: NodeAddress = { kind: "tcp", host: "127.0.0.1", port };
    const endpoint = {
      id: `127.0.0.1:${port}`,
      address,
      protocol: "auto",
      credentials: null,
      tls: null,
    } as const;
    const dead: PoolNode = { address, client: createNodeClient(endpoint, DEADLINES) };
    const binary = await startMemcached({ mode: "binary" });
    const client = createNodeClient(binary.endpoint, DEADLINES);
    try {
      const key = Buffer.from("here");
      await client.withKeys((keys) =>
        keys.store(key, Buffer.from("x"), { mode: "set", flags: 0, exptime: 0 }),
      );
      const owner = await findOwner({ ...POOL }, [dead, { address: binary.endpoint.address, client }], key);
      expect(owner.found[0]).toMatchObject({ found: null, detail: expect.stringContaining("refused") });
      expect(owner.found[1]).toMatchObject({
        found: true,
        detail: expect.stringContaining("counted as a get"),
      });
    } finally {
      client.close();
      await binary.stop();
    }
  });

  it("in a pool of 300 nodes is read from the owners and 100 others, a few at a time", async () => {
    let running = 0;
    let most = 0;
    const queried: string[] = [];
    const many = Array.from({ length: 300 }, (_, n): PoolNode => {
      const id = `10.9.${n >> 8}.${n & 255}:11211`;
      const client: PoolNode["client"] = {
        id,
        withKeys: async () => {
          queried.push(id);
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 1));
          running--;
          throw new NodeError(id, "replyTimeout");
        },
      };
      return { address: { kind: "tcp", host: `10.9.${n >> 8}.${n & 255}`, port: 11211 }, client };
    });
    const owner = await findOwner({ ...POOL }, many, Buffer.from("key"));
    const owners = new Set(owner.owners.map(({ node }) => node));
    expect(owner.found).toHaveLength(300);
    expect(queried.length).toBe(100 + owners.size);
    for (const node of owners) expect(queried).toContain(node);
    expect(most).toBe(32);
    const unqueried = owner.found.filter(({ node }) => !queried.includes(node));
    for (const { found, detail } of unqueried)
      expect([found, detail]).toEqual([null, expect.stringMatching(/^not checked/)]);
  });
});
