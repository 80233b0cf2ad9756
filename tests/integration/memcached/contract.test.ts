/** One contract over every kind of real node. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { emptyValues, STATS } from "@/lib/catalogue/stats";
import type { NodeClient, NodeEndpoint } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import { freePort } from "../../servers/free-port";
import { independentStats } from "../../servers/independent-stats";
import {
  MEMCACHED_MODES,
  type MemcachedMode,
  type MemcachedOptions,
  type MemcachedServer,
  startMemcached,
} from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";

const DEADLINES = { connectTimeoutMs: 2_000, timeoutMs: 5_000 };

/** Stats that any other connection or the passing of time moves. */
const MOVING = new Set([
  ...["uptime", "time", "rusage_user", "rusage_system", "latency", "lru_maintainer_juggles", "auth_cmds"],
  ...["curr_connections", "total_connections", "connection_structures", "bytes_read", "bytes_written"],
  ...["response_obj_count", "response_obj_bytes", "read_buf_count", "read_buf_bytes", "read_buf_bytes_free"],
  ...["cmd_get", "cmd_set", "get_hits", "get_misses", "cmd_meta", "conn_yields"],
]);

const started: MemcachedServer[] = [];

/** A server for one test, stopped after it however it ends. */
async function start(options: MemcachedOptions): Promise<MemcachedServer> {
  const server = await startMemcached(options);
  started.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

async function reasonOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "nothing was thrown",
    (error) => (error instanceof NodeError ? error.reason : String(error)),
  );
}

const PROTOCOL: Readonly<Record<MemcachedMode, "text" | "binary">> = {
  plain: "text",
  sasl: "binary",
  authfile: "text",
  tls: "text",
  unix: "text",
  ascii: "text",
  binary: "binary",
};

