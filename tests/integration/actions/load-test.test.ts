/** The load test and the capability check on real nodes, compared with the nodes' own counters. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Target } from "@/lib/actions/contract";
import { capabilityCheck } from "@/lib/actions/kinds/capability-check";
import { loadTest } from "@/lib/actions/load/test";
import { emptyValues } from "@/lib/catalogue/stats";
import { ACTION_INPUTS, type Measurements } from "@/lib/model/actions/action.schema";
import { CapabilityError } from "@/lib/model/errors";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedOptions, type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";
import { runContext, targetOf } from "../../servers/target";

const servers: MemcachedServer[] = [];
const targets: Target[] = [];

async function start(options: MemcachedOptions): Promise<{ server: MemcachedServer; target: Target }> {
  const server = await startMemcached(options);
  const target = targetOf(server.endpoint);
  servers.push(server);
  targets.push(target);
  return { server, target };
}

afterEach(async () => {
  for (const { client } of targets.splice(0)) client.close();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const input = (more: Readonly<Record<string, unknown>>) => ACTION_INPUTS.load_test.parse(more);

function watched(signal = new AbortController().signal) {
  const reports: Measurements[] = [];
  const context = runContext({ signal, progress: (after) => reports.push(after) });
  return { context, reports };
}

/** Waits for the next progress of a running test, which it reports every second. */
async function reported(reports: readonly Measurements[]): Promise<void> {
  const before = reports.length;
  await vi.waitFor(() => expect(reports.length).toBeGreaterThan(before), { timeout: 20_000, interval: 20 });
}

describe.each(["plain", "sasl", "authfile", "tls", "unix"] as const)("a node of kind %s", (mode) => {
  const protocol = mode === "sasl" ? "binary" : "text";

  it("receives the requested load, counts the same, and has none of its keys left", async () => {
    const { server, target } = await start({ mode });
    await target.client.poll(emptyValues());
    const count = async (name: string) =>
      Number((await independentStats(server.endpoint, protocol)).get(name));
    const setsBefore = await count("cmd_set");
    const { context, reports } = watched();
    const plan = input({ seconds: 3, operationsPerSecond: 2_000, keys: 300, setShare: 0.2, valueBytes: 700 });
    const { verified, detail, after } = await loadTest.run(target, plan, context);
    expect(detail).toContain("no errors; its keys are removed");
    expect(verified).toBe(true);
    expect(after).toMatchObject({ errors: 0, misses: 0, keysLeft: 0, keysSent: 300 });
    const { operations, sets, gets, hits, p50Ms, p95Ms, p99Ms, maxMs } = after as Record<string, number>;
    expect(operations).toBeLessThanOrEqual(6_000);
    // Each key was stored once at least.
    expect(operations).toBeGreaterThanOrEqual(300);
    expect((sets ?? 0) + (gets ?? 0)).toBe(operations);
    expect(hits).toBe(gets);
    expect([p50Ms, p95Ms, p99Ms, maxMs]).toEqual([p50Ms, p95Ms, p99Ms, maxMs].sort((a = 0, b = 0) => a - b));
    expect(p50Ms).toBeGreaterThan(0);
    expect((await count("cmd_set")) - setsBefore).toBe(sets);
    expect(await count("curr_items")).toBe(0);
    expect(reports.length).toBeGreaterThanOrEqual(3);
    expect(reports.at(-1)).toHaveProperty("p99Ms");
  });

  it("supports its complete protocol, and no other item is touched", async () => {
    const { server, target } = await start({ mode });
    const mine = await target.client.openSession();
    await mine.set("mine", Buffer.from("stays"), 0);
    const result = await capabilityCheck.run(target, {}, watched().context);
    expect(result.detail).toContain(`of the ${protocol} protocol passed`);
    expect(result).toMatchObject({ verified: true, after: { failed: 0, notOffered: 0, cmdFlush: 0 } });
    expect(result.after?.passed).toBe(result.rows?.length);
    expect(await mine.get("mine")).toBe(5);
    expect((await independentStats(server.endpoint, protocol)).get("curr_items")).toBe("1");
  });
});

