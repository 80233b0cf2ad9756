import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Marker } from "@/lib/model/series.schema";
import { Runtime } from "@/lib/server/runtime";
import { type DnsServer, startDnsServer } from "@/tests/servers/dns";
import { type MemcachedServer, startMemcached } from "@/tests/servers/memcached";
import { rawText } from "@/tests/servers/raw-text";

let folder: string;
let runtime: Runtime | null = null;
let defects: unknown[] = [];
const nodes: MemcachedServer[] = [];
const servers: Server[] = [];
const nameServers: DnsServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "memfleet-discovery-"));
  mkdirSync(join(folder, "targets"));
  vi.stubEnv("MEMFLEET_CWD", folder);
  defects = [];
});

afterEach(async () => {
  await runtime?.close();
  runtime = null;
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
  await Promise.all([...nodes.splice(0), ...nameServers.splice(0)].map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

async function node(...args: Parameters<typeof startMemcached>): Promise<MemcachedServer> {
  const server = await startMemcached(...args);
  nodes.push(server);
  return server;
}

async function start(pools: string): Promise<Runtime> {
  writeFileSync(join(folder, "memfleet.yaml"), `poll: { interval: 1s, timeout: 900ms }\npools:\n${pools}`);
  runtime = await Runtime.start((error) => defects.push(error));
  return runtime;
}

/** Writes a list to a temporary file and renames it to the real one. */
function list(name: string, ...groups: { targets: string[]; labels?: Record<string, string> }[]): void {
  writeFileSync(join(folder, "new"), JSON.stringify(groups));
  renameSync(join(folder, "new"), join(folder, "targets", name));
}

const statuses = (of: Runtime) => Object.fromEntries(of.nodes().map(({ id, status }) => [id, status]));
const until = (what: () => void | Promise<void>) => vi.waitFor(what, { timeout: 20_000, interval: 50 });

async function markersOf(of: Runtime, query: { node?: string[]; pool?: string[] }): Promise<Marker[]> {
  const { markers } = await of.series({
    ...query,
    metric: ["curr_items"],
    from: "now-10m",
    to: "now",
    aggregate: "fleet",
  });
  return markers.filter(({ kind }) => kind === "added" || kind === "removed");
}

describe("nodes that are discovered", () => {
  it("are added and removed without a restart, keep their history and leave markers", async () => {
    const [one, two] = await Promise.all([node({ mode: "plain" }), node({ mode: "plain" })]);
    const [a, b] = [one.endpoint.id, two.endpoint.id];
    list("a.json", { targets: [a], labels: { rack: "4", __meta_x: "y" } });
    const started = await start(
      '  - { name: p, labels: { dc: tyo1 }, discover: [{ fileSd: ["targets/*.json"] }] }\n',
    );
    expect(started.fleet()).toMatchObject({ configured: true, matched: 1 });
    expect(started.node(a)?.labels).toEqual({ dc: "tyo1", rack: "4" });
    await until(() => expect(statuses(started)).toEqual({ [a]: "up" }));

    list("a.json", { targets: [a, b] });
    await until(() => expect(statuses(started)).toEqual({ [a]: "up", [b]: "up" }));
    expect(await markersOf(started, { pool: ["p"] })).toMatchObject([
      { kind: "added", node: b, text: "pool p, fileSd targets/*.json" },
    ]);
    const observed = async () => {
      const { series } = await started.series({
        metric: ["curr_items"],
        node: [b],
        from: "now-10m",
        to: "now",
      });
      return series[0]?.values.filter((value) => value !== null).length ?? 0;
    };
    await until(async () => expect(await observed()).toBeGreaterThan(0));

    list("a.json", { targets: [a] });
    await until(() => expect(started.node(b)).toBeNull());
    expect((await markersOf(started, { pool: ["p"] })).map(({ kind, node: id }) => [kind, id])).toEqual([
      ["added", b],
      ["removed", b],
    ]);
    expect(await markersOf(started, { node: [a] })).toEqual([]);

    await two.kill();
    list("a.json", { targets: [a, b] });
    await until(() => expect(statuses(started)).toEqual({ [a]: "up", [b]: "down" }));
    expect(await observed()).toBeGreaterThan(0);
    expect((await markersOf(started, { node: [b] })).map(({ kind }) => kind)).toEqual([
      "added",
      "removed",
      "added",
    ]);
    expect(defects).toEqual([]);
  });

  it("stay while their list is invalid, with a notice until it is fixed", async () => {
    const server = await node({ mode: "plain" });
    const { id } = server.endpoint;
    list("a.json", { targets: [id] });
    const started = await start('  - { name: p, discover: [{ fileSd: ["targets/*.json"] }] }\n');
    writeFileSync(join(folder, "targets/a.json"), "[{");
    await until(() =>
      expect(started.notices()).toMatchObject([
        {
          code: "discoveryFailed",
          pool: "p",
          source: "fileSd targets/*.json",
          nodes: 1,
          detail: "a.json: invalid JSON",
        },
      ]),
    );
    expect(started.fleet().notices).toEqual(started.notices());
    expect(Object.keys(statuses(started))).toEqual([id]);
    list("a.json", { targets: [id] });
    await until(() => expect(started.notices()).toEqual([]));
  });

  it("are found by HTTP, DNS and ElastiCache at once, and use their pool's credentials", async () => {
    const [byHttp, byDns, byCluster, cluster] = await Promise.all([
      node({ mode: "sasl" }),
      node({ mode: "plain" }),
      node({ mode: "plain" }),
      node({ mode: "plain" }),
    ]);
    const credentials = byHttp.endpoint.credentials;
    if (credentials === null) throw new Error("a SASL node has credentials");
    const authorizations: (string | undefined)[] = [];
    const web = createServer((request, response) => {
      authorizations.push(request.headers.authorization);
      response.end(JSON.stringify([{ targets: [byHttp.endpoint.id] }]));
    }).listen(0, "127.0.0.1");
    servers.push(web);
    await once(web, "listening");
    const dns = await startDnsServer();
    nameServers.push(dns);
    const portOf = ({ endpoint }: MemcachedServer) => endpoint.id.replace(/^.*:/, "");
    dns.zone.set("cache.test", [{ type: "A", address: "127.0.0.1", ttl: 30 }]);
    const payload = `1\nlocalhost.invalid||1 |127.0.0.1|${portOf(byCluster)}\n`;
    const set = `set AmazonElastiCache:cluster 0 0 ${payload.length}\r\n${payload}\r\n`;
    await rawText(cluster.endpoint, set, ["STORED\r\n"]);
    const started = await start(`
  - name: http
    auth: { sasl: { username: ${credentials.username}, password: "${credentials.password}" } }
    discover: [{ httpSd: "http://127.0.0.1:${(web.address() as AddressInfo).port}/list?key=canary-1", bearerToken: canary-2 }]
  - name: dns
    discover: [{ dns: cache.test, type: A, port: ${portOf(byDns)}, resolvers: ["${dns.address}"] }]
  - name: cluster
    discover: [{ elasticache: "${cluster.endpoint.id}" }]
  - name: gone
    discover: [{ httpSd: "http://127.0.0.1:1/list?key=canary-3", headers: { X-Key: canary-4 } }]
`);
    expect(started.fleet().pools.map(({ name, nodes: count }) => [name, count])).toEqual(
      expect.arrayContaining([
        ["http", 1],
        ["dns", 1],
        ["cluster", 2],
        ["gone", 0],
      ]),
    );
    await until(() =>
      expect(statuses(started)).toEqual({
        [byHttp.endpoint.id]: "up",
        [byDns.endpoint.id]: "up",
        [byCluster.endpoint.id]: "up",
        "localhost.invalid:1": "down",
      }),
    );
    expect(authorizations).toEqual(["Bearer canary-2"]);
    expect(started.notices()).toMatchObject([{ code: "discoveryFailed", pool: "gone", nodes: 0 }]);
    expect(JSON.stringify([started.fleet(), defects])).not.toMatch(/canary|key=/);
  });

  it("follow the configuration: removing a source removes its nodes", async () => {
    const server = await node({ mode: "plain" });
    const { id } = server.endpoint;
    list("a.json", { targets: [id] });
    const started = await start('  - { name: p, discover: [{ fileSd: ["targets/*.json"] }] }\n');
    expect(Object.keys(statuses(started))).toEqual([id]);
    writeFileSync(join(folder, "memfleet.yaml"), "pools: [{ name: p, servers: [127.0.0.1:1] }]\n");
    await until(() => expect(Object.keys(statuses(started))).toEqual(["127.0.0.1:1"]));
    const marked = await markersOf(started, { pool: ["p"] });
    expect(marked.map(({ kind, node: at }) => `${kind} ${at}`).sort()).toEqual([
      "added 127.0.0.1:1",
      `removed ${id}`,
    ]);
  });
});