describe.each(MEMCACHED_MODES)("a node of kind %s", (mode) => {
  let server: MemcachedServer;
  let client: NodeClient;

  beforeAll(async () => {
    server = await startMemcached({ mode, memoryMb: 32 });
    client = createNodeClient(server.endpoint, DEADLINES);
  });
  afterAll(async () => {
    client?.close();
    await server?.stop();
  });

  it("knows its protocol after the first contact", async () => {
    expect(createNodeClient(server.endpoint, DEADLINES).dialect()).toBeNull();
    await client.poll(emptyValues());
    expect(client.dialect()).toEqual({
      protocol: PROTOCOL[mode],
      mechanisms: mode === "sasl" ? ["PLAIN"] : [],
      authfile: mode === "authfile",
    });
  });

  it("reports the numbers that an independent client reads", async () => {
    const before = await independentStats(server.endpoint, PROTOCOL[mode]);
    const values = emptyValues();
    const reply = await client.poll(values);
    expect(reply.version).toBe(before.get("version"));
    expect(reply.latencyMs).toBeGreaterThan(0);
    expect(before.get("limit_maxbytes")).toBe(String(32 * 1024 * 1024));
    let compared = 0;
    for (const [slot, { name }] of STATS.entries()) {
      const reported = before.get(name);
      if (reported === undefined) expect(values[slot], name).toBeNaN();
      else if (!MOVING.has(name)) {
        expect(values[slot], name).toBe(Number(reported));
        compared++;
      } else expect(values[slot], name).toBeGreaterThanOrEqual(0);
    }
    expect(compared).toBeGreaterThan(40);
    expect(values[STATS.findIndex(({ name }) => name === "pid")]).toBe(server.pid);
  });

  it("answers its groups as an independent client reads them", async () => {
    const settings = await client.stats("settings");
    expect(Object.fromEntries(settings)).toEqual(
      Object.fromEntries(await independentStats(server.endpoint, PROTOCOL[mode], "settings")),
    );
    expect(Object.fromEntries(await client.stats("general"))).toHaveProperty("pid", String(server.pid));
    expect(Object.fromEntries(await client.stats("slabs"))).toHaveProperty("total_malloced");
    expect(Array.isArray(await client.stats("items"))).toBe(true);
    expect(Object.fromEntries(await client.stats("sizes"))).toEqual({ sizes_status: "disabled" });
  });

  it("refuses groups that it cannot answer or that could crash it", async () => {
    await expect(client.stats("extstore")).rejects.toThrow(CapabilityError);
    await expect(client.stats("proxy")).rejects.toThrow(CapabilityError);
    if (PROTOCOL[mode] === "text") expect((await client.stats("conns")).length).toBeGreaterThan(3);
    else await expect(client.stats("conns")).rejects.toThrow(CapabilityError);
    await client.poll(emptyValues());
  });

  it("knows its capabilities once its settings were read", async () => {
    await client.poll(emptyValues());
    await client.stats("settings");
    const { capabilities, lacking } = client.capabilities();
    expect(Object.values(lacking)).not.toContain("notAskedYet");
    expect(capabilities).toContain("flush_all");
    expect(capabilities.includes("metadump")).toBe(PROTOCOL[mode] === "text");
  });

  it("answers concurrent polls and group reads, each with its own reply", async () => {
    const values = Array.from({ length: 20 }, emptyValues);
    const groups = ["settings", "slabs", "items", "general"] as const;
    const [polls, replies] = await Promise.all([
      Promise.all(values.map((into) => client.poll(into))),
      Promise.all(values.map((_, index) => client.stats(groups[index % 4] ?? "items"))),
    ]);
    for (const { version } of polls) expect(version).toBe("1.6.18");
    for (const into of values) expect(into[0]).toBe(server.pid);
    replies.forEach((entries, index) => {
      const names = new Set(entries.map(([name]) => name));
      expect(names.has("maxbytes")).toBe(index % 4 === 0);
      expect(names.has("total_malloced")).toBe(index % 4 === 1);
      expect(names.has("pid")).toBe(index % 4 === 3);
    });
  });

  it("keeps one connection", async () => {
    const connections = async () =>
      Number((await independentStats(server.endpoint, PROTOCOL[mode])).get("total_connections"));
    await client.poll(emptyValues());
    const before = await connections();
    for (let i = 0; i < 10; i++) await client.poll(emptyValues());
    const perLook = (await connections()) - before;
    expect(perLook).toBe(1);
  });

  it("is down when killed, and answers the first poll after its restart with its new pid", async () => {
    await client.poll(emptyValues());
    await server.kill();
    expect(await reasonOf(client.poll(emptyValues()))).toMatch(/^(connectionRefused|socketMissing)$/);
    await server.restart();
    const values = emptyValues();
    await client.poll(values);
    expect(values[0]).toBe(server.pid);
  });

  it("answers the first poll after an undetected restart", async () => {
    await client.poll(emptyValues());
    await server.restart();
    const values = emptyValues();
    await client.poll(values);
    expect(values[0]).toBe(server.pid);
  });

  it("times out while it is stopped and recovers", async () => {
    const hasty = createNodeClient(server.endpoint, { connectTimeoutMs: 200, timeoutMs: 300 });
    await hasty.poll(emptyValues());
    await server.freeze();
    try {
      expect(await reasonOf(hasty.poll(emptyValues()))).toBe("replyTimeout");
      expect(await reasonOf(hasty.poll(emptyValues()))).toBe("replyTimeout");
    } finally {
      server.thaw();
    }
    const patient = createNodeClient(server.endpoint, DEADLINES);
    await patient.poll(emptyValues());
    await hasty.poll(emptyValues());
    hasty.close();
    patient.close();
  });

  it("rejects after close", async () => {
    const other = createNodeClient(server.endpoint, DEADLINES);
    await other.poll(emptyValues());
    const inFlight = reasonOf(other.poll(emptyValues()));
    other.close();
    expect(await inFlight).toBe("connectionClosed");
    expect(await reasonOf(other.poll(emptyValues()))).toBe("connectionClosed");
    expect(await reasonOf(other.stats("settings"))).toBe("connectionClosed");
  });
});