describe("a load test", () => {
  it("never sends more than requested, however large the backlog", async () => {
    const { server, target } = await start({ mode: "plain" });
    const begun = performance.now();
    const plan = input({ seconds: 3, operationsPerSecond: 50, setShare: 0.5, keys: 20, connections: 8 });
    const { context, reports } = watched();
    const running = loadTest.run(target, plan, context);
    await reported(reports);
    // A node that hangs for a second does not get the missed requests.
    await server.freeze();
    await sleep(1_000);
    server.thaw();
    const { after } = await running;
    const general = await independentStats(server.endpoint, "text");
    const count = (name: string) => Number(general.get(name));
    const seconds = (performance.now() - begun) / 1_000;
    expect(after?.operations).toBeLessThanOrEqual(150);
    expect(count("cmd_get") + count("cmd_set") + count("delete_hits")).toBeLessThanOrEqual(50 * seconds);
  });

  it("sends nothing more once it is stopped, and removes what it stored", async () => {
    const { server, target } = await start({ mode: "plain" });
    const stop = new AbortController();
    const { context, reports } = watched(stop.signal);
    const plan = input({ seconds: 300, operationsPerSecond: 1_000, keys: 200, setShare: 0.5 });
    const running = loadTest.run(target, plan, context);
    await reported(reports);
    stop.abort();
    const { after, detail } = await running;
    expect(after?.keysLeft).toBe(0);
    expect(after?.seconds).toBeLessThan(300);
    expect(detail).toMatch(/^stopped after \d+\.\d s; /);
    expect((await independentStats(server.endpoint, "text")).get("curr_items")).toBe("0");
  });

  it("does not block polls of the node", async () => {
    const { target } = await start({ mode: "plain" });
    const running = loadTest.run(
      target,
      input({ seconds: 2, operationsPerSecond: 50_000 }),
      watched().context,
    );
    let polls = 0;
    let over = false;
    const ended = running.finally(() => {
      over = true;
    });
    while (!over) {
      await target.client.poll(emptyValues());
      polls++;
    }
    await ended;
    expect(polls).toBeGreaterThan(5);
  });

  it("without sets reads keys that do not exist", async () => {
    const { target } = await start({ mode: "plain" });
    const plan = input({ seconds: 1, operationsPerSecond: 200, setShare: 0 });
    const { verified, after } = await loadTest.run(target, plan, watched().context);
    expect(verified).toBe(true);
    expect(after).toMatchObject({ hits: 0, sets: 0, keysSent: 0 });
    expect(after?.misses).toBe(after?.operations);
  });

  it("gives its keys an exptime, so that they expire", async () => {
    const { server, target } = await start({ mode: "plain" });
    const { context, reports } = watched();
    const plan = input({ seconds: 2, operationsPerSecond: 500, keys: 50, setShare: 1 });
    const running = loadTest.run(target, plan, context);
    await reported(reports);
    const dump = await rawText(server.endpoint, "lru_crawler metadump all\r\n");
    await running;
    const keys = [...dump.matchAll(/^key=(\S+) exp=(-?\d+)/gm)];
    expect(keys.length).toBeGreaterThan(0);
    for (const [, key, exp] of keys) {
      expect(decodeURIComponent(key ?? "")).toMatch(/^memfleet:load:[0-9a-f]{12}:\d+$/);
      const left = Number(exp) - Date.now() / 1_000;
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(2 + 60 + 2);
    }
  });

  it("reports that the node disconnected, and that its keys expire by themselves", async () => {
    const { server, target } = await start({ mode: "plain" });
    const { context, reports } = watched();
    const running = loadTest.run(target, input({ seconds: 30, setShare: 1 }), context);
    await reported(reports);
    await server.kill();
    const { verified, detail, after } = await running;
    expect(verified).toBe(false);
    expect(detail).toMatch(/requests answered/);
    expect(detail).toMatch(/\d+ keys may remain; they expire within 90 s/);
    expect(detail).toContain("connection refused");
    expect(after).toMatchObject({ nodeSets: null, evictions: null });
    expect(after?.operations).toBeGreaterThan(0);
  });

  it("is refused before anything is sent when it would evict other items", async () => {
    const { server, target } = await start({ mode: "plain", memoryMb: 8 });
    const large = input({ keys: 10_000, valueBytes: 2_000, setShare: 0.5, seconds: 60 });
    const admit = (plan: typeof large) =>
      loadTest.admit?.(target, plan) ?? Promise.reject(new Error("no admit"));
    await expect(admit(large)).rejects.toThrow(CapabilityError);
    await expect(admit(large)).rejects.toThrow(/would evict other items/);
    await admit(input({ keys: 500, valueBytes: 1_000, setShare: 0.5 }));
    // Every page taken by one slab class: there are bytes left, but no room for items of another size.
    const value = "x".repeat(100);
    const sets = Array.from({ length: 40_000 }, (_, n) => `set k${n} 0 0 100 noreply\r\n${value}\r\n`);
    await rawText(server.endpoint, `${sets.join("")}version\r\n`, ["VERSION 1.6.18\r\n"]);
    await rawText(
      server.endpoint,
      `${Array.from({ length: 40_000 }, (_, n) => `delete k${n} noreply\r\n`).join("")}version\r\n`,
      ["VERSION 1.6.18\r\n"],
    );
    const general = await independentStats(server.endpoint, "text");
    expect(Number(general.get("bytes"))).toBeLessThan(2_000_000);
    await expect(admit(input({ keys: 1_000, valueBytes: 5_000, setShare: 0.5 }))).rejects.toThrow(
      /slab classes/,
    );
    expect(Number((await independentStats(server.endpoint, "text")).get("cmd_set"))).toBe(40_000);
  });

  it("is refused when it would use the last connections", async () => {
    const { target } = await start({ mode: "plain", args: ["-c", "40"] });
    await expect(loadTest.admit?.(target, input({ connections: 32 }))).rejects.toThrow(
      /connections are free/,
    );
    await loadTest.admit?.(target, input({ connections: 4 }));
  });

  it("stops when the node starts evicting", async () => {
    const { server, target } = await start({ mode: "plain", memoryMb: 8, args: ["-o", "no_lru_maintainer"] });
    const { context, reports } = watched();
    const plan = input({ seconds: 60, operationsPerSecond: 100, keys: 50 });
    const running = loadTest.run(target, plan, context);
    await reported(reports);
    const value = "x".repeat(10_000);
    const sets = Array.from({ length: 2_000 }, (_, n) => `set k${n} 0 0 10000 noreply\r\n${value}\r\n`);
    await rawText(server.endpoint, `${sets.join("")}version\r\n`, ["VERSION 1.6.18\r\n"]);
    const { verified, detail, after } = await running;
    expect(verified).toBe(false);
    expect(detail).toContain("the node started evicting");
    expect(after?.seconds).toBeLessThan(60);
  });
});

