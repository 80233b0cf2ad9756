/** Tuning commands and dialogues on every kind of real node. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NodeClient, PipelinedSession } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import { independentStats } from "../servers/independent-stats";
import { type MemcachedMode, type MemcachedServer, startMemcached } from "../servers/memcached";

const DEADLINES = { connectTimeoutMs: 2_000, timeoutMs: 5_000 };
const MODES: readonly MemcachedMode[] = ["plain", "sasl", "authfile", "tls", "unix"];
const PREFIX = "memfleet:check:test:";

describe.each(MODES)("a node of kind %s", (mode) => {
  const protocol = mode === "sasl" ? "binary" : "text";
  let server: MemcachedServer;
  let client: NodeClient;
  let dialogue: PipelinedSession;

  beforeAll(async () => {
    server = await startMemcached({ mode });
    client = createNodeClient(server.endpoint, DEADLINES);
    dialogue = await client.openSession();
  });
  afterAll(async () => {
    client?.close();
    await server?.stop();
  });
  const stat = async (name: string, group = "") =>
    (await independentStats(server.endpoint, protocol, group)).get(name);

  it("answers requests that were asked without waiting, each with its own reply", async () => {
    const keys = Array.from({ length: 50 }, (_, n) => `k${n}`);
    await Promise.all(keys.map((key, n) => dialogue.set(key, Buffer.alloc(n, 10), 60)));
    expect(await stat("curr_items")).toBe("50");
    const asked = keys.flatMap((key, n) => [dialogue.get(key), dialogue.get(`none${n}`)]);
    expect(await Promise.all(asked)).toEqual(keys.flatMap((_, n) => [n, null]));
    expect(await Promise.all(keys.map((key) => dialogue.delete(key)))).toEqual(keys.map(() => true));
    expect(await dialogue.delete("k0")).toBe(false);
    expect(await stat("curr_items")).toBe("0");
    expect(await dialogue.version()).toBe(await stat("version"));
  });

  it("refuses a value that is too large in its own words, and goes on", async () => {
    await expect(dialogue.set("k", Buffer.alloc(1_100_000), 60)).rejects.toMatchObject({
      reason: "unsupported",
    });
    expect(await dialogue.version()).toBe("1.6.18");
  });

  it("answers every command rightly, and no key of the check is left", async () => {
    const rows = await dialogue.check(PREFIX);
    expect(rows.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
    expect(rows.length).toBeGreaterThan(15);
    expect(await stat("curr_items")).toBe("0");
    expect(await stat("cmd_flush")).toBe("0");
  });

  it("ends its dialogues with the client", async () => {
    const other = createNodeClient(server.endpoint, DEADLINES);
    const mine = await other.openSession();
    const asked = mine.version();
    other.close();
    await expect(asked).rejects.toThrow(NodeError);
    expect(mine.ended).toMatchObject({ reason: "connectionClosed" });
    await expect(mine.version()).rejects.toThrow(NodeError);
    await expect(other.openSession()).rejects.toThrow(NodeError);
  });

  it("gives up on a stopped node after its time", async () => {
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

  it("is tuned over text, and over binary only has its counters reset", async () => {
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
