/** The key list as a reader gets it, from a real node. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { KeyLineBuffer } from "@/lib/http/streams/key-line-buffer";
import { type KeySource, keyListStream } from "@/lib/http/streams/keys";
import type { Metadump, MetadumpRequest } from "@/lib/memcached/contract";
import { checkCrawlerFree, crawlerLocksFree } from "@/lib/memcached/metadump/crawler-lock";
import { createNodeClient } from "@/lib/memcached/node-client";
import { CapabilityError, ConflictError, InputError, NodeError } from "@/lib/model/errors";
import { type KeysQuery, keysQuerySchema } from "@/lib/model/http/queries";
import { type KeyLine, type KeyListEnd, keyLineSchema, keyListEndSchema } from "@/lib/model/node/keys.schema";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedOptions, type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";
import { numbered, storeItems } from "../../servers/stored-items";

const ends: (() => unknown)[] = [];

afterEach(async () => {
  await crawlerLocksFree();
  for (const end of ends.splice(0).reverse()) await end();
});

interface Listing {
  readonly server: MemcachedServer;
  /** Whether the caller may read. */
  may: boolean;
  readonly stop: () => void;
  readonly dumps: readonly Metadump[];
  list(query?: Partial<KeysQuery>, signal?: AbortSignal): Promise<Response>;
}