/** Output of a program, whatever its exit code; it is ended after 60 s. */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  await once(child, "close");
  return text;
}

describe.each([
  ["plain", "ascii", "-a", 12],
  ["binary", "binary", "-b", 20],
] as const)("memccapable on a throw-away node of kind %s", (mode, protocol, option, least) => {
  /** Names that are written otherwise here. */
  const OURS: Readonly<Record<string, string>> = {
    mget: "get of several keys",
    incr: "increment",
    decr: "decrement",
    incrq: "incrementq",
    decrq: "decrementq",
  };

  it("judges as the capability check does, wherever both try a command", async () => {
    const { target, server } = await start({ mode });
    const { address } = server.endpoint;
    if (address.kind !== "tcp") throw new Error("this node listens on TCP");
    const report = await outputOf("memccapable", ["-h", address.host, "-p", String(address.port), option]);
    const lines = [...report.matchAll(/^(ascii|binary) (\S+)(?: noreply)?\s+\[(\w+)\]/gm)];
    const theirs = new Map(lines.map(([, , name = "", verdict = ""]) => [name, verdict]));
    const { rows = [] } = await capabilityCheck.run(target, {}, watched().context);
    const ours = new Map(rows.map(({ name, verdict }) => [name, verdict]));
    const both = [...theirs].flatMap(([name, verdict]) => {
      const mine = ours.get(name) ?? ours.get(OURS[name] ?? "");
      return mine === undefined ? [] : [[name, verdict === "pass", mine === "passed"] as const];
    });
    expect(both.length, protocol).toBeGreaterThanOrEqual(least);
    for (const [name, theirVerdict, mine] of both) expect([name, mine]).toEqual([name, theirVerdict]);
    const onlyTheirs = [...theirs.keys()].filter((name) => !both.some(([known]) => known === name));
    // Commands that end the connection, affect more than the keys of a check, or are sent by every poll.
    for (const name of onlyTheirs) expect(name).toMatch(/^(quit|quitq|flush|flushq|verbosity|stat|touch)$/);
  });
});
