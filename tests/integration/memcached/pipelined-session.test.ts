/** Tuning commands and pipelined sessions on every kind of real node. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NodeClient, PipelinedSession } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedMode, type MemcachedServer, startMemcached } from "../../servers/memcached";

const DEADLINES = { connectTimeoutMs: 2_000, timeoutMs: 5_000 };
const MODES: readonly MemcachedMode[] = ["plain", "sasl", "authfile", "tls", "unix"];
const PREFIX = "memfleet:check:test:";

describe.each(MODES)("a node of kind %s", (mode) => {
  const protocol = mode === "sasl" ? "binary" : "text";
  let server: MemcachedServer;
  let client: NodeClient;
  let session: PipelinedSession;

  beforeAll(async () => {
    server = await startMemcached({ mode });
    client = createNodeClient(server.endpoint, DEADLINES);
    session = await client.openSession();
  });
  afterAll(async () => {
    client?.close();
    await server?.stop();
  });
  const stat = async (name: string, group = "") =>
    (await independentStats(server.endpoint, protocol, group)).get(name);

  it("answers pipelined requests in order", async () => {
    const keys = Array.from({ length: 50 }, (_, n) => `k${n}`);
    await Promise.all(keys.map((key, n) => session.set(key, Buffer.alloc(n, 10), 60)));
    expect(await stat("curr_items")).toBe("50");
    const replies = keys.flatMap((key, n) => [session.get(key), session.get(`none${n}`)]);
    expect(await Promise.all(replies)).toEqual(keys.flatMap((_, n) => [n, null]));
    expect(await session.getValue("k3")).toEqual(Buffer.alloc(3, 10));
    expect(await session.getValue("none")).toBeNull();
    expect(await Promise.all(keys.map((key) => session.delete(key)))).toEqual(keys.map(() => true));
    expect(await session.delete("k0")).toBe(false);
    expect(await stat("curr_items")).toBe("0");
    expect(await session.version()).toBe(await stat("version"));
  });

  it("rejects a value that is too large, and stays usable", async () => {
    await expect(session.set("k", Buffer.alloc(1_100_000), 60)).rejects.toMatchObject({
      reason: "unsupported",
    });
    expect(await session.version()).toBe("1.6.18");
  });

  it("passes every command check, and leaves no key behind", async () => {
    const rows = await session.check(PREFIX);
    expect(rows.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
    expect(rows.length).toBeGreaterThan(15);
    expect(await stat("curr_items")).toBe("0");
    expect(await stat("cmd_flush")).toBe("0");
  });

  it("ends its sessions with the client", async () => {
    const other = createNodeClient(server.endpoint, DEADLINES);
    const mine = await other.openSession();
    const reply = mine.version();
    other.close();
    await expect(reply).rejects.toThrow(NodeError);
    expect(mine.ended).toMatchObject({ reason: "connectionClosed" });
    await expect(mine.version()).rejects.toThrow(NodeError);
    await expect(other.openSession()).rejects.toThrow(NodeError);
  });

  it("times out on a stopped node", async () => {
    const hasty = createNodeClient(server.endpoint, { connectTimeoutMs: 500, timeoutMs: 500 });
    const mine = await hasty.openSession();
    await mine.version();
    await server.freeze();
    try {
      await expect(mine.version()).rejects.toMatchObject({ reason: "replyTimeout" });
    } finally {
      server.thaw();
    }
    hasty.close();
  });

  it("can be tuned over text; over binary only its counters can be reset", async () => {
    expect(await client.tune({ command: "stats reset" })).toBe("RESET");
    const rest = [
      { command: "verbosity", level: 1 },
      { command: "cache_memlimit", megabytes: 32 },
      { command: "slabs automove", mode: 0 },
    ] as const;
    if (protocol === "binary") {
      for (const tuning of rest) await expect(client.tune(tuning)).rejects.toThrow(CapabilityError);
      return;
    }
    for (const tuning of rest) expect(await client.tune(tuning)).toBe("OK");
    expect(await stat("verbosity", "settings")).toBe("1");
    expect(await stat("limit_maxbytes")).toBe(String(32 * 1_048_576));
    expect(await stat("slab_automove", "settings")).toBe("0");
    expect(await client.tune({ command: "slabs reassign", from: 1, to: 1 })).toMatch(/^SAME /);
  });
});
