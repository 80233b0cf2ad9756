/** Round trips to real nodes, and what becomes of them when a node or a reader goes away. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { pingStream } from "@/lib/http/streams/ping";
import type { NodeClient } from "@/lib/memcached/contract";
import { pingNode } from "@/lib/memcached/inspect/ping";
import { createNodeClient } from "@/lib/memcached/node-client";
import { NotFoundError, TooManyError } from "@/lib/model/errors";
import { type Ping, pingSchema, pingSummarySchema } from "@/lib/model/node/keys.schema";
import type { Runtime } from "@/lib/server/runtime";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedMode, type MemcachedServer, startMemcached } from "../../servers/memcached";

const DEADLINES = { connectTimeoutMs: 1_000, timeoutMs: 1_000 };
const STAYS = new AbortController().signal;

const servers: MemcachedServer[] = [];
const clients: NodeClient[] = [];

async function start(mode: MemcachedMode) {
  const server = await startMemcached({ mode });
  const client = createNodeClient(server.endpoint, DEADLINES);
  servers.push(server);
  clients.push(client);
  return { server, client };
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

describe.each(["plain", "sasl", "authfile", "tls", "unix"] as const)("a node of kind %s", (mode) => {
  it("responds to every ping, and leaves no connection open", async () => {
    const { server, client } = await start(mode);
    const protocol = mode === "sasl" ? "binary" : "text";
    const connections = async () =>
      Number((await independentStats(server.endpoint, protocol)).get("curr_connections"));
    // Only the current client: the connection of the readiness check is closed as well.
    await vi.waitFor(async () => expect(await connections()).toBe(1), { timeout: 10_000 });
    const pings: Ping[] = [];
    const summary = await pingNode(client, { count: 10, intervalMs: 20 }, STAYS, (ping) => pings.push(ping));
    expect(pings.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const ping of pings) expect(pingSchema.parse(ping)).toMatchObject({ error: null });
    const sorted = pings.map(({ roundTripMs }) => roundTripMs ?? Number.NaN).sort((a, b) => a - b);
    expect(pingSummarySchema.parse(summary)).toMatchObject({
      sent: 10,
      answered: 10,
      minMs: sorted[0],
      p99Ms: sorted[9],
      maxMs: sorted[9],
    });
    expect(summary.p50Ms).toBeGreaterThanOrEqual(sorted[4] ?? Number.NaN);
    expect(summary.p50Ms).toBeLessThanOrEqual((sorted[4] ?? Number.NaN) * (1 + 1 / 64) + 0.002);
    await vi.waitFor(async () => expect(await connections()).toBe(1), { timeout: 10_000 });
  });
});

describe("pings", () => {
  it("report what failed, and continue when the node is back", async () => {
    const { server, client } = await start("plain");
    const stop = new AbortController();
    const pings: Ping[] = [];
    const running = pingNode(client, { count: 1_000, intervalMs: 20 }, stop.signal, (ping) =>
      pings.push(ping),
    );
    await vi.waitFor(() => expect(pings.length).toBeGreaterThan(2), { timeout: 10_000 });
    await server.kill();
    await vi.waitFor(() => expect(pings.at(-1)?.error).toMatch(/connection refused/), { timeout: 10_000 });
    await server.restart();
    await vi.waitFor(() => expect(pings.at(-1)?.error).toBeNull(), { timeout: 10_000 });
    stop.abort();
    const summary = await running;
    expect(summary.sent).toBe(pings.length);
    expect(summary.answered).toBe(pings.filter(({ error }) => error === null).length);
  });

  it("of an absent node have no measurements instead of zeros", async () => {
    const { server, client } = await start("plain");
    await server.kill();
    expect(await pingNode(client, { count: 2, intervalMs: 20 }, STAYS, () => undefined)).toEqual({
      sent: 2,
      answered: 0,
      minMs: null,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      maxMs: null,
    });
  });

  it("end when their reader disconnects", async () => {
    const { client } = await start("plain");
    const left = new AbortController();
    const pings: Ping[] = [];
    const running = pingNode(client, { count: 1_000, intervalMs: 10_000 }, left.signal, (ping) =>
      pings.push(ping),
    );
    await vi.waitFor(() => expect(pings).toHaveLength(1), { timeout: 10_000 });
    left.abort();
    expect(await running).toMatchObject({ sent: 1, answered: 1 });
  });
});

describe("the stream of pings", () => {
  /** What the stream takes of a runtime, for one configured node. */
  function runtimeOf(id: string, client: NodeClient): Runtime {
    return {
      directory: {
        record: (node: string) => {
          if (node === id) return { client };
          throw new NotFoundError(`no node named ${node} is configured`);
        },
      },
      access: { recognise: async () => ({ actor: { name: "a", role: "operator", via: "token" } }) },
      onStop: () => () => undefined,
    } as unknown as Runtime;
  }
  const request = (signal?: AbortSignal) => new Request("http://127.0.0.1/", { signal: signal ?? null });

  it("has an event for each ping and ends with the summary", async () => {
    const { server, client } = await start("plain");
    const { id } = server.endpoint;
    const response = pingStream(runtimeOf(id, client), request(), id, "a", { count: 3, intervalMs: 20 });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = (await response.text()).trimEnd().split("\n\n");
    expect(events.map((event) => event.split("\n")[0])).toEqual([
      ...["event: ping", "event: ping", "event: ping", "event: done"],
    ]);
    const [data = ""] = events.at(-1)?.split("\n").slice(1) ?? [];
    expect(pingSummarySchema.parse(JSON.parse(data.replace(/^data: /, "")))).toMatchObject({
      sent: 3,
      answered: 3,
    });
  });

  it("allows three per node and per caller, and another when one of them disconnects", async () => {
    const { server, client } = await start("plain");
    const { id } = server.endpoint;
    const runtime = runtimeOf(id, client);
    const long = { count: 1_000, intervalMs: 10_000 };
    const leaving = Array.from({ length: 3 }, () => new AbortController());
    for (const { signal } of leaving) pingStream(runtime, request(signal), id, "a", long);
    const again = (caller: string) =>
      pingStream(runtime, request(), id, caller, { count: 1, intervalMs: 20 }).text();
    expect(() => again("a")).toThrow(TooManyError);
    expect(() => again("b")).toThrow(/already being pinged 3 times/);
    const other = await start("plain");
    const otherId = other.server.endpoint.id;
    const pingOther = (caller: string) =>
      pingStream(runtimeOf(otherId, other.client), request(), otherId, caller, {
        count: 1,
        intervalMs: 20,
      }).text();
    expect(() => pingOther("a")).toThrow(/you already have 3 pings running/);
    expect(await pingOther("b")).toContain("event: done");
    leaving[0]?.abort();
    await vi.waitFor(async () => expect(await again("a")).toContain("event: done"), { timeout: 10_000 });
    for (const one of leaving) one.abort();
  });

  it("is refused for a node that is not configured", async () => {
    const { server, client } = await start("plain");
    const runtime = runtimeOf(server.endpoint.id, client);
    expect(() => pingStream(runtime, request(), "other:1", "a", { count: 1, intervalMs: 20 })).toThrow(
      NotFoundError,
    );
  });
});
