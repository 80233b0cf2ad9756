/** Metadumps of real nodes. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { emptyValues } from "@/lib/catalogue/stats";
import type { Metadump, NodeClient, NodeEndpoint } from "@/lib/memcached/contract";
import { crawlerLocksFree } from "@/lib/memcached/metadump/crawler-lock";
import { createNodeClient } from "@/lib/memcached/node-client";
import { CapabilityError, ConflictError } from "@/lib/model/errors";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedOptions, type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";
import { numbered, storeItems } from "../../servers/stored-items";

const DEADLINES = { connectTimeoutMs: 2_000, timeoutMs: 10_000 };
const NOTHING = Buffer.alloc(0);

const ends: (() => unknown)[] = [];

afterEach(async () => {
  await crawlerLocksFree();
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(
  options: MemcachedOptions,
): Promise<{ readonly server: MemcachedServer; readonly client: NodeClient }> {
  const server = await startMemcached(options);
  ends.push(() => server.stop());
  const client = createNodeClient(server.endpoint, DEADLINES);
  ends.push(() => client.close());
  return { server, client };
}

/** All keys, as latin1 text, in the order of coming. */
async function keysOf(client: NodeClient, prefix = NOTHING): Promise<{ keys: string[]; dump: Metadump }> {
  const keys: string[] = [];
  const visit = (item: { key(): Buffer }) => keys.push(item.key().toString("latin1")) > 0;
  const dump = await client.metadump({ prefix, onItem: visit });
  await dump.ended;
  return { keys, dump };
}

function signedIn({ credentials }: NodeEndpoint): string {
  if (credentials === null) return "";
  const login = `${credentials.username} ${credentials.password}`;
  return `set x 0 0 ${login.length}\r\n${login}\r\n`;
}

describe.each(["plain", "authfile", "tls", "unix", "ascii"] as const)("a node of kind %s", (mode) => {
  it("lists every item that a plain socket reads", async () => {
    const { server, client } = await start({ mode });
    const { endpoint } = server;
    await storeItems(endpoint, numbered("plain:", 500), 40);
    // Bytes that a text command cannot name, in base64: "a b", 00 01 ff, and "é".
    const odd = ["YSBi", "AAH/", "w6k="];
    await rawText(
      endpoint,
      `${signedIn(endpoint)}${odd.map((key) => `ms ${key} 1 b\r\nx\r\n`).join("")}mn\r\n`,
      ["MN\r\n"],
    );
    const items: unknown[] = [];
    const dump = await client.metadump({
      prefix: NOTHING,
      onItem: (item) => {
        const { exp, la, cas, fetched, cls, size } = item;
        items.push({ key: item.key().toString("latin1"), exp, la, cas, fetched, cls, size });
        return true;
      },
    });
    await dump.ended;
    const dumped = await readDump(endpoint);
    expect(items).toHaveLength(503);
    expect(dump).toMatchObject({ itemCount: 503, matched: 503, unreadable: 0, walk: "hash" });
    expect(new Set(items.map((item) => JSON.stringify(item)))).toEqual(
      new Set(dumped.map((item) => JSON.stringify(item))),
    );
    const keys = new Set(dumped.map(({ key }) => key));
    for (const key of ["plain:0", "plain:499", "a b", "\x00\x01\xff", "\xc3\xa9"])
      expect(keys).toContain(key);
  });

  it("counts and passes on keys with a prefix", async () => {
    const { server, client } = await start({ mode });
    await storeItems(server.endpoint, numbered("user:", 300));
    await storeItems(server.endpoint, numbered("use", 50));
    await storeItems(server.endpoint, numbered("session/", 200));
    const { keys, dump } = await keysOf(client, Buffer.from("user:"));
    expect(dump).toMatchObject({ itemCount: 550, matched: 300 });
    expect(new Set(keys)).toEqual(new Set(numbered("user:", 300)));
    expect((await keysOf(client, Buffer.from("session/19"))).keys).toHaveLength(11);
  });

  it("answers other requests on the persistent connection during the dump", async () => {
    const { server, client } = await start({ mode });
    await storeItems(server.endpoint, numbered("k", 20_000));
    const [{ dump }] = await Promise.all([
      keysOf(client),
      ...Array.from({ length: 20 }, () => client.poll(emptyValues())),
    ]);
    expect(dump.itemCount).toBe(20_000);
  });
});

/** The output on a bare socket, read with a regular expression. */
async function readDump(endpoint: NodeEndpoint): Promise<{ readonly key: string }[]> {
  // Nothing may stand before a metadump on its connection but what has been answered.
  const dumped = await rawDump(endpoint);
  return [
    ...dumped.matchAll(/key=(\S+) exp=(\S+) la=(\d+) cas=(\d+) fetch=(yes|no) cls=(\d+) size=(\d+)/g),
  ].map(([, key, exp, la, cas, fetch, cls, size]) => ({
    key: (key ?? "").replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    exp: Number(exp),
    la: Number(la),
    cas,
    fetched: fetch === "yes",
    cls: Number(cls),
    size: Number(size),
  }));
}

async function rawDump(endpoint: NodeEndpoint): Promise<string> {
  const dump = "lru_crawler metadump hash\r\n";
  if (endpoint.credentials === null) return rawText(endpoint, dump);
  return rawText(endpoint, signedIn(endpoint), ["END\r\n"], { after: "STORED\r\n", say: dump });
}

