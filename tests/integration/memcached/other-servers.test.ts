/** Servers that are not the memcached Memfleet expects: proxies, unknown versions, and ones that settings could crash. */
import { afterEach, describe, expect, it } from "vitest";
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import { REGISTRY } from "@/lib/diagnostics/registry";
import type { NodeClient, NodeEndpoint } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { shortestListLength } from "@/lib/memcached/stats/listen-list";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import { frame, hangUp, reset, say, silence } from "@/tests/doubles/fake-reactions";
import { type FakeServer, type Reaction, type Script, startFakeServer } from "@/tests/doubles/fake-server";
import { type MemcachedServer, startMemcached } from "@/tests/servers/memcached";
import { diagnose } from "@/tests/servers/probe-target";

const DEADLINES = { connectTimeoutMs: 5_000, timeoutMs: 10_000 };
const AUTO = { protocol: "auto" } as const;

const servers: MemcachedServer[] = [];
const fakes: FakeServer[] = [];
const clients: NodeClient[] = [];

function clientOf(endpoint: NodeEndpoint, deadlines = DEADLINES): NodeClient {
  const client = createNodeClient(endpoint, deadlines);
  clients.push(client);
  return client;
}

async function fakeNode(script: Script, more: Partial<NodeEndpoint> = {}, deadlines = DEADLINES) {
  const fake = await startFakeServer(script);
  fakes.push(fake);
  return { fake, client: clientOf({ ...fake.endpoint, ...more }, deadlines) };
}

async function realNode(args: readonly string[], mode: "plain" | "binary" = "plain") {
  const server = await startMemcached({ mode, args });
  servers.push(server);
  return { server, client: clientOf(server.endpoint) };
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) await server.stop();
  for (const fake of fakes.splice(0)) await fake.close();
});

async function reasonOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "nothing was thrown",
    (error) => (error instanceof NodeError ? error.reason : String(error)),
  );
}

/** `-l` with this many more loopback addresses. */
function more(count: number): string {
  return Array.from({ length: count }, (_, i) => `127.0.${Math.floor(i / 250)}.${(i % 250) + 2}`).join(",");
}

describe("a memcached that listens on 500 addresses", () => {
  it("survives detection, polls, its settings and a change, because its settings are not asked for", async () => {
    const { server, client } = await realNode(["-l", more(500), "-c", "3000"]);
    const { pid } = server;
    await client.poll(emptyValues());
    expect(client.dialect()?.protocol).toBe("text");
    await expect(client.stats("settings")).rejects.toThrow(/so many addresses/);
    await expect(client.stats("settings")).rejects.toThrow(CapabilityError);
    expect(client.capabilities().lacking).toMatchObject({ stats_settings: "settingsUnsafe" });
    expect(client.capabilities().capabilities).toEqual(
      expect.arrayContaining(["flush_all", "metadump", "lru_crawler"]),
    );
    await client.flushAll();
    await client.tune({ command: "verbosity", level: 1 });
    const dump = await client.metadump({ prefix: Buffer.alloc(0), onItem: () => true });
    await dump.ended;
    const values = emptyValues();
    await client.poll(values);
    expect(values[0]).toBe(pid);
    process.kill(pid, 0);
  });

  it("is diagnosed without harm, and its findings say why settings are missing", async () => {
    const { server } = await realNode(["-l", more(500), "-c", "3000"]);
    const checks = await diagnose({ ...server.endpoint, protocol: "auto" }, REGISTRY);
    expect(checks.get("memory-default")).toMatchObject({
      verdict: "unknown",
      evidence: { why: expect.stringContaining("so many addresses") },
    });
    expect(checks.get("listens:loopback")?.verdict).toBe("pass");
    process.kill(server.pid, 0);
  });

  it("is found to speak only binary without reading its settings", async () => {
    const { server, client } = await realNode(["-l", more(500), "-c", "3000"], "binary");
    await client.poll(emptyValues());
    expect(client.dialect()?.protocol).toBe("binary");
    process.kill(server.pid, 0);
  });
});

