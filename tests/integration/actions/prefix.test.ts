/** Deleting and marking as stale by prefix, on real nodes. */
import { afterEach, describe, expect, it } from "vitest";
import type { RunContext, Target, TargetResult } from "@/lib/actions/contract";
import { lruCrawlerCrawl } from "@/lib/actions/kinds/lru-crawler-crawl";
import { deletePrefix } from "@/lib/actions/prefix/delete";
import { markStalePrefix } from "@/lib/actions/prefix/mark-stale";
import { runPrefix } from "@/lib/actions/prefix/run";
import type { BulkDeleteKind, MetadumpRequest, NodeClient } from "@/lib/memcached/contract";
import { checkCrawlerFree, crawlerLocksFree } from "@/lib/memcached/metadump/crawler-lock";
import { createNodeClient } from "@/lib/memcached/node-client";
import { ACTION_INPUTS, type Measurements } from "@/lib/model/actions/action.schema";
import { ConflictError, InputError } from "@/lib/model/errors";
import { plainNode } from "../../doubles/plain-node";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedOptions, type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";
import { numbered, storeItems } from "../../servers/stored-items";

const DEADLINES = { connectTimeoutMs: 2_000, timeoutMs: 10_000 };

const ends: (() => unknown)[] = [];

afterEach(async () => {
  await crawlerLocksFree();
  for (const end of ends.splice(0).reverse()) await end();
});

interface Started {
  readonly server: MemcachedServer;
  readonly target: Target;
  readonly context: RunContext;
  readonly cancel: () => void;
  /** The reported progress. */
  readonly reports: Measurements[];
}

async function start(
  options: MemcachedOptions,
  onTold: (figures: Measurements) => void = () => {},
): Promise<Started> {
  const server = await startMemcached(options);
  ends.push(() => server.stop());
  const open = (): NodeClient => {
    const client = createNodeClient(server.endpoint, DEADLINES);
    ends.push(() => client.close());
    return client;
  };
  const { id } = server.endpoint;
  const target: Target = { id, client: open(), open, view: plainNode({ id }) };
  const reports: Measurements[] = [];
  const ending = new AbortController();
  const context: RunContext = {
    nowMs: Date.now,
    signal: ending.signal,
    multiNode: false,
    progress: (after) => {
      reports.push(after);
      onTold(after);
    },
  };
  return { server, target, context, cancel: () => ending.abort(), reports };
}

const remove = (started: Started, input: Record<string, unknown>): Promise<TargetResult> =>
  deletePrefix.run(started.target, ACTION_INPUTS.delete_prefix.parse(input), started.context);

const markStale = (started: Started, input: Record<string, unknown>): Promise<TargetResult> =>
  markStalePrefix.run(started.target, ACTION_INPUTS.mark_stale_prefix.parse(input), started.context);

/** Of these keys, those that a bare socket finds. */
async function found({ server }: Started, keys: readonly string[]): Promise<string[]> {
  const { endpoint } = server;
  const login = endpoint.credentials && `${endpoint.credentials.username} ${endpoint.credentials.password}`;
  const greeting = login === null ? "" : `set x 0 0 ${login.length}\r\n${login}\r\n`;
  const reply = await rawText(
    endpoint,
    `${greeting}${keys.map((key) => `get ${key}\r\n`).join("")}version\r\n`,
    ["1.6.18\r\n"],
  );
  return [...reply.matchAll(/^VALUE (\S+) /gm)].map(([, key]) => key ?? "");
}

