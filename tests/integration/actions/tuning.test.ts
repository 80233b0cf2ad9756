/** Tuning actions on real nodes, compared with what another client reads. */
import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Target } from "@/lib/actions/contract";
import { cacheMemlimit } from "@/lib/actions/kinds/cache-memlimit";
import { resetStats } from "@/lib/actions/kinds/reset-stats";
import { setVerbosity } from "@/lib/actions/kinds/set-verbosity";
import { slabsAutomove } from "@/lib/actions/kinds/slabs-automove";
import { slabsReassign } from "@/lib/actions/kinds/slabs-reassign";
import { encodeFrame } from "@/lib/memcached/binary/encoder";
import { CapabilityError } from "@/lib/model/errors";
import { LACKING } from "@/lib/model/node/capability";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedOptions, type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";
import { runContext, targetOf } from "../../servers/target";

const CONTEXT = runContext();
const MIB = 1_048_576;

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

/** `count` items of `bytes` bytes, without waiting for the answers. */
async function fill(server: MemcachedServer, name: string, count: number, bytes: number): Promise<void> {
  const value = "x".repeat(bytes);
  const sets = Array.from(
    { length: count },
    (_, n) => `set ${name}${n} 0 0 ${bytes} noreply\r\n${value}\r\n`,
  );
  await rawText(server.endpoint, `${sets.join("")}version\r\n`, ["VERSION 1.6.18\r\n"]);
}

describe.each(["plain", "sasl", "authfile", "tls", "unix"] as const)("a node of kind %s", (mode) => {
  const protocol = mode === "sasl" ? "binary" : "text";

  it("resets the counters to 0", async () => {
    const { server, target } = await start({ mode });
    const dialogue = await target.client.openSession();
    await dialogue.set("a", Buffer.from("v"), 0);
    for (let n = 0; n < 7; n++) await dialogue.get("a");
    await dialogue.get("none");
    const before = await independentStats(server.endpoint, protocol);
    expect(before.get("cmd_get")).toBe("8");
    const result = await resetStats.run(target, {}, CONTEXT);
    expect(result).toMatchObject({
      verified: true,
      before: { cmdGet: 8, cmdSet: Number(before.get("cmd_set")), getHits: 7, getMisses: 1 },
      after: { cmdGet: 0, cmdSet: 0, getHits: 0, getMisses: 0 },
      detail: expect.stringContaining("cmd_get 8 → 0"),
    });
    expect((await independentStats(server.endpoint, protocol)).get("get_hits")).toBe("0");
    expect(await dialogue.get("a")).toBe(1);
  });
});