describe("sign-in", () => {
  async function outcome(endpoint: NodeEndpoint): Promise<string> {
    const client = createNodeClient(endpoint, DEADLINES);
    const reason = await reasonOf(client.poll(emptyValues()));
    client.close();
    return reason;
  }
  const wrong = (endpoint: NodeEndpoint): NodeEndpoint => ({
    ...endpoint,
    credentials: endpoint.credentials && { ...endpoint.credentials, password: "wrong" },
  });
  const without = (endpoint: NodeEndpoint): NodeEndpoint => ({ ...endpoint, credentials: null });
  const sasl = { kind: "sasl", username: "memfleet", password: "canary" } as const;

  it("distinguishes wrong and missing SASL credentials", async () => {
    const server = await start({ mode: "sasl" });
    expect(await outcome(wrong(server.endpoint))).toBe("saslRefused");
    expect(await outcome(without(server.endpoint))).toBe("saslRequired");
    expect(await outcome({ ...without(server.endpoint), protocol: "binary" })).toBe("saslRequired");
    expect(await outcome(server.endpoint)).toBe("nothing was thrown");
  });

  it("leaves no connection behind after 20 refused sign-ins", async () => {
    const server = await start({ mode: "sasl" });
    const refused = createNodeClient(wrong(server.endpoint), DEADLINES);
    for (let i = 0; i < 20; i++) expect(await reasonOf(refused.poll(emptyValues()))).toBe("saslRefused");
    const values = emptyValues();
    const client = createNodeClient(server.endpoint, DEADLINES);
    await expect
      .poll(async () => {
        await client.poll(values);
        return values[STATS.findIndex(({ name }) => name === "curr_connections")];
      })
      .toBeLessThanOrEqual(3);
    client.close();
    refused.close();
  });

  it("distinguishes wrong and missing authfile credentials", async () => {
    const server = await start({ mode: "authfile" });
    expect(await outcome(wrong(server.endpoint))).toBe("authfileRefused");
    expect(await outcome(without(server.endpoint))).toBe("authfileRequired");
    expect(await outcome({ ...without(server.endpoint), protocol: "text" })).toBe("authfileRequired");
    expect(await outcome(server.endpoint)).toBe("nothing was thrown");
  });

  it("never stores the authfile password in a node that has no authfile", async () => {
    const server = await start({ mode: "plain" });
    const credentials = { kind: "ascii", username: "memfleet", password: "canary" } as const;
    expect(await outcome({ ...server.endpoint, credentials })).toBe("nothing was thrown");
    const stats = await independentStats(server.endpoint, "text");
    expect(stats.get("cmd_set")).toBe("0");
    expect(stats.get("curr_items")).toBe("0");
  });

  it.each(["plain", "binary", "ascii", "authfile"] as const)(
    "sends no SASL password to a node of kind %s",
    async (mode) => {
      const server = await start({ mode });
      expect(await outcome({ ...server.endpoint, credentials: sasl })).toBe("saslMissing");
      expect(await outcome({ ...server.endpoint, protocol: "binary", credentials: sasl })).toBe(
        "saslMissing",
      );
    },
  );

  it("takes no credentials from the environment", async () => {
    const server = await start({ mode: "sasl" });
    const { username, password } = server.endpoint.credentials ?? sasl;
    process.env.MEMCACHIER_USERNAME = username;
    process.env.MEMCACHIER_PASSWORD = password;
    try {
      expect(await outcome(without(server.endpoint))).toBe("saslRequired");
      expect(await outcome(wrong(server.endpoint))).toBe("saslRefused");
    } finally {
      delete process.env.MEMCACHIER_USERNAME;
      delete process.env.MEMCACHIER_PASSWORD;
    }
  });
});

describe("the protocol setting", () => {
  it.each([
    ["plain", "text", "text"],
    ["plain", "binary", "binary"],
    ["plain", "auto", "text"],
    ["binary", "binary", "binary"],
    ["ascii", "text", "text"],
  ] as const)("a %s node set to %s is read in %s", async (mode, protocol, spoken) => {
    const server = await start({ mode });
    const client = createNodeClient({ ...server.endpoint, protocol }, DEADLINES);
    try {
      await client.poll(emptyValues());
      expect(client.dialect()?.protocol).toBe(spoken);
    } finally {
      client.close();
    }
  });

  it("binary on a text-only node is unsupported, not down", async () => {
    const server = await start({ mode: "ascii" });
    const client = createNodeClient({ ...server.endpoint, protocol: "binary" }, DEADLINES);
    expect(await reasonOf(client.poll(emptyValues()))).toBe("unsupported");
    client.close();
  });

  it("auto detects that a node was restarted with another protocol", async () => {
    const server = await start({ mode: "ascii" });
    const { address } = server.endpoint;
    const client = createNodeClient(server.endpoint, { connectTimeoutMs: 500, timeoutMs: 500 });
    await client.poll(emptyValues());
    await server.kill();
    await start({
      mode: "binary",
      port: address.kind === "tcp" ? address.port : 0,
    });
    try {
      // The first poll still speaks text, which a binary-only node never answers.
      expect(await reasonOf(client.poll(emptyValues()))).toBe("replyTimeout");
      await client.poll(emptyValues());
      expect(client.dialect()?.protocol).toBe("binary");
    } finally {
      client.close();
    }
  });
});