describe.each(["plain", "authfile", "tls", "unix"] as const)("on a node of kind %s", (mode) => {
  it("a dry run counts and deletes nothing; the run deletes exactly what it counted", async () => {
    const started = await start({ mode });
    const { endpoint } = started.server;
    await storeItems(endpoint, numbered("user:", 3_000));
    await storeItems(endpoint, numbered("users", 700));
    const dry = await remove(started, { prefix: "user:" });
    expect(dry).toMatchObject({ verified: true, after: { matched: 3_000, seen: 3_700 } });
    expect(dry.after).not.toHaveProperty("deleted");
    expect(await found(started, ["user:0", "user:2999", "users0"])).toHaveLength(3);
    const run = await remove(started, { prefix: "user:", dryRun: false, perSecond: 100_000 });
    expect(run).toMatchObject({
      verified: true,
      before: { currItems: 3_700 },
      after: { matched: 3_000, deleted: 3_000, missing: 0, changed: 0, failed: 0 },
    });
    expect((await independentStats(endpoint, "text")).get("curr_items")).toBe("700");
    expect(await found(started, ["user:0", "user:2999", "users0", "users699"])).toEqual([
      "users0",
      "users699",
    ]);
  });

  it("marking as stale keeps the items, stale, with the requested exptime", async () => {
    const started = await start({ mode });
    const { endpoint } = started.server;
    await storeItems(endpoint, numbered("page:", 400));
    await storeItems(endpoint, ["other"]);
    const run = await markStale(started, { prefix: "page:", dryRun: false, exptime: 600 });
    expect(run).toMatchObject({
      verified: true,
      after: { matched: 400, marked: 400, deleted: 400, failed: 0 },
    });
    const login = endpoint.credentials && `${endpoint.credentials.username} ${endpoint.credentials.password}`;
    const greeting = login === null ? "" : `set x 0 0 ${login.length}\r\n${login}\r\n`;
    const reply = await rawText(endpoint, `${greeting}mg page:7 t v\r\nmg other t v\r\nmn\r\n`, ["MN\r\n"]);
    // X: stale; W: the first reader is to store it again.
    expect(reply).toMatch(/VA 1 t(600|59\d) X W\r\nv\r\n/);
    expect(reply).toContain("VA 1 t-1\r\nv\r\n");
  });
});

describe("replies of the node", () => {
  it("an item rewritten since the dump stays and counts as changed, a deleted one as missing", async () => {
    const started = await start({ mode: "plain" });
    const { endpoint } = started.server;
    await storeItems(endpoint, numbered("k", 2_000));
    const { client } = started.target;
    // Another client writes between the dump and the first removal.
    const meddling: Target = {
      ...started.target,
      client: Object.create(client, {
        bulkDelete: {
          value: async (kind: BulkDeleteKind) => {
            await rawText(endpoint, "set k7 0 0 3\r\nnew\r\ndelete k8\r\nversion\r\n", ["1.6.18\r\n"]);
            return client.bulkDelete(kind);
          },
        },
      }),
    };
    const result = await remove({ ...started, target: meddling }, { prefix: "k", dryRun: false });
    expect(result.after).toMatchObject({ matched: 2_000, deleted: 1_998, missing: 1, changed: 1, failed: 0 });
    expect(result).toMatchObject({ verified: true });
    expect(result.detail).toContain("1 kept (rewritten since)");
    expect(await found(started, ["k6", "k7", "k8"])).toEqual(["k7"]);
  });

  it("a key that only the binary protocol can express is reported as failed", async () => {
    const started = await start({ mode: "plain" });
    // 200 blanks: base64 of it does not fit a command. A binary set, and a noop whose reply ends with zeros.
    const header = Buffer.alloc(24);
    header.set([0x80, 0x01, 0, 200, 8]);
    header.writeUInt32BE(208, 8);
    const noop = Buffer.alloc(24);
    noop.set([0x80, 0x0a]);
    const request = Buffer.concat([header, Buffer.alloc(8), Buffer.alloc(200, " "), noop]);
    const answered = "\x81\x0a".padEnd(24, "\0");
    await rawText(started.server.endpoint, request.toString("latin1"), [answered]);
    await storeItems(started.server.endpoint, ["other"]);
    const prefix = Buffer.alloc(4, " ").toString("base64");
    const result = await remove(started, { prefix, keyEncoding: "base64", dryRun: false });
    expect(result).toMatchObject({ verified: false, after: { matched: 1, deleted: 0, failed: 1 } });
  });

  it("keys with bytes that no text command can express are deleted too", async () => {
    const started = await start({ mode: "plain" });
    const { endpoint } = started.server;
    const short = Buffer.from("bin\x00\x01 \xff", "latin1").toString("base64");
    await rawText(endpoint, `ms ${short} 1 b\r\nx\r\nset bin2 0 0 1\r\nx\r\nmn\r\n`, ["MN\r\n"]);
    const result = await remove(started, {
      prefix: Buffer.from("bin").toString("base64"),
      keyEncoding: "base64",
      dryRun: false,
    });
    expect(result).toMatchObject({ verified: true, after: { matched: 2, deleted: 2 } });
    expect((await independentStats(endpoint, "text")).get("curr_items")).toBe("0");
  });

  it("a server without CAS deletes without comparing", async () => {
    const started = await start({ mode: "plain", args: ["-C"] });
    await storeItems(started.server.endpoint, numbered("k", 100));
    const result = await remove(started, { prefix: "k", dryRun: false });
    expect(result).toMatchObject({ verified: true, after: { matched: 100, deleted: 100 } });
  });

  it("what does not fit into memory at once is deleted in parts, each item once", async () => {
    const started = await start({ mode: "plain" });
    await storeItems(started.server.endpoint, numbered("part:", 20_000));
    await storeItems(started.server.endpoint, ["other"]);
    const order = { prefix: Buffer.from("part:"), dryRun: false, perSecond: 100_000 };
    for (const removal of [{ kind: "stale", exptime: null }, { kind: "delete" }] as const) {
      const result = await runPrefix(started.target, { ...order, removal }, started.context, 64 * 1024);
      expect(result).toMatchObject({
        verified: true,
        after: { matched: 20_000, deleted: 20_000, missing: 0, changed: 0, failed: 0 },
      });
    }
    expect((await independentStats(started.server.endpoint, "text")).get("curr_items")).toBe("1");
  });
});