describe("a memcached with a few addresses", () => {
  it("reports its settings, as long as the list is short enough", async () => {
    const { client } = await realNode(["-l", more(5)]);
    await client.poll(emptyValues());
    expect(new Map(await client.stats("settings")).get("inter")).toContain("127.0.0.6");
  });

  it("never shows more of a value than a server formats", async () => {
    const longTail = `${"a".repeat(126)}\0${"stack".repeat(40)}`;
    const { client } = await fakeNode({
      version: say("VERSION 1.6.18\r\n"),
      stats: say("STAT pid 7\r\nSTAT version 1.6.18\r\nEND\r\n"),
      "stats settings": say(`STAT ssl_chain_cert ${longTail}\r\nSTAT ssl_key ${"b".repeat(500)}\r\nEND\r\n`),
    });
    await client.poll(emptyValues());
    const settings = new Map(await client.stats("settings"));
    expect(settings.get("ssl_chain_cert")).toBe("a".repeat(126));
    expect(settings.get("ssl_key")).toBe("b".repeat(127));
  });

  it("is asked without its listeners where the version has no stats conns", async () => {
    const { fake, client } = await fakeNode({
      version: say("VERSION 1.4.17\r\n"),
      stats: say("STAT pid 7\r\nSTAT version 1.4.17\r\nEND\r\n"),
      "stats conns": reset(),
      "stats settings": say("STAT flush_enabled yes\r\nEND\r\n"),
    });
    await client.poll(emptyValues());
    expect(await client.stats("settings")).toHaveLength(1);
    expect(fake.commands).not.toContain("stats conns");
  });

  it.each([
    [[], 0],
    [["tcp:0.0.0.0:11211", "tcp6:[::]:11211"], "0.0.0.0,::".length],
    [["tcp:10.0.0.1:11211", "tcp:10.0.0.2:11211"], "10.0.0.1,10.0.0.2".length],
    [["tcp:10.0.0.1:1", "tcp:10.0.0.2:1", "tcp:10.0.0.3:2"], "10.0.0.1,10.0.0.2,10.0.0.3:2".length],
    [["tcp6:[::1]:1", "tcp6:[::2]:1", "tcp6:[::3]:2"], "::1,::2,[::3]:2".length],
    [["tcp:10.0.0.1:1", "tcp:10.0.0.1:1"], "10.0.0.1".length],
    [["unix:/tmp/memcached.sock", "nonsense"], 0],
  ] as const)("with listeners %j has a list of at least %i characters", (listeners, length) => {
    expect(shortestListLength(listeners)).toBe(length);
  });
});

describe("a node started with -W", () => {
  it("does not offer watch, though no setting shows it", async () => {
    const { client } = await realNode(["-W"]);
    await client.poll(emptyValues());
    await client.stats("settings");
    expect(client.capabilities().lacking.watch).toBe("disabledBySetting");
  });

  it("is distinguished from one that allows it, without starting a watch", async () => {
    const { client } = await realNode([]);
    await client.poll(emptyValues());
    await client.stats("settings");
    expect(client.capabilities().capabilities).toContain("watch");
    expect(new Map(await client.stats("general")).get("log_watchers")).toBe("0");
  });
});

