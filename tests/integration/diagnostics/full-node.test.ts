/**
 * Nodes whose `maxconns` is reached: they are full, and no other finding follows from that. Over a unix socket the
 * refusal is lost with the connection before it can be read.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { emptyValues } from "@/lib/catalogue/stats";
import type { NodeClient, NodeEndpoint } from "@/lib/memcached/contract";
import { askUnauthenticated, tryConfiguredCredentials } from "@/lib/memcached/inspect/auth-check";
import { createNodeClient } from "@/lib/memcached/node-client";
import { NodeError } from "@/lib/model/errors";
import { type MemcachedMode, type MemcachedServer, startMemcached } from "../../servers/memcached";

const DEADLINES = { connectTimeoutMs: 5_000, timeoutMs: 5_000 };
const MAXCONNS = 24;

const servers: MemcachedServer[] = [];
const clients: NodeClient[] = [];
const crowd: Socket[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const socket of crowd.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(mode: MemcachedMode): Promise<MemcachedServer> {
  const server = await startMemcached({ mode, args: ["-c", String(MAXCONNS)] });
  servers.push(server);
  return server;
}

function clientOf(endpoint: NodeEndpoint): NodeClient {
  const client = createNodeClient(endpoint, DEADLINES);
  clients.push(client);
  return client;
}

/** Asks for the version in the binary protocol, which a SASL node answers to anybody. */
const BINARY_VERSION = Buffer.alloc(24);
BINARY_VERSION.set([0x80, 0x0b]);

/** Connects until the node refuses, and keeps the accepted connections open: an accepted one gets a reply of any kind. */
async function fill({ address, credentials }: NodeEndpoint): Promise<void> {
  for (let n = 0; n < 2 * MAXCONNS; n++) {
    const socket = address.kind === "tcp" ? connect(address.port, address.host) : connect(address.path);
    crowd.push(socket);
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(credentials?.kind === "sasl" ? BINARY_VERSION : "version\r\n");
    const reply = await new Promise<string>((resolve) => {
      socket.once("data", (chunk) => resolve(chunk.toString("latin1")));
      socket.once("close", () => resolve("closed"));
    });
    if (reply.includes("Too many open connections") || reply === "closed") return;
  }
  throw new Error("the node lets everybody in");
}

async function reasonOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "nothing was thrown",
    (error) => (error instanceof NodeError ? error.reason : String(error)),
  );
}

const KINDS: readonly (readonly [MemcachedMode, NodeEndpoint["protocol"]])[] = [
  ["plain", "auto"],
  ["plain", "text"],
  ["plain", "binary"],
  ["sasl", "auto"],
  ["sasl", "binary"],
  ["authfile", "auto"],
];

describe.each(KINDS)("a full node of kind %s, protocol %s", (mode, protocol) => {
  it("is down for that reason, serves its open connections, and is up again when there is room", async () => {
    const server = await start(mode);
    const endpoint = { ...server.endpoint, protocol };
    const early = clientOf(endpoint);
    await early.poll(emptyValues());
    await fill(endpoint);
    const late = clientOf(endpoint);
    expect(await reasonOf(late.poll(emptyValues()))).toBe("connectionsFull");
    expect(await reasonOf(late.poll(emptyValues()))).toBe("connectionsFull");
    await early.poll(emptyValues());
    for (const socket of crowd.splice(0)) socket.destroy();
    await expect
      .poll(() => reasonOf(late.poll(emptyValues())), { timeout: 10_000 })
      .toBe("nothing was thrown");
  });
});

describe.each(["plain", "sasl", "authfile"] as const)(
  "whether a full node of kind %s wants a sign-in",
  (mode) => {
    it("is unknown: the node could not be read", async () => {
      const server = await start(mode);
      await fill(server.endpoint);
      expect(await reasonOf(askUnauthenticated(server.endpoint, DEADLINES))).toBe("connectionsFull");
      expect(await reasonOf(tryConfiguredCredentials(server.endpoint, DEADLINES))).toBe("connectionsFull");
    });
  },
);