describe("libmemcached's memcdump", () => {
  it("finds the same keys on a small server", async () => {
    const { server, client } = await start({ mode: "plain" });
    await storeItems(server.endpoint, numbered("small:", 300), 30);
    const { address } = server.endpoint;
    const hostPort = address.kind === "tcp" ? `${address.host}:${address.port}` : "";
    const { keys } = await keysOf(client);
    // It sends `stats cachedump`, which lists COLD items only: they get there when the LRU is balanced.
    const memcdump = async () =>
      new Set(
        (await promisify(execFile)("memcdump", [`--servers=${hostPort}`], { timeout: 10_000 })).stdout
          .split("\n")
          .filter((key) => key !== ""),
      );
    await expect.poll(memcdump, { timeout: 20_000, interval: 250 }).toEqual(new Set(keys));
    expect(keys).toHaveLength(300);
  });
});

describe("a node that cannot", () => {
  it.each([
    ["sasl", []],
    ["binary", []],
    ["plain", ["-X"]],
  ] as const)("of kind %s %j is refused without a request to the node", async (mode, args) => {
    const { client } = await start({ mode, args });
    await expect(keysOf(client)).rejects.toThrow(CapabilityError);
    // The lock is free again.
    await expect(keysOf(client)).rejects.toThrow(CapabilityError);
    await client.poll(emptyValues());
  });

  it("because the crawler is off: reports it, and works once it is on again", async () => {
    const { server, client } = await start({ mode: "plain" });
    await rawText(server.endpoint, "lru_crawler disable\r\n", ["OK\r\n"]);
    await expect(keysOf(client)).rejects.toThrow(CapabilityError);
    await rawText(server.endpoint, "lru_crawler enable\r\n", ["OK\r\n"]);
    expect((await keysOf(client)).keys).toEqual([]);
  });
});

describe("one crawler command at a time", () => {
  it("a second dump is refused while one is running, from any client, and the node stays up", async () => {
    const { server, client } = await start({ mode: "plain", memoryMb: 256 });
    const other = createNodeClient(server.endpoint, DEADLINES);
    ends.push(() => other.close());
    await storeItems(server.endpoint, numbered("k", 200_000));
    const first = keysOf(client);
    await expect(keysOf(other)).rejects.toThrow(ConflictError);
    await expect(other.crawl("all")).rejects.toThrow(/a metadump has been running since 20\d\d-/);
    expect((await first).keys).toHaveLength(200_000);
    expect((await keysOf(other)).keys).toHaveLength(200_000);
  });

  it("a stopped dump is read to its end, and then the next one works", async () => {
    const { server, client } = await start({ mode: "plain", memoryMb: 256 });
    await storeItems(server.endpoint, numbered("k", 300_000));
    let handedOver = 0;
    const dump = await client.metadump({
      prefix: NOTHING,
      onItem: () => {
        handedOver++;
        return handedOver < 100;
      },
    });
    await expect(keysOf(client)).rejects.toThrow(ConflictError);
    await dump.ended;
    expect(handedOver).toBe(100);
    expect(dump).toMatchObject({ itemCount: 300_000, matched: 300_000 });
    expect((await keysOf(client)).keys).toHaveLength(300_000);
    const stat = async (name: string) => (await independentStats(server.endpoint, "text")).get(name);
    // The last line is sent a moment before the crawler's thread is idle.
    await expect.poll(() => stat("lru_crawler_running")).toBe("0");
    await expect.poll(async () => Number(await stat("curr_connections"))).toBeLessThanOrEqual(4);
  });

  it("closing the client does not end a dump", async () => {
    const { server, client } = await start({ mode: "plain", memoryMb: 256 });
    await storeItems(server.endpoint, numbered("k", 200_000));
    const dump = await client.metadump({ prefix: NOTHING, onItem: () => true });
    client.close();
    await dump.ended;
    expect(dump.itemCount).toBe(200_000);
    await expect(keysOf(client)).rejects.toThrow("the client was closed");
    expect((await independentStats(server.endpoint, "text")).get("pid")).toBe(String(server.pid));
  });

  it("a crawl frees expired items, and refuses unknown classes", async () => {
    const { server, client } = await start({ mode: "plain" });
    const sets = Array.from({ length: 50 }, (_, i) => `set e${i} 0 -1 1 noreply\r\nx\r\n`).join("");
    await rawText(server.endpoint, `${sets}version\r\n`, ["\r\n"]);
    await client.crawl("all");
    await expect
      .poll(async () => (await independentStats(server.endpoint, "text")).get("lru_crawler_running"))
      .toBe("0");
    await expect.poll(() => client.crawl([1, 2]).then(() => "started", String)).toBe("started");
    await expect(client.crawl([255])).rejects.toThrow(/classes/);
  });
});

describe("a million items", () => {
  it("are counted within bounded memory while the node answers other requests", async () => {
    const { server, client } = await start({ mode: "plain", memoryMb: 512 });
    await storeItems(server.endpoint, numbered("user:", 900_000));
    await storeItems(server.endpoint, numbered("gone:", 100_000));
    const before = process.memoryUsage();
    const others = probe(server.endpoint);
    let handedOver = 0;
    const dump = await client.metadump({
      prefix: Buffer.from("gone:"),
      onItem: () => {
        handedOver++;
        return true;
      },
    });
    await dump.ended;
    const after = process.memoryUsage();
    const answered = await others.stop();
    expect(dump).toMatchObject({ itemCount: 1_000_000, matched: 100_000, unreadable: 0 });
    expect(handedOver).toBe(100_000);
    expect(after.rss - before.rss).toBeLessThan(100 * 1024 * 1024);
    expect(answered).toBeGreaterThan(10);
  }, 120_000);
});

/** Another client that reads one key repeatedly. */
function probe(endpoint: NodeEndpoint): {
  /** How often it was answered. */
  stop(): Promise<number>;
} {
  let going = true;
  let answered = 0;
  const run = async () => {
    while (going) {
      await rawText(endpoint, "get user:7\r\n");
      answered++;
    }
  };
  const running = run();
  return {
    async stop() {
      going = false;
      await running;
      return answered;
    },
  };
}