describe("a proxy that closes the connection on stats", () => {
  const TWEMPROXY: Script = { "binary 11": hangUp(), version: say("VERSION 0.5.0\r\n"), stats: hangUp() };

  it.each(["0.5.0", "1.6.5"])(
    "and reports version %s is up without stats, and is not asked again",
    async (version) => {
      const script = { ...TWEMPROXY, version: say(`VERSION ${version}\r\n`) };
      const { fake, client } = await fakeNode(script, AUTO);
      const values = emptyValues();
      for (let i = 0; i < 5; i++) expect((await client.poll(values)).latencyMs).toBeGreaterThan(0);
      expect(values.every(Number.isNaN)).toBe(true);
      expect(client.capabilities().lacking).toMatchObject({ stats: "noStats", flush_all: "isProxy" });
      expect(client.capabilities().proxy).toBe(version === "0.5.0" ? "twemproxy" : "other");
      expect(fake.commands.filter((command) => command === "stats")).toHaveLength(2);
    },
  );

  it("never gets a command that it would close on", async () => {
    const { fake, client } = await fakeNode(TWEMPROXY, AUTO);
    await client.poll(emptyValues());
    const before = fake.commands.length;
    const refused: readonly (() => Promise<unknown>)[] = [
      () => client.flushAll(),
      () => client.tune({ command: "verbosity", level: 1 }),
      () => client.tune({ command: "stats reset" }),
      () => client.tune({ command: "cache_memlimit", megabytes: 64 }),
      () => client.tune({ command: "slabs reassign", from: 1, to: 2 }),
      () => client.metadump({ prefix: Buffer.alloc(0), onItem: () => true }),
      () => client.bulkDelete({ kind: "delete" }),
      () => client.crawl("all"),
      () => client.stats("settings"),
      () => client.stats("items"),
      () => client.stats("general"),
      () => client.stats("conns"),
    ];
    for (const request of refused) await expect(request()).rejects.toThrow(CapabilityError);
    expect(new Set(fake.commands.slice(before))).toEqual(new Set(["version"]));
  });

  it("is not what a server is that dies on stats: that one is down", async () => {
    const fake = await startFakeServer({
      version: say("VERSION 1.6.18\r\n"),
      stats: (socket) => {
        dying.push(fake.close());
        socket.destroy();
      },
    });
    const dying: Promise<void>[] = [];
    const client = clientOf(fake.endpoint);
    expect(await reasonOf(client.poll(emptyValues()))).toBe("connectionClosed");
    expect(await reasonOf(client.poll(emptyValues()))).toBe("connectionRefused");
    expect(client.capabilities().lacking.stats).toBeUndefined();
    await Promise.all(dying);
  });

  it("and is replaced by a memcached gives its stats again", async () => {
    const good = say("STAT pid 7\r\nSTAT version 1.6.18\r\nEND\r\n");
    let connections = 0;
    const closesThirdAfterPing: Reaction = (socket) => {
      connections++;
      if (connections === 3)
        setImmediate(() =>
          socket.once("data", () => setImmediate(() => socket.once("data", () => socket.destroy()))),
        );
    };
    const { client } = await fakeNode({
      connect: closesThirdAfterPing,
      version: say("VERSION 1.6.18\r\n"),
      stats: [hangUp(), hangUp(), good],
    });
    await client.poll(emptyValues());
    expect(client.capabilities().lacking.stats).toBe("noStats");
    const values = emptyValues();
    await expect
      .poll(async () => {
        await client.poll(values).catch(() => undefined);
        return values[0];
      })
      .toBe(7);
    expect(client.capabilities().lacking.stats).toBeUndefined();
    expect(client.capabilities().proxy).toBeNull();
  });
});

describe("memcached's own proxy mode", () => {
  it("has stats, and is not offered what it closes the connection on", async () => {
    const { fake, client } = await fakeNode({
      version: say("VERSION 1.6.45\r\n"),
      stats: say("STAT pid 7\r\nSTAT version 1.6.45\r\nSTAT proxy_conn_requests 5\r\nEND\r\n"),
      "stats settings": say("STAT flush_enabled yes\r\nSTAT proxy_enabled yes\r\nEND\r\n"),
    });
    await client.poll(emptyValues());
    expect(client.capabilities().proxy).toBe("memcached");
    await expect(client.flushAll()).rejects.toThrow(/proxy/);
    await expect(client.crawl("all")).rejects.toThrow(CapabilityError);
    await expect(client.tune({ command: "slabs automove", mode: 0 })).rejects.toThrow(CapabilityError);
    expect(new Set(fake.commands)).toEqual(new Set(["version", "stats"]));
  });
});

describe("mcrouter", () => {
  it("is up, and does not report its settings", async () => {
    const { client } = await fakeNode({
      version: say("VERSION 37.0.0 mcrouter\r\n"),
      stats: say("STAT version 37.0.0 mcrouter\r\nSTAT commandargs -p 5000\r\nSTAT pid 9\r\nEND\r\n"),
      "stats conns": say("CLIENT_ERROR bad stats command\r\n"),
      "stats settings": say("CLIENT_ERROR bad stats command\r\n"),
      "stats items": say("CLIENT_ERROR bad stats command\r\n"),
    });
    expect(await client.poll(emptyValues())).toMatchObject({ version: "37.0.0 mcrouter" });
    await expect(client.stats("settings")).rejects.toThrow(CapabilityError);
    await expect(client.stats("items")).rejects.toThrow(CapabilityError);
    const { lacking, proxy } = client.capabilities();
    expect(proxy).toBe("mcrouter");
    expect(lacking.stats_settings).toBe("settingsRefused");
    expect(Object.values(lacking)).not.toContain("notAskedYet");
  });
});