describe("TLS", () => {
  it("a certificate of an unknown authority is untrusted; skipping the check is possible", async () => {
    const server = await start({ mode: "tls" });
    const poll = async (endpoint: NodeEndpoint) => {
      const client = createNodeClient(endpoint, DEADLINES);
      const reason = await reasonOf(client.poll(emptyValues()));
      client.close();
      return reason;
    };
    const { endpoint } = server;
    expect(await poll({ ...endpoint, tls: { insecureSkipVerify: false } })).toBe("tlsUntrusted");
    expect(await poll({ ...endpoint, tls: { insecureSkipVerify: true } })).toBe("nothing was thrown");
    const named = { insecureSkipVerify: false, ca: endpoint.tls?.ca };
    expect(await poll({ ...endpoint, tls: { ...named, servername: "localhost" } })).toBe(
      "nothing was thrown",
    );
    expect(await poll({ ...endpoint, tls: { ...named, servername: "other.example" } })).toBe("tlsUntrusted");
    expect(await poll({ ...endpoint, tls: null })).toMatch(/^(connectionClosed|notMemcached)$/);
  });

  it("to a node without TLS fails as TLS, not as down", async () => {
    const server = await start({ mode: "plain" });
    const endpoint: NodeEndpoint = { ...server.endpoint, tls: { insecureSkipVerify: true } };
    const client = createNodeClient(endpoint, { connectTimeoutMs: 500, timeoutMs: 1_000 });
    expect(await reasonOf(client.poll(emptyValues()))).toMatch(/^(tlsFailed|replyTimeout)$/);
    client.close();
  });
});

describe("addresses without a node", () => {
  const endpoint = (address: NodeEndpoint["address"]): NodeEndpoint => ({
    id: "nowhere:1",
    address,
    protocol: "auto",
    credentials: null,
    tls: null,
  });
  const poll = async (address: NodeEndpoint["address"]) => {
    const client = createNodeClient(endpoint(address), { connectTimeoutMs: 300, timeoutMs: 5_000 });
    const reason = await reasonOf(client.poll(emptyValues()));
    client.close();
    return reason;
  };

  it("are distinguished", async () => {
    expect(await poll({ kind: "tcp", host: "127.0.0.1", port: await freePort() })).toBe("connectionRefused");
    expect(await poll({ kind: "unix", path: "/nonexistent/memcached.sock" })).toBe("socketMissing");
  });

  it.each([
    "169.254.169.254",
    "fe80::1",
    "224.0.0.1",
    "255.255.255.255",
    "0.0.0.0",
    "::ffff:169.254.169.254",
  ])("%s is never connected to", async (host) => {
    const client = createNodeClient(endpoint({ kind: "tcp", host, port: 80 }), DEADLINES);
    await expect(client.poll(emptyValues())).rejects.toMatchObject({
      reason: "unreachable",
      detail: expect.stringContaining("address"),
    });
    client.close();
  });

  it("a name is resolved and its address connected to", async () => {
    const server = await start({ mode: "plain" });
    const { address } = server.endpoint;
    const port = address.kind === "tcp" ? address.port : 0;
    expect(await poll({ kind: "tcp", host: "localhost", port })).toBe("nothing was thrown");
  });
});

describe("groups that only some nodes have", () => {
  it("extstore is read when the node has it, sizes are counted when the node tracks them", async () => {
    const directory = await mkdtemp(join(tmpdir(), "memfleet-extstore-"));
    const args = ["-o", `ext_path=${join(directory, "file")}:64m,track_sizes`];
    const tracking = await start({ mode: "plain", args });
    const client = createNodeClient(tracking.endpoint, DEADLINES);
    try {
      await rawText(tracking.endpoint, "set k 0 0 5\r\nhello\r\n", ["STORED\r\n"]);
      expect((await client.stats("extstore")).map(([name]) => name)).toContain("0:bytes");
      expect(Object.values(Object.fromEntries(await client.stats("sizes")))).toEqual(["1"]);
      await client.stats("settings");
      const { capabilities } = client.capabilities();
      expect(capabilities).toContain("stats_extstore");
      expect(capabilities).toContain("stats_sizes");
    } finally {
      client.close();
      await rm(directory, { recursive: true, force: true });
    }
  });

  it("a node started with -F and -X shows it in its capabilities", async () => {
    const server = await start({ mode: "plain", args: ["-F", "-X"] });
    const client = createNodeClient(server.endpoint, DEADLINES);
    await client.poll(emptyValues());
    await client.stats("settings");
    expect(client.capabilities().lacking).toMatchObject({
      flush_all: "disabledBySetting",
      metadump: "disabledBySetting",
    });
    client.close();
  });
});