async function start(options: MemcachedOptions): Promise<Listing> {
  const server = await startMemcached(options);
  ends.push(() => server.stop());
  const client = createNodeClient(server.endpoint, { connectTimeoutMs: 2_000, timeoutMs: 10_000 });
  ends.push(() => client.close());
  const listeners = new Set<() => void>();
  const dumps: Metadump[] = [];
  const metadump = async (request: MetadumpRequest) => {
    const dump = await client.metadump(request);
    dumps.push(dump);
    return dump;
  };
  const listing: Listing = {
    server,
    may: true,
    dumps,
    stop: () => {
      for (const listener of listeners) listener();
    },
    list: (query = {}, signal = new AbortController().signal) =>
      keyListStream(
        source,
        new Request("http://127.0.0.1/", { signal }),
        server.endpoint.id,
        keysQuerySchema.parse(query),
      ),
  };
  const source = {
    directory: { record: () => ({ client: { metadump } }) },
    access: {
      recognise: async () => ({ actor: listing.may ? { name: "operator", role: "operator" } : null }),
    },
    onStop: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as KeySource;
  return listing;
}

/** Every line checked against its schema: the last one has `done`. */
async function read(response: Response): Promise<{ readonly lines: KeyLine[]; readonly end: KeyListEnd }> {
  const text = await response.text();
  expect(text.endsWith("\n")).toBe(true);
  const rows = text.trimEnd().split("\n");
  const end = keyListEndSchema.parse(JSON.parse(rows.pop() ?? ""));
  return { lines: rows.map((row) => keyLineSchema.parse(JSON.parse(row))), end };
}

describe("the list of keys", () => {
  it("has a line per item, and a last one that counts", async () => {
    const listing = await start({ mode: "plain" });
    await storeItems(listing.server.endpoint, numbered("user:", 1_000));
    await storeItems(listing.server.endpoint, numbered("page:", 500));
    const response = await listing.list({ prefix: "user:", limit: 100_000 });
    expect(response.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    const { lines, end } = await read(response);
    expect(end).toEqual({
      done: true,
      seen: 1_500,
      matched: 1_000,
      truncated: false,
      walk: "hash",
      problem: null,
    });
    expect(new Set(lines.map(({ key }) => key))).toEqual(new Set(numbered("user:", 1_000)));
    expect(
      lines.every(({ keyEncoding, exp, fetched }) => keyEncoding === "utf8" && exp === -1 && !fetched),
    ).toBe(true);
  });

  it("ends its lines at the limit and counts the rest", async () => {
    const listing = await start({ mode: "plain" });
    await storeItems(listing.server.endpoint, numbered("k", 2_000));
    const { lines, end } = await read(await listing.list({ limit: 10 }));
    expect(lines).toHaveLength(10);
    expect(end).toMatchObject({ seen: 2_000, matched: 2_000, truncated: true, problem: null });
    expect((await read(await listing.list({ limit: 2_000 }))).end.truncated).toBe(false);
  });

  it("returns keys that no text command can express as base64, and accepts such a prefix", async () => {
    const listing = await start({ mode: "plain" });
    const odd = Buffer.from("bin\x00 \xff", "latin1").toString("base64");
    const latin = Buffer.from("caf\xe9", "latin1");
    await rawText(listing.server.endpoint, `ms ${odd} 1 b\r\nx\r\nset é 0 0 1\r\nx\r\nmn\r\n`, ["MN\r\n"]);
    await rawText(listing.server.endpoint, `ms ${latin.toString("base64")} 1 b\r\nx\r\nmn\r\n`, ["MN\r\n"]);
    const { lines } = await read(await listing.list());
    expect(new Map(lines.map(({ key, keyEncoding }) => [key, keyEncoding]))).toEqual(
      new Map([
        [odd, "base64"],
        [latin.toString("base64"), "base64"],
        // The raw socket writes latin1, so that this key is the one byte 0xe9 as well.
        [Buffer.from("é", "latin1").toString("base64"), "base64"],
      ]),
    );
    const prefix = Buffer.from("bin\x00", "latin1").toString("base64");
    expect((await read(await listing.list({ prefix, keyEncoding: "base64" }))).end.matched).toBe(1);
    await expect(listing.list({ prefix: "a b" })).rejects.toThrow(InputError);
  });

  it("of an empty node is its last line only", async () => {
    const listing = await start({ mode: "plain" });
    const { lines, end } = await read(await listing.list());
    expect(lines).toEqual([]);
    expect(end).toMatchObject({ seen: 0, matched: 0, truncated: false, problem: null });
  });
});

describe("before the first byte", () => {
  it.each([
    ["sasl", []],
    ["plain", ["-X"]],
  ] as const)("a node of kind %s %j is reported as unsupported", async (mode, args) => {
    await expect((await start({ mode, args })).list()).rejects.toThrow(CapabilityError);
  });

  it("a node that is down is reported as such", async () => {
    const listing = await start({ mode: "plain" });
    await listing.server.kill();
    await expect(listing.list()).rejects.toThrow(NodeError);
    checkCrawlerFree(listing.server.endpoint.id);
  });

  it("a second reader gets an error that the node is busy, with what and since when", async () => {
    const listing = await start({ mode: "plain", memoryMb: 256 });
    await storeItems(listing.server.endpoint, numbered("k", 200_000));
    const first = await listing.list({ limit: 5 });
    await expect(listing.list()).rejects.toThrow(ConflictError);
    await expect(listing.list()).rejects.toThrow(/a metadump has been running since 20\d\d-\d\d-\d\dT/);
    expect((await read(first)).end.seen).toBe(200_000);
    expect((await read(await listing.list({ limit: 5 }))).end.seen).toBe(200_000);
  });
});

describe("a reader", () => {
  it("that does not read does not block the node, and gets its lines later", async () => {
    const listing = await start({ mode: "plain", memoryMb: 256 });
    await storeItems(listing.server.endpoint, numbered("k", 100_000));
    const response = await listing.list({ limit: 100_000 });
    // No byte is read before the node has sent everything.
    await crawlerLocksFree();
    const { lines, end } = await read(response);
    expect(lines).toHaveLength(100_000);
    expect(end).toMatchObject({ matched: 100_000, truncated: false });
  });

  it("that disconnects early leaves a dump that is read to its end", async () => {
    const listing = await start({ mode: "plain", memoryMb: 256 });
    await storeItems(listing.server.endpoint, numbered("k", 300_000));
    const reader = (await listing.list({ limit: 100_000 })).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await crawlerLocksFree();
    expect(listing.dumps.at(-1)?.itemCount).toBe(300_000);
    // Its crawler reports idle a moment after its last line.
    await vi.waitFor(async () => {
      const stats = await independentStats(listing.server.endpoint, "text");
      expect(stats.get("lru_crawler_running")).toBe("0");
    }, 10_000);
    expect((await read(await listing.list({ limit: 1 }))).end.seen).toBe(300_000);
  });

  it("whose request is aborted, or whose process stops, gets nothing more", async () => {
    const listing = await start({ mode: "plain", memoryMb: 256 });
    await storeItems(listing.server.endpoint, numbered("k", 100_000));
    const leaving = new AbortController();
    const aborted = await listing.list({ limit: 100_000 }, leaving.signal);
    leaving.abort();
    expect(await aborted.text()).not.toContain('"done":true');
    await crawlerLocksFree();
    const stopped = await listing.list({ limit: 100_000 });
    listing.stop();
    expect(await stopped.text()).not.toContain('"done":true');
  });
});

describe("a node that is killed during the dump", () => {
  it("ends the list with a line that reports it", async () => {
    const listing = await start({ mode: "plain", memoryMb: 256 });
    await storeItems(listing.server.endpoint, numbered("k", 500_000));
    await listing.server.freeze();
    const pending = listing.list({ limit: 10 });
    listing.server.thaw();
    const response = await pending;
    await listing.server.kill();
    const { end } = await read(response);
    // A fast machine may have sent everything already.
    if (end.seen < 500_000) {
      expect(end.truncated).toBe(true);
      expect(end.problem).toContain("connection closed by the node");
    }
  });
});

describe("lines that wait for a reader", () => {
  it("are bounded in bytes, and the rest is counted and reported", async () => {
    const list = new KeyLineBuffer(1_000, 5_000);
    const key = Buffer.from("k".repeat(40));
    const item = {
      keyBytes: 40,
      exp: -1,
      la: 1,
      cas: "5",
      fetched: false,
      cls: 1,
      size: 90,
      key: () => key,
      copyKey: () => 40,
      casBytes: 1,
      copyCas: () => 1,
    };
    const { onItem }: Pick<MetadumpRequest, "onItem"> = list;
    let wanted = 0;
    while (onItem(item)) wanted++;
    const dump = { itemCount: 900, matched: 900, unreadable: 0, walk: "hash" } as Metadump;
    list.end(dump, null);
    const rows = ((await list.take())?.toString() ?? "").trimEnd().split("\n");
    expect(rows).toHaveLength(wanted + 1);
    expect(wanted).toBeGreaterThan(10);
    expect(wanted).toBeLessThan(60);
    expect(JSON.parse(rows.at(-1) ?? "")).toMatchObject({ matched: 900, truncated: true });
    expect(rows.at(-1)).toContain("read too slowly");
    expect(await list.take()).toBeNull();
  });
});
