/** Real servers that were started differently, compared by the routes and, independently, over a bare socket. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { GET as getCompare } from "@/app/api/v1/compare/route";
import { GET as getBalance } from "@/app/api/v1/pools/[pool]/balance/route";
import { GET as getDrift } from "@/app/api/v1/pools/[pool]/drift/route";
import { OWN_SETTINGS } from "@/lib/model/compare";
import {
  type Balance,
  balanceSchema,
  type Compare,
  compareSchema,
  type Drift,
  driftSchema,
} from "@/lib/model/compare.schema";
import { Runtime, setRuntime } from "@/lib/server/runtime";
import { freePort } from "../../servers/free-port";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawText } from "../../servers/raw-text";

/** `-m` is given apart from the others. */
const STARTED: readonly { readonly memoryMb: number; readonly args: readonly string[] }[] = [
  { memoryMb: 64, args: [] },
  { memoryMb: 64, args: ["-c", "512"] },
  { memoryMb: 128, args: ["-I", "2m", "-o", "no_modern,lru_maintainer,hot_lru_pct=30"] },
  { memoryMb: 64, args: ["-F"] },
];

let directory: string;
let servers: MemcachedServer[];
let downId: string;
let runtime: Runtime;
const defects: unknown[] = [];

const ids = () => servers.map(({ endpoint }) => endpoint.id);
const first = () => servers[0] as MemcachedServer;

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;

function call(handler: Handler, path: string, params: Record<string, string> = {}): Promise<Response> {
  const request = new Request(`http://127.0.0.1:3000${path}`, { headers: { host: "127.0.0.1:3000" } });
  return handler(request, { params: Promise.resolve(params) });
}

async function compare(nodes: readonly string[], more = ""): Promise<Compare> {
  const query = nodes.map((node) => `node=${encodeURIComponent(node)}`).join("&");
  const response = await call(getCompare, `/api/v1/compare?${query}${more}`);
  expect(response.status).toBe(200);
  return compareSchema.strict().parse(await response.json());
}

async function drift(pool: string): Promise<Drift> {
  const response = await call(getDrift, `/api/v1/pools/${pool}/drift`, { pool });
  expect(response.status).toBe(200);
  return driftSchema.strict().parse(await response.json());
}

async function balance(pool: string): Promise<Balance> {
  const response = await call(getBalance, `/api/v1/pools/${pool}/balance`, { pool });
  expect(response.status).toBe(200);
  return balanceSchema.strict().parse(await response.json());
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "memfleet-compare-"));
  servers = await Promise.all(
    STARTED.map(({ memoryMb, args }) => startMemcached({ mode: "plain", memoryMb, args })),
  );
  downId = `127.0.0.1:${await freePort()}`;
  const configuration = {
    poll: { interval: "1s", timeout: "900ms" },
    dataDir: join(directory, "data"),
    pools: [
      { name: "main", servers: [...ids(), downId] },
      { name: "even", hashing: "modulo", servers: ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"] },
      { name: "empty", servers: [] },
    ],
  };
  writeFileSync(join(directory, "memfleet.yaml"), JSON.stringify(configuration));
  process.env.MEMFLEET_CONFIG = join(directory, "memfleet.yaml");
  runtime = await Runtime.start((error) => defects.push(error));
  setRuntime(runtime);
  await vi.waitFor(
    async () => {
      expect((await drift("main")).known).toBe(STARTED.length);
      expect(runtime.node(downId)?.status).toBe("down");
    },
    { timeout: 30_000 },
  );
});

afterAll(async () => {
  await runtime?.close();
  await Promise.all((servers ?? []).map((server) => server.stop()));
  delete process.env.MEMFLEET_CONFIG;
  rmSync(directory, { recursive: true, force: true });
  expect(defects).toEqual([]);
});

