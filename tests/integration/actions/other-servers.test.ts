/** Actions on older servers and on others than memcached: what is sent to them, and what is reported of their replies. */
import { afterEach, describe, expect, it } from "vitest";
import type { Target } from "@/lib/actions/contract";
import { capabilityCheck } from "@/lib/actions/kinds/capability-check";
import { lruCrawlerCrawl } from "@/lib/actions/kinds/lru-crawler-crawl";
import { setVerbosity } from "@/lib/actions/kinds/set-verbosity";
import { slabsReassign } from "@/lib/actions/kinds/slabs-reassign";
import { deletePrefix } from "@/lib/actions/prefix/delete";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { type Alteration, type AlteredMemcached, alterMemcached } from "@/tests/doubles/altered-memcached";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";
import { runContext, targetOf } from "../../servers/target";

const CONTEXT = runContext();

const servers: MemcachedServer[] = [];
const relays: AlteredMemcached[] = [];
const targets: Target[] = [];

function target(endpoint: NodeEndpoint): Target {
  const opened = targetOf(endpoint);
  targets.push(opened);
  return opened;
}

/** A real server that calls itself `version`, and answers other commands as `alter` says. */
async function altered(
  version: string,
  alter: Alteration = () => null,
  alterReply?: (reply: string) => string,
) {
  const server = await startMemcached({ mode: "plain" });
  servers.push(server);
  const renamed = (reply: string) => {
    const text = reply.replaceAll(/^(STAT version|VERSION) 1\.6\.18\r\n/gm, `$1 ${version}\r\n`);
    return alterReply === undefined ? text : alterReply(text);
  };
  const relay = await alterMemcached(server.endpoint, alter, renamed);
  relays.push(relay);
  return { server, relay, target: target(relay.endpoint) };
}