describe("over text", () => {
  it("sets the verbosity, reads it, and restores it", async () => {
    const { server, target } = await start({ mode: "plain" });
    expect(await setVerbosity.run(target, { level: 2 }, CONTEXT)).toMatchObject({
      verified: true,
      before: { verbosity: 0 },
      after: { verbosity: 2 },
    });
    expect((await independentStats(server.endpoint, "text", "settings")).get("verbosity")).toBe("2");
    expect(await setVerbosity.run(target, { level: 0 }, CONTEXT)).toMatchObject({ verified: true });
    expect((await independentStats(server.endpoint, "text", "settings")).get("verbosity")).toBe("0");
  });

  it("changes the memory limit, and reports that a limit below the current use evicts items", async () => {
    const { server, target } = await start({ mode: "plain" });
    expect(await cacheMemlimit.run(target, { megabytes: 128 }, CONTEXT)).toMatchObject({
      verified: true,
      before: { limitMaxbytes: 64 * MIB },
      after: { limitMaxbytes: 128 * MIB },
    });
    await fill(server, "k", 1_500, 10_000);
    const shrunk = await cacheMemlimit.run(target, { megabytes: 8 }, CONTEXT);
    expect(shrunk).toMatchObject({ verified: true, after: { limitMaxbytes: 8 * MIB } });
    expect(shrunk.detail).toMatch(/\d+ bytes are in use, so the node evicts/);
    expect((await independentStats(server.endpoint, "text")).get("limit_maxbytes")).toBe(String(8 * MIB));
  });

  it("sets the page mover mode and reads it", async () => {
    const { server, target } = await start({ mode: "plain" });
    for (const mode of [0, 2, 1]) {
      expect(await slabsAutomove.run(target, { mode }, CONTEXT)).toMatchObject({
        verified: true,
        after: { slabAutomove: mode },
      });
      expect((await independentStats(server.endpoint, "text", "settings")).get("slab_automove")).toBe(
        String(mode),
      );
    }
  });

  it("moves a slab page from one class to another", async () => {
    const { server, target } = await start({ mode: "plain", args: ["-o", "slab_automove=0"] });
    await fill(server, "small", 20, 100);
    await fill(server, "large", 3_000, 1_000);
    const slabs = await independentStats(server.endpoint, "text", "slabs");
    const pages = new Map(
      [...slabs].flatMap(([name, value]) => {
        const [id, field] = name.split(":");
        return field === "total_pages" ? [[Number(id), Number(value)] as const] : [];
      }),
    );
    const [from = 0] = [...pages].find(([, count]) => count >= 3) ?? [];
    const [to = 0] = [...pages].find(([, count]) => count === 1) ?? [];
    const result = await slabsReassign.run(target, { from, to }, CONTEXT);
    expect(result).toMatchObject({
      verified: true,
      before: { slabsMoved: 0, fromPages: pages.get(from), toPages: 1 },
      after: { slabsMoved: 1, fromPages: (pages.get(from) ?? 0) - 1, toPages: 2 },
      detail: "OK; slabs_moved 0 → 1",
    });
    const after = await independentStats(server.endpoint, "text", "slabs");
    expect(after.get(`${to}:total_pages`)).toBe("2");
    const fromAny = await slabsReassign.run(target, { from: -1, to }, CONTEXT);
    expect(fromAny).toMatchObject({ verified: true, before: { fromPages: null }, after: { toPages: 3 } });
  });

  it("reports why a slab page cannot move", async () => {
    const { target } = await start({ mode: "plain" });
    const send = async (from: number, to: number) =>
      (await slabsReassign.run(target, { from, to }, CONTEXT)).detail;
    expect(await send(1, 1)).toMatch(/^SAME: .*same class/);
    expect(await send(200, 1)).toMatch(/^BADCLASS: this node has no such/);
    expect(await send(1, 2)).toMatch(/^NOSPARE: the source class has no spare page/);
    expect(await slabsReassign.run(target, { from: 1, to: 2 }, CONTEXT)).toMatchObject({ verified: false });
  });
});

it("a node that cannot be tuned is refused before anything is sent, with the reason", async () => {
  const sasl = await start({ mode: "sasl" });
  const fixed = await start({ mode: "plain", args: ["-o", "no_slab_reassign"] });
  const cases: [() => Promise<unknown>, string][] = [
    [() => setVerbosity.run(sasl.target, { level: 1 }, CONTEXT), LACKING.binaryProtocol],
    [() => cacheMemlimit.run(sasl.target, { megabytes: 32 }, CONTEXT), LACKING.binaryProtocol],
    [() => slabsAutomove.run(fixed.target, { mode: 2 }, CONTEXT), LACKING.disabledBySetting],
    [() => slabsReassign.run(fixed.target, { from: 1, to: 2 }, CONTEXT), LACKING.disabledBySetting],
  ];
  for (const [run, reason] of cases) {
    const error: unknown = await run().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(CapabilityError);
    expect(String(error)).toContain(reason);
  }
  expect((await independentStats(sasl.server.endpoint, "binary", "settings")).get("verbosity")).toBe("0");
  expect((await independentStats(fixed.server.endpoint, "text", "settings")).get("slab_automove")).toBe("1");
});

it("a verbosity request over binary gets no reply and changes nothing, so it is not offered", async () => {
  const { server, target } = await start({ mode: "binary" });
  const version = encodeFrame({ opcode: 0x0b, opaque: 1 });
  const verbosity = encodeFrame({ opcode: 0x1b, opaque: 2, extras: Buffer.from([0, 0, 0, 1]) });
  const { address } = server.endpoint;
  if (address.kind !== "tcp") throw new Error("this node listens on TCP");
  const socket = connect(address.port, address.host);
  let reply = 0;
  socket.on("data", (chunk) => {
    reply += chunk.length;
  });
  socket.write(version);
  await vi.waitFor(() => expect(reply).toBe(24 + "1.6.18".length), { timeout: 10_000 });
  socket.write(verbosity);
  // By the end of these the node has read it as well: it answers others that came later.
  for (let n = 0; n < 20; n++) await independentStats(server.endpoint, "binary");
  socket.destroy();
  expect(reply).toBe(24 + "1.6.18".length);
  expect((await independentStats(server.endpoint, "binary", "settings")).get("verbosity")).toBe("0");
  await target.client.stats("settings");
  expect(target.client.capabilities().lacking.verbosity).toBe("binaryProtocol");
});
