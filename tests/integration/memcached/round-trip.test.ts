import { afterEach, describe, expect, it } from "vitest";
import { judgeRoundTrip } from "@/lib/diagnostics/probes/round-trip/probe";
import { roundTrip } from "@/lib/memcached/inspect/round-trip";
import { startFakeServer } from "@/tests/doubles/fake-server";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedMode, type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";

const DEADLINES = { connectTimeoutMs: 3_000, timeoutMs: 6_000 };
const ITEM = { key: "memfleet:probe:test", value: "a value", exptimeSeconds: 60 };

const servers: MemcachedServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function start(mode: MemcachedMode, args: readonly string[] = []): Promise<MemcachedServer> {
  const server = await startMemcached({ mode, args });
  servers.push(server);
  return server;
}

describe("a round trip", () => {
  it.each([
    ["plain", "text"],
    ["sasl", "binary"],
    ["authfile", "text"],
    ["tls", "text"],
    ["unix", "text"],
    ["ascii", "text"],
    ["binary", "binary"],
  ] as const)("succeeds on a %s node, over %s", async (mode, protocol) => {
    const { endpoint } = await start(mode);
    const reply = await roundTrip(endpoint, DEADLINES, ITEM);
    expect(reply.protocol).toBe(protocol);
    expect(reply.steps.map(({ step, ok }) => `${step} ${ok}`)).toEqual([
      "set true",
      "get true",
      "delete true",
      "miss true",
    ]);
  });

  it("makes one store, two gets, and one delete per protocol, and leaves no item", async () => {
    const { endpoint } = await start("plain");
    for (const protocol of ["text", "binary"] as const) {
      await roundTrip({ ...endpoint, protocol }, DEADLINES, ITEM);
    }
    const stats = await independentStats(endpoint, "text");
    expect(Number(stats.get("cmd_set"))).toBe(2);
    expect(Number(stats.get("get_hits"))).toBe(2);
    expect(Number(stats.get("get_misses"))).toBe(2);
    expect(Number(stats.get("delete_hits"))).toBe(2);
    expect(Number(stats.get("curr_items"))).toBe(0);
  });

  it("stops at the step that a node rejects, and quotes the reply", async () => {
    const fake = await startFakeServer({
      version: (socket) => void socket.write("VERSION 1.6.18\r\n"),
      "set memfleet:probe:test 0 60 7": (socket) =>
        void socket.write("SERVER_ERROR out of memory storing object\r\n"),
    });
    const reply = await roundTrip(fake.endpoint, DEADLINES, ITEM);
    await fake.close();
    expect(reply.steps).toHaveLength(1);
    const check = judgeRoundTrip(ITEM.key, [reply]);
    expect(check).toMatchObject({ verdict: "fail", severity: "critical" });
    expect(check.title).toContain("SERVER_ERROR out of memory storing object");
  });

  it("fails for a node that returns another value", async () => {
    const fake = await startFakeServer({
      version: (socket) => void socket.write("VERSION 1.6.18\r\n"),
      "set memfleet:probe:test 0 60 7": (socket) => void socket.write("STORED\r\n"),
      "get memfleet:probe:test": (socket) =>
        void socket.write("VALUE memfleet:probe:test 0 7\r\nA VALUE\r\nEND\r\n"),
    });
    const reply = await roundTrip(fake.endpoint, DEADLINES, ITEM);
    await fake.close();
    expect(reply.steps.at(-1)).toMatchObject({ step: "get", ok: false });
  });

  it.each([
    ["a second reply", "STORED\r\nSTORED\r\n", "malformedReply"],
    ["an endless line", "x".repeat(9_000), "replyTooLarge"],
  ])("rejects for %s", async (_, answer, reason) => {
    const fake = await startFakeServer({
      version: (socket) => void socket.write("VERSION 1.6.18\r\n"),
      "set memfleet:probe:test 0 60 7": (socket) => void socket.write(answer),
    });
    await expect(roundTrip(fake.endpoint, DEADLINES, ITEM)).rejects.toMatchObject({ reason });
    await fake.close();
  });

  it("leaves no connection open", async () => {
    const { endpoint } = await start("plain");
    await roundTrip(endpoint, DEADLINES, ITEM);
    await expect
      .poll(async () => (await rawText(endpoint, "stats conns\r\n")).match(/:addr tcp:127/g)?.length)
      .toBe(2);
  });
});
