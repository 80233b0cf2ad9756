import { afterEach, describe, expect, it } from "vitest";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { askClusterConfiguration } from "@/lib/memcached/elasticache/configuration";
import { NodeError } from "@/lib/model/errors";
import { type FakeServer, startFakeServer } from "@/tests/doubles/fake-server";
import { freePort } from "@/tests/servers/free-port";
import { type MemcachedServer, startMemcached } from "@/tests/servers/memcached";
import { rawText } from "@/tests/servers/raw-text";

const DEADLINES = { connectTimeoutMs: 2_000, timeoutMs: 5_000 };
const PAYLOAD = "7\ncache-1.test|10.0.0.1|11211 cache-2.test|10.0.0.2|11311\n";
const NODES = [
  { host: "cache-1.test", ip: "10.0.0.1", port: 11211 },
  { host: "cache-2.test", ip: "10.0.0.2", port: 11311 },
];

const started: { stop?(): Promise<void>; close?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await (server.stop?.() ?? server.close?.());
});

async function memcached(mode: "plain" | "tls", payload: string | null): Promise<MemcachedServer> {
  const server = await startMemcached({ mode });
  started.push(server);
  if (payload !== null) {
    const set = `set AmazonElastiCache:cluster 0 0 ${payload.length}\r\n${payload}\r\n`;
    await rawText(server.endpoint, set, ["STORED\r\n"]);
  }
  return server;
}

async function fake(...script: Parameters<typeof startFakeServer>): Promise<FakeServer> {
  const server = await startFakeServer(...script);
  started.push(server);
  return server;
}

const readConfiguration = (
  endpoint: Pick<NodeEndpoint, "address" | "tls">,
  timeoutMs = DEADLINES.timeoutMs,
) => askClusterConfiguration(endpoint, { ...DEADLINES, timeoutMs }, new AbortController().signal);

async function reasonOf(pending: Promise<unknown>): Promise<string> {
  const error = await pending.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof NodeError)) throw new Error(`not a NodeError: ${error}`);
  return error.reason;
}

describe("an ElastiCache configuration endpoint", () => {
  it("gets config get cluster", async () => {
    const server = await fake({
      "config get cluster": (socket) =>
        void socket.write(`CONFIG cluster 0 ${PAYLOAD.length}\r\n${PAYLOAD}\r\nEND\r\n`),
    });
    expect(await readConfiguration(server.endpoint)).toEqual({ version: 7, nodes: NODES, unreadable: [] });
    await server.drained();
    expect(server.commands).toEqual(["config get cluster"]);
  });

  it.each(["plain", "tls"] as const)(
    "that does not know it is read by its item (a real memcached, %s)",
    async (mode) => {
      const server = await memcached(mode, PAYLOAD);
      expect(await readConfiguration(server.endpoint)).toEqual({ version: 7, nodes: NODES, unreadable: [] });
    },
  );

  it("that is an ordinary memcached has no cluster configuration", async () => {
    const server = await memcached("plain", null);
    expect(await reasonOf(readConfiguration(server.endpoint))).toBe("unsupported");
  });

  it("that is closed refuses the connection, and never gets plaintext instead of TLS", async () => {
    const address = { kind: "tcp", host: "127.0.0.1", port: await freePort() } as const;
    expect(await reasonOf(readConfiguration({ address, tls: null }))).toBe("connectionRefused");
    const server = await memcached("plain", PAYLOAD);
    expect(
      await reasonOf(readConfiguration({ ...server.endpoint, tls: { insecureSkipVerify: true } })),
    ).toMatch(/^tls/);
  });

  it("that never replies times out, and the connection is closed", async () => {
    const server = await fake({ "config get cluster": () => undefined });
    expect(await reasonOf(readConfiguration(server.endpoint, 200))).toBe("replyTimeout");
    await server.drained();
  });

  it("stops when the signal aborts", async () => {
    const server = await fake({ "config get cluster": () => abort.abort() });
    const abort = new AbortController();
    const pending = askClusterConfiguration(server.endpoint, DEADLINES, abort.signal);
    expect(await reasonOf(pending)).toBe("replyTimeout");
    await server.drained();
  });

  it("that floods is disconnected", async () => {
    const flood = "x".repeat(65_536);
    const server = await fake({
      "config get cluster": (socket) => {
        socket.write("CONFIG cluster 0 1000000\r\n");
        const more = () => {
          while (!socket.destroyed && socket.write(flood));
        };
        socket.on("drain", more);
        more();
      },
    });
    expect(["replyTooLarge", "malformedReply"]).toContain(await reasonOf(readConfiguration(server.endpoint)));
    await server.drained();
  });

  it.each(["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"])(
    "is never read from %s",
    async (host) => {
      const pending = readConfiguration({ address: { kind: "tcp", host, port: 11211 }, tls: null });
      expect(await reasonOf(pending)).toBe("unreachable");
    },
  );

  it("does not affect a real memcached or its items", async () => {
    const server = await memcached("plain", PAYLOAD);
    await readConfiguration(server.endpoint);
    expect(await rawText(server.endpoint, "get AmazonElastiCache:cluster\r\n")).toContain("cache-2.test");
  });
});