describe("a comparison of servers that were started differently", () => {
  it("finds exactly the settings that differ between the nodes for another client", async () => {
    const reply = await compare(ids());
    const reported = await Promise.all(
      servers.map(({ endpoint }) => independentStats(endpoint, "text", "settings")),
    );
    const names = new Set(reported.flatMap((one) => [...one.keys()]));
    const differing = [...names].filter((name) => new Set(reported.map((one) => one.get(name))).size > 1);
    expect(differing).toEqual(
      expect.arrayContaining(["maxbytes", "maxconns", "flush_enabled", "hot_lru_pct", "tcpport"]),
    );
    expect(reply.settings.map(({ name }) => name).sort()).toEqual(differing.sort());
    for (const { name, values } of reply.settings)
      expect(values).toEqual(reported.map((one) => one.get(name) ?? null));
    expect(reply.same.settings).toBe(names.size - differing.length);
    expect(reply.settings.filter(({ own }) => own).map(({ name }) => name)).toEqual(["tcpport"]);
  });

  it("names the most common value", async () => {
    const reply = await compare(ids());
    const majority = (name: string) => reply.settings.find((one) => one.name === name)?.majority;
    expect(majority("maxbytes")).toEqual({ value: String(64 * 1024 * 1024), count: 3 });
    expect(majority("maxconns")).toEqual({ value: "1024", count: 3 });
    expect(majority("flush_enabled")).toEqual({ value: "yes", count: 3 });
    expect(majority("tcpport")).toBeNull();
  });

  it("lists everything on request, as reported by the servers", async () => {
    const reply = await compare(ids(), "&all=1");
    const reported = await independentStats(first().endpoint, "text", "settings");
    const ours = new Map(reply.settings.map(({ name, values }) => [name, values[0] ?? null]));
    for (const [name, value] of reported) expect([name, ours.get(name)]).toEqual([name, value]);
    const stats = await independentStats(first().endpoint, "text");
    const names = reply.stats.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...stats.keys()]));
    const steady = ["pid", "version", "libevent", "max_connections", "threads", "limit_maxbytes"];
    for (const name of steady) {
      expect(reply.stats.find((one) => one.name === name)?.values[0]).toBe(stats.get(name));
    }
  });

  it("keeps the requested order", async () => {
    const backwards = [...ids()].reverse();
    const reply = await compare(backwards);
    expect(reply.nodes.map(({ id }) => id)).toEqual(backwards);
    const ports = reply.settings.find(({ name }) => name === "tcpport")?.values;
    expect(ports).toEqual(backwards.map((id) => id.split(":")[1]));
  });

  it("tells why a node could not be read, and excludes it from the differences", async () => {
    const reply = await compare([ids()[0] as string, downId], "&all=1");
    expect(reply.nodes[1]).toMatchObject({ answered: false, reason: "connectionRefused", lastKnownMs: null });
    expect(reply.nodes[1]?.detail).toContain("connection refused");
    expect(reply.settings.length).toBeGreaterThan(40);
    expect(reply.settings.filter(({ differs }) => differs)).toEqual([]);
    expect(reply.settings.every(({ values }) => values[1] === null)).toBe(true);
    expect(reply.figures.every(({ values }) => values[1] === null)).toBe(true);
  });

  it("has the metrics of the fleet, and marks the outlier", async () => {
    const ballast = `set b 0 0 900000\r\n${"v".repeat(900_000)}\r\n`;
    for (let n = 0; n < 30; n++) {
      await rawText(first().endpoint, ballast.replace("set b", `set b${n}`), ["STORED\r\n"]);
    }
    const use = (reply: Compare) => reply.figures.find(({ name }) => name === "memory_use");
    await expect
      .poll(async () => use(await compare(ids()))?.outliers, { timeout: 30_000 })
      .toEqual([ids()[0]]);
    const stats = await independentStats(first().endpoint, "text");
    const reported = Number(stats.get("bytes")) / Number(stats.get("limit_maxbytes"));
    // The newest poll may have come in the middle of the sets.
    await expect
      .poll(async () => use(await compare(ids()))?.values[0], { timeout: 20_000 })
      .toBeCloseTo(reported, 6);
  });

  it.each([
    ["one node", () => [ids()[0] as string]],
    ["the same node twice", () => [ids()[0] as string, ids()[0] as string]],
    ["a node that is not configured", () => [ids()[0] as string, "127.0.0.1:9"]],
    ["more than twenty", () => Array.from({ length: 21 }, (_, n) => `127.0.0.1:${n + 1}`)],
    ["none", () => []],
  ])("is refused for %s", async (_, nodes) => {
    const query = nodes().map((node) => `node=${encodeURIComponent(node)}`);
    const response = await call(getCompare, `/api/v1/compare?${query.join("&")}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ field: "node" }] });
  });
});

describe("the hashing balance of a pool", () => {
  it("distinguishes hot keys from the ring by the servers' actual items and gets", async () => {
    const before = await balance("main");
    const owned = new Map(before.shares.map(({ node, keySpace }) => [node, keySpace]));
    expect([...owned.keys()].sort()).toEqual([...ids(), downId].sort());
    expect([...owned.values()].reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
    // As many items as the ring gives each; then one item of one server is read repeatedly.
    for (const { endpoint } of servers) {
      const count = Math.round((owned.get(endpoint.id) ?? 0) * 4_000);
      const sets = Array.from({ length: count }, (_, n) => `set k${n} 0 0 1\r\nx\r\n`).join("");
      await rawText(endpoint, `${sets}mn\r\n`, ["MN\r\n"]);
    }
    const hot = servers[3]?.endpoint ?? first().endpoint;
    await vi.waitFor(
      async () => {
        await rawText(hot, `${"get k0\r\n".repeat(500)}mn\r\n`, ["MN\r\n"]);
        expect(await balance("main")).toMatchObject({ verdict: "hotKeys", node: hot.id, known: 4 });
      },
      { timeout: 25_000, interval: 500 },
    );
    const after = await balance("main");
    const items = new Map<string, number>();
    for (const { endpoint } of servers) {
      items.set(endpoint.id, Number((await independentStats(endpoint, "text")).get("curr_items")));
    }
    const all = [...items.values()].reduce((sum, count) => sum + count);
    expect(after.items).toBe(all);
    for (const { node, ...share } of after.shares) {
      if (node === downId) expect(share).toMatchObject({ items: null, gets: null, expected: null });
      else expect(share.items).toBeCloseTo((items.get(node) ?? 0) / all, 9);
    }
    expect(after.shares[0]?.node).toBe(hot.id);
    expect(after.shares[0]?.gets).toBeGreaterThan(0.9);
  });

  it("is even in modulo, unknown in a pool without nodes, and 404 for a pool that is not configured", async () => {
    const reply = await balance("even");
    expect(reply).toMatchObject({ hashing: "modulo", nodes: 3, verdict: "unknown" });
    for (const { keySpace } of reply.shares) expect(keySpace).toBeCloseTo(1 / 3, 8);
    expect(await balance("empty")).toMatchObject({ nodes: 0, shares: [], verdict: "unknown" });
    expect((await call(getBalance, "/api/v1/pools/none/balance", { pool: "none" })).status).toBe(404);
  });
});

describe("drift inside a pool", () => {
  it("matches the settings that another client reads, without node-specific ones", async () => {
    const reported = await Promise.all(
      servers.map(
        async ({ endpoint }) => [endpoint.id, await independentStats(endpoint, "text", "settings")] as const,
      ),
    );
    const expected = new Map<string, Map<string | null, string[]>>();
    for (const name of new Set(reported.flatMap(([, one]) => [...one.keys()]))) {
      if (OWN_SETTINGS.has(name)) continue;
      const groups = new Map<string | null, string[]>();
      for (const [id, one] of reported) {
        groups.set(one.get(name) ?? null, [...(groups.get(one.get(name) ?? null) ?? []), id]);
      }
      if (groups.size > 1) expected.set(name, groups);
    }
    const reply = await drift("main");
    expect(reply).toMatchObject({ nodes: 5, known: 4, lastKnown: 0 });
    expect(reply.settings.map(({ name }) => name).sort()).toEqual([...expected.keys()].sort());
    for (const { name, groups } of reply.settings) {
      expect(new Map(groups.map(({ value, nodes }) => [value, nodes]))).toEqual(expected.get(name));
      expect(groups.every(({ count, nodes }) => count === nodes.length)).toBe(true);
    }
    expect(reply.settings.find(({ name }) => name === "maxconns")).toMatchObject({
      majority: "1024",
      tied: false,
    });
  });

  it("has the load of the nodes that respond", async () => {
    const { load } = await drift("main");
    expect(load.map(({ metric }) => metric)).toEqual([
      "gets",
      "bytes",
      "curr_connections",
      "evictions",
      "hit_ratio",
    ]);
    const bytes = load.find(({ metric }) => metric === "bytes");
    const stats = await Promise.all(servers.map(({ endpoint }) => independentStats(endpoint, "text")));
    expect(bytes).toMatchObject({ nodes: 4, unit: "bytes" });
    const most = Math.max(...stats.map((one) => Number(one.get("bytes"))));
    expect(bytes?.max).toBe(most);
    expect(bytes?.busiest[0]?.node).toBe(ids()[stats.findIndex((one) => Number(one.get("bytes")) === most)]);
  });

  it("is empty in a pool without nodes, and 404 for a pool that is not configured", async () => {
    expect(await drift("empty")).toMatchObject({ nodes: 0, known: 0, settings: [] });
    expect((await call(getDrift, "/api/v1/pools/none/drift", { pool: "none" })).status).toBe(404);
  });

  it("keeps the last known values of a server that stops responding, and marks them", async () => {
    const [, second] = servers;
    if (second === undefined) throw new Error("two servers were started");
    await second.kill();
    const { id } = second.endpoint;
    await expect.poll(() => runtime.node(id)?.status, { timeout: 30_000 }).toBe("down");
    expect(await drift("main")).toMatchObject({ known: 4, lastKnown: 1 });
    const reply = await compare([ids()[0] as string, id]);
    expect(reply.nodes[1]).toMatchObject({ answered: false, reason: "connectionRefused" });
    expect(reply.nodes[1]?.lastKnownMs).toBeGreaterThan(0);
    expect(reply.settings.find(({ name }) => name === "maxconns")?.values).toEqual(["1024", "512"]);
    expect(reply.settings.find(({ name }) => name === "tcpport")?.values[1]).toBe(id.split(":")[1]);
    expect(reply.stats.find(({ name }) => name === "pid")?.values[1]).toMatch(/^\d+$/);
  });
});