describe("a server of an unknown version whose stats are not in memcached's form", () => {
  it("is up without stats", async () => {
    const { client } = await fakeNode({
      version: say("VERSION 37.0.0 mcrouter\r\n"),
      stats: say("the router has 3 servers\r\nand nothing else to say\r\n"),
    });
    for (let i = 0; i < 3; i++) await client.poll(emptyValues());
    expect(client.capabilities()).toMatchObject({ proxy: "mcrouter", lacking: { stats: "noStats" } });
  });
});

describe("a server that rejects stats with an error", () => {
  it.each(["ERROR", "CLIENT_ERROR unknown", "ERROR unknown command"])(
    "(%s) is up without stats",
    async (line) => {
      const { client } = await fakeNode({
        version: say("VERSION df-v1.14.0\r\n"),
        stats: say(`${line}\r\n`),
      });
      await client.poll(emptyValues());
      expect(client.capabilities().lacking.stats).toBe("noStats");
      expect(client.capabilities().proxy).toBeNull();
    },
  );
});

describe("a server that says VERSION", () => {
  it.each([
    ["truncates stats", hangUp("STAT pid 1\r\nSTAT upt"), "connectionClosed"],
    ["resets in the middle of stats", reset("STAT pid 1\r\n"), "connectionClosed"],
    ["stops in the middle of stats", say("STAT pid 1\r\n"), "replyTimeout"],
  ])("and %s is not called something else than memcached", async (_what, reaction, reason) => {
    const deadlines = reason === "replyTimeout" ? { connectTimeoutMs: 500, timeoutMs: 500 } : DEADLINES;
    const script = { "binary 11": hangUp(), version: say("VERSION 1.6.18\r\n"), stats: reaction };
    const { client } = await fakeNode(script, AUTO, deadlines);
    for (let i = 0; i < 2; i++) expect(await reasonOf(client.poll(emptyValues()))).toBe(reason);
  });
});

describe("a port that is silent to the binary request", () => {
  const SHORT = { connectTimeoutMs: 1_000, timeoutMs: 1_000 };

  it("is not memcached when it replies to text like Redis", async () => {
    const script = {
      "binary 11": silence,
      version: say("-ERR unknown command 'version', with args beginning with: \r\n"),
    };
    const { client } = await fakeNode(script, AUTO, SHORT);
    expect(await reasonOf(client.poll(emptyValues()))).toBe("notMemcached");
  });

  it("is used in text when it replies to text like memcached", async () => {
    const script = {
      "binary 11": silence,
      version: say("VERSION 1.6.18\r\n"),
      stats: say("STAT pid 7\r\nSTAT version 1.6.18\r\nEND\r\n"),
    };
    const { client } = await fakeNode(script, AUTO, SHORT);
    await client.poll(emptyValues());
    expect(client.dialect()?.protocol).toBe("text");
  });

  it("times out when it is silent to text as well", async () => {
    const { client } = await fakeNode({ "binary 11": silence, version: silence }, AUTO, SHORT);
    expect(await reasonOf(client.poll(emptyValues()))).toBe("replyTimeout");
  });

  it("is binary when it is only slow", async () => {
    const slow: Reaction = (socket, request) =>
      void setTimeout(() => socket.write(frame(request, { value: "1.6.18" })), 500);
    const unknown: Reaction = (socket, request) => void socket.write(frame(request, { status: 0x81 }));
    const stats: Reaction = (socket, request) => {
      socket.write(frame(request, { key: "pid", value: "7" }));
      socket.write(frame(request));
    };
    const script = {
      "binary 11": slow,
      "binary 32": unknown,
      "binary 16": stats,
      version: [silence, hangUp()],
    };
    const { client } = await fakeNode(script, AUTO, SHORT);
    const values = emptyValues();
    await client.poll(values);
    expect([client.dialect()?.protocol, values[0]]).toEqual(["binary", 7]);
  });
});

it("stats that a newer server adds are named in a poll, those of the catalogue are not", async () => {
  const { client } = await fakeNode({
    version: say("VERSION 1.6.99\r\n"),
    stats: say(
      "STAT pid 7\r\nSTAT version 1.6.99\r\nSTAT libevent 2.1.12\r\nSTAT ssl_proto_errors 3\r\nSTAT brand_new_counter 9\r\nEND\r\n",
    ),
  });
  const values = emptyValues();
  expect((await client.poll(values)).unlisted).toEqual(["brand_new_counter"]);
  expect(values[requiredSlot("ssl_proto_errors")]).toBe(3);
});