describe("pace and end", () => {
  it("no more keys per second are removed than requested", async () => {
    const started = await start({ mode: "plain" });
    await storeItems(started.server.endpoint, numbered("k", 3_000));
    const startedAt = performance.now();
    const result = await remove(started, { prefix: "k", dryRun: false, perSecond: 2_000 });
    expect(result.after).toMatchObject({ deleted: 3_000 });
    // All but the first batch of 100 wait for their time, so the test depends on the clock, not on the machine's speed.
    expect(performance.now() - startedAt).toBeGreaterThan(1_400);
    expect(started.reports.length).toBeGreaterThan(2);
  });

  it("a cancelled removal ends between two batches and reports its progress", async () => {
    const started = await start({ mode: "plain" }, ({ deleted }) => {
      if ((deleted ?? 0) > 0) started.cancel();
    });
    await storeItems(started.server.endpoint, numbered("k", 5_000));
    const result = await remove(started, { prefix: "k", dryRun: false, perSecond: 2_000 });
    const { deleted } = result.after ?? {};
    expect(result.verified).toBe(false);
    expect(result.detail).toContain("stopped early");
    expect(deleted).toBeGreaterThan(0);
    expect(deleted).toBeLessThan(5_000);
    const left = (await independentStats(started.server.endpoint, "text")).get("curr_items");
    expect(left).toBe(String(5_000 - (deleted ?? 0)));
  });

  it("cancelled during the dump it deletes nothing, and the dump runs to its end", async () => {
    const started = await start({ mode: "plain", memoryMb: 256 });
    await storeItems(started.server.endpoint, numbered("k", 300_000));
    const { client } = started.target;
    let itemCount = 0;
    const dumping: Target = {
      ...started.target,
      client: Object.create(client, {
        metadump: {
          value: ({ onItem, ...request }: MetadumpRequest) =>
            client.metadump({
              ...request,
              onItem: (item) => {
                // With its first item received, the dump has started and is far from its end.
                if (itemCount++ === 0) {
                  expect(() => checkCrawlerFree(started.target.id)).toThrow(/a metadump has been running/);
                  started.cancel();
                }
                return onItem(item);
              },
            }),
        },
      }),
    };
    const result = await remove({ ...started, target: dumping }, { prefix: "k", dryRun: false });
    expect(result).toMatchObject({ verified: false, after: { deleted: 0 } });
    expect(itemCount).toBeGreaterThan(0);
    await crawlerLocksFree();
    const stat = async (name: string) => (await independentStats(started.server.endpoint, "text")).get(name);
    expect(await stat("curr_items")).toBe("300000");
    // The last line is sent a moment before the crawler's thread is idle.
    await expect.poll(() => stat("lru_crawler_running")).toBe("0");
  });
});