afterEach(async () => {
  for (const { client } of targets.splice(0)) client.close();
  await Promise.all(relays.splice(0).map((relay) => relay.close()));
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function store(server: MemcachedServer, keys: readonly string[]): Promise<void> {
  const sets = keys.map((key) => `set ${key} 0 0 1 noreply\r\nv\r\n`).join("");
  await rawText(server.endpoint, `${sets}version\r\n`, ["VERSION 1.6.18\r\n"]);
}

const items = async ({ endpoint }: MemcachedServer) =>
  (await independentStats(endpoint, "text")).get("curr_items");

describe("deleting by prefix", () => {
  const input = { prefix: "p:", keyEncoding: "utf8", dryRun: false, perSecond: 10_000 } as const;

  it("on 1.6.9 deletes plainly, because its compare never matches", async () => {
    const { server, relay, target } = await altered("1.6.9", (line) =>
      /^m[dsa] /.test(line) ? "EX " : null,
    );
    await store(server, ["p:1", "p:2", "q:1"]);
    const result = await deletePrefix.run(target, input, CONTEXT);
    expect(result).toMatchObject({ verified: true, after: { matched: 2, deleted: 2, failed: 0 } });
    expect(relay.lines.filter((line) => line.startsWith("md "))).toEqual([]);
    expect(await items(server)).toBe("1");
  });

  it.each(["1.6.10", "1.6.17"])("on %s understands replies with a trailing blank", async (version) => {
    const blank = (reply: string) => reply.replaceAll(/^(HD|NF|EX)\r\n/gm, "$1 \r\n");
    const { server, target } = await altered(version, () => null, blank);
    await store(server, ["p:1", "p:2", "p:3", "q:1"]);
    const result = await deletePrefix.run(target, input, CONTEXT);
    expect(result).toMatchObject({
      verified: true,
      after: { matched: 3, deleted: 3, missing: 0, failed: 0 },
    });
    expect(await items(server)).toBe("1");
  });

  it("on a version that upstream does not number lists the keys, and deletes plainly", async () => {
    const { server, relay, target } = await altered("UNKNOWN");
    await store(server, ["p:1", "q:1"]);
    const result = await deletePrefix.run(target, input, CONTEXT);
    expect(result).toMatchObject({ verified: true, after: { matched: 1, deleted: 1 } });
    expect(relay.lines.some((line) => line.startsWith("md "))).toBe(false);
    expect(await items(server)).toBe("1");
  });
});

describe("one key", () => {
  it("with flags of all ones is read from 1.4, which prints them as -1", async () => {
    const signed = (reply: string) => reply.replaceAll(/^(VALUE \S+) 4294967295 /gm, "$1 -1 ");
    const { server, target } = await altered(
      "1.4.25",
      (line) => (line.startsWith("m") ? "ERROR" : null),
      signed,
    );
    await rawText(server.endpoint, "set k 4294967295 0 1\r\nv\r\n", ["STORED\r\n"]);
    const info = await target.client.withKeys((keys) => keys.inspect(Buffer.from("k"), 10));
    expect(info).toMatchObject({ flags: 4_294_967_295, size: 1 });
  });

  it("is looked up without a bump where the version is unknown and the node has meta get", async () => {
    const { server, relay, target } = await altered("UNKNOWN");
    await store(server, ["k"]);
    const info = await target.client.withKeys((keys) => keys.inspect(Buffer.from("k"), 10));
    expect(info).toMatchObject({ size: 1, bumped: false, value: Buffer.from("v") });
    expect(relay.lines.filter((line) => line.startsWith("get"))).toEqual([]);
  });

  it.each(["ERROR", "CLIENT_ERROR unknown command"])(
    "is looked up with gets where meta get is rejected with %s",
    async (reply) => {
      const { server, target } = await altered("df-v1.14.0", (line) =>
        line.startsWith("mg ") ? reply : null,
      );
      await store(server, ["k"]);
      const info = await target.client.withKeys((keys) => keys.inspect(Buffer.from("k"), 10));
      expect(info).toMatchObject({ size: 1, bumped: true });
      expect(await target.client.withKeys((keys) => keys.exists(Buffer.from("none")))).toBe(false);
    },
  );

  it("is read through a proxy with the oldest commands", async () => {
    const closes = /^(stats|m[gsdane]|touch|gat|lru_crawler|flush_all)\b/;
    const { server, relay, target } = await altered("1.6.5", (line) => (closes.test(line) ? "close" : null));
    await store(server, ["k"]);
    await target.client.poll(new Float64Array(500));
    const before = relay.lines.length;
    const info = await target.client.withKeys((keys) => keys.inspect(Buffer.from("k"), 10));
    expect(info).toMatchObject({ size: 1 });
    expect(relay.lines.slice(before).filter((line) => closes.test(line))).toEqual([]);
  });
});

describe("a capability check", () => {
  const rowsOf = async (node: Target) => {
    const { rows = [] } = await capabilityCheck.run(node, {}, CONTEXT);
    return {
      rows,
      named: (verdict: string) => rows.filter((row) => row.verdict === verdict).map(({ name }) => name),
    };
  };

  it("tries only what 1.4.5 has, and passes there", async () => {
    const unknown = /^(touch|gat|m[gsdane]) ?/;
    const signed = (reply: string) => reply.replaceAll(/^(VALUE \S+) 4294967295 /gm, "$1 -1 ");
    const { server, relay, target } = await altered(
      "1.4.5",
      (line) => (unknown.test(line) ? "ERROR" : null),
      signed,
    );
    const { named } = await rowsOf(target);
    expect(named("failed")).toEqual([]);
    expect(named("notOffered")).toEqual(["gat", "touch", "mn", "ms", "mg", "md", "ma", "me", "base64 keys"]);
    expect(relay.lines.filter((line) => unknown.test(line))).toEqual([]);
    expect(await items(server)).toBe("0");
  });

  it("is not shifted by a refusal of a command with noreply", async () => {
    const refuses = (line: string) => / noreply$/.test(line) && /^(incr|decr|delete) /.test(line);
    const { server, target } = await altered("1.6.18", (line) => (refuses(line) ? "ERROR" : null));
    const { named } = await rowsOf(target);
    expect(named("notOffered")).toEqual(["noreply"]);
    expect(named("failed")).toEqual([]);
    expect(named("notTried")).toEqual([]);
    expect(await items(server)).toBe("0");
  });

  it("whose connection is closed names one failure, and removes its keys over another connection", async () => {
    const { server, relay, target } = await altered("1.6.18", (line) =>
      line.startsWith("incr ") ? "close" : null,
    );
    const { rows, named } = await rowsOf(target);
    expect(named("failed")).toEqual(["incr"]);
    expect(named("notTried")).toEqual(expect.arrayContaining(["decr", "mn", "mg"]));
    expect(rows.at(-1)).toEqual({ name: "keys removed afterwards", verdict: "passed", detail: null });
    expect(relay.lines.filter((line) => line.startsWith("delete memfleet:check:")).length).toBeGreaterThan(
      10,
    );
    expect(await items(server)).toBe("0");
  });

  it("of a proxy sends it nothing that it would close on", async () => {
    const closes = /^(stats|m[gsdane]|touch|gat|lru_crawler|flush_all|verbosity)\b/;
    const { server, relay, target } = await altered("0.5.0", (line) => (closes.test(line) ? "close" : null));
    await target.client.poll(new Float64Array(500));
    const before = relay.lines.length;
    const { named } = await rowsOf(target);
    expect(named("failed")).toEqual([]);
    expect(named("notOffered")).toEqual(["gat", "touch", "mn", "ms", "mg", "md", "ma", "me", "base64 keys"]);
    expect(relay.lines.slice(before).filter((line) => closes.test(line))).toEqual([]);
    expect(await items(server)).toBe("0");
  });
});

describe("the LRU crawler", () => {
  it("with nothing to crawl is done, not a protocol violation", async () => {
    const { target } = await altered("1.6.18", (line) =>
      line.startsWith("lru_crawler crawl") ? "NOTSTARTED no items to crawl" : null,
    );
    const result = await lruCrawlerCrawl.run(target, { classes: "all" }, CONTEXT);
    expect(result).toMatchObject({ verified: true, detail: expect.stringContaining("no items to crawl") });
  });

  it("of an empty real server ends as well", async () => {
    const server = await startMemcached({ mode: "plain" });
    servers.push(server);
    expect(await lruCrawlerCrawl.run(target(server.endpoint), { classes: [1] }, CONTEXT)).toMatchObject({
      verified: true,
    });
  });
});

it("slabs reassign from any class tells that no class has a page to spare", async () => {
  const { target } = await altered("1.6.18", (line) =>
    line.startsWith("slabs reassign") ? "BADCLASS invalid src or dst class id" : null,
  );
  const any = await slabsReassign.run(target, { from: -1, to: 3 }, CONTEXT);
  expect(any).toMatchObject({
    verified: false,
    detail: expect.stringContaining("no slab class has a page to spare"),
  });
  const one = await slabsReassign.run(target, { from: 200, to: 3 }, CONTEXT);
  expect(one.detail).toContain("no such slab class");
});

it("a setting of a node that does not report its settings is changed, but not verified", async () => {
  const { target } = await altered("1.6.18", (line) =>
    line === "stats settings" ? "CLIENT_ERROR no" : null,
  );
  const result = await setVerbosity.run(target, { level: 1 }, CONTEXT);
  expect(result).toMatchObject({ verified: false, detail: expect.stringContaining("does not report it") });
});