describe("what is refused before anything is sent", () => {
  it("a prefix with bytes that no key under utf8 has", () => {
    const input = ACTION_INPUTS.delete_prefix.parse({ prefix: "a b" });
    expect(() => deletePrefix.check?.(input)).toThrow(InputError);
    expect(() => markStalePrefix.check?.({ ...input, prefix: "a\r\nflush_all" })).toThrow(InputError);
  });

  it("any of the three while a dump runs", async () => {
    const started = await start({ mode: "plain", memoryMb: 256 });
    await storeItems(started.server.endpoint, numbered("k", 200_000));
    const { target } = started;
    const dump = await target.client.metadump({ prefix: Buffer.alloc(0), onItem: () => false });
    const prefixed = ACTION_INPUTS.delete_prefix.parse({ prefix: "k" });
    await expect(deletePrefix.admit?.(target, prefixed)).rejects.toThrow(ConflictError);
    await expect(markStalePrefix.admit?.(target, prefixed)).rejects.toThrow(ConflictError);
    await expect(lruCrawlerCrawl.admit?.(target, { classes: "all" })).rejects.toThrow(ConflictError);
    await dump.ended;
    await deletePrefix.admit?.(target, prefixed);
  });
});

describe("lru_crawler_crawl", () => {
  it("frees expired items and reports what the crawler checked", async () => {
    const started = await start({ mode: "plain", args: ["-o", "no_lru_maintainer,lru_crawler"] });
    const { endpoint } = started.server;
    const sets = Array.from({ length: 200 }, (_, i) => `set e${i} 0 1 1 noreply\r\nx\r\n`).join("");
    await rawText(endpoint, `${sets}version\r\n`, ["1.6.18\r\n"]);
    const time = async () => Number((await independentStats(endpoint, "text")).get("time"));
    const stored = await time();
    await expect.poll(time, { timeout: 10_000 }).toBeGreaterThan(stored + 2);
    const { run } = lruCrawlerCrawl;
    const result = await run(started.target, { classes: "all" }, started.context);
    expect(result).toMatchObject({ verified: true });
    expect(result.before).toMatchObject({ currItems: 200, crawlerReclaimed: 0 });
    expect(result.after).toMatchObject({ currItems: 0, crawlerReclaimed: 200, crawlerItemsChecked: 200 });
    expect((await independentStats(endpoint, "text")).get("curr_items")).toBe(
      String(result.after?.currItems),
    );
  });
});

describe("100,000 of a million", () => {
  it("are deleted and the others stay, within bounded memory, while the node serves other clients", async () => {
    const started = await start({ mode: "plain", memoryMb: 512 });
    const { endpoint } = started.server;
    await storeItems(endpoint, numbered("stay:", 900_000));
    await storeItems(endpoint, numbered("gone:", 100_000));
    const before = process.memoryUsage().rss;
    let going = true;
    let answered = 0;
    const others = (async () => {
      while (going) {
        expect(await rawText(endpoint, `get stay:${answered % 900_000}\r\n`)).toContain("VALUE stay:");
        answered++;
      }
    })();
    const result = await remove(started, { prefix: "gone:", dryRun: false, perSecond: 20_000 });
    const grown = process.memoryUsage().rss - before;
    going = false;
    await others;
    expect(result).toMatchObject({
      verified: true,
      after: { seen: 1_000_000, matched: 100_000, deleted: 100_000, missing: 0, changed: 0, failed: 0 },
    });
    expect((await independentStats(endpoint, "text")).get("curr_items")).toBe("900000");
    expect(grown).toBeLessThan(128 * 1024 * 1024);
    expect(answered).toBeGreaterThan(10);
  }, 180_000);
});
