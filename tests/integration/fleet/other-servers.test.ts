/** A fleet of memcached, proxies and other servers through the routes, over a complete runtime. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { POST as actRoute } from "@/app/api/v1/actions/route";
import { GET as fleetRoute } from "@/app/api/v1/fleet/route";
import { GET as catalogueRoute } from "@/app/api/v1/metrics-catalogue/route";
import { GET as statsRoute } from "@/app/api/v1/nodes/[node]/stats/[group]/route";
import { GET as metricsRoute } from "@/app/metrics/route";
import type { Fleet } from "@/lib/model/fleet.schema";
import type { Catalogue } from "@/lib/model/node/inspection.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { Runtime, setRuntime } from "@/lib/server/runtime";
import { hangUp, say } from "@/tests/doubles/fake-reactions";
import { type FakeServer, type Script, startFakeServer } from "@/tests/doubles/fake-server";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";

const ORIGIN = "http://127.0.0.1:3000";
const REFUSED = "CLIENT_ERROR bad stats command\r\n";

const SCRIPTS = {
  twemproxy: { "binary 11": hangUp(), version: say("VERSION 0.5.0\r\n"), stats: hangUp() },
  mcrouter: {
    "binary 11": hangUp(),
    version: say("VERSION 37.0.0 mcrouter\r\n"),
    stats: say("STAT version 37.0.0 mcrouter\r\nSTAT commandargs -p 5000\r\nSTAT num_servers 3\r\nEND\r\n"),
    "stats conns": say(REFUSED),
    "stats settings": say(REFUSED),
    "stats items": say(REFUSED),
    "stats slabs": say(REFUSED),
  },
  proxy: {
    "binary 11": hangUp(),
    version: say("VERSION 1.6.45\r\n"),
    stats: say(
      "STAT pid 9\r\nSTAT uptime 500\r\nSTAT time 1700000000\r\nSTAT version 1.6.45\r\nSTAT curr_items 0\r\nSTAT proxy_conn_requests 5\r\nSTAT brand_new_gauge 4\r\nEND\r\n",
    ),
    "stats settings": say("STAT flush_enabled yes\r\nSTAT proxy_enabled yes\r\nEND\r\n"),
    "stats items": say("END\r\n"),
    "stats slabs": say("END\r\n"),
  },
} satisfies Record<string, Script>;

type Name = keyof typeof SCRIPTS;

let directory: string;
let real: MemcachedServer;
let runtime: Runtime;
const fakes = new Map<Name, FakeServer>();
const defects: unknown[] = [];

const idOf = (name: Name) => fakes.get(name)?.endpoint.id ?? "";
const commandsOf = (name: Name) => fakes.get(name)?.commands ?? [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "memfleet-others-"));
  real = await startMemcached({ mode: "plain" });
  for (const name of Object.keys(SCRIPTS) as Name[]) fakes.set(name, await startFakeServer(SCRIPTS[name]));
  const pools = [
    { name: "real", servers: [real.endpoint.id] },
    { name: "others", servers: [...fakes.keys()].map(idOf) },
  ];
  const settings = { dataDir: directory, poll: { interval: "1s", timeout: "900ms" }, pools };
  process.env.MEMFLEET_CONFIG = join(directory, "memfleet.yaml");
  await writeFile(process.env.MEMFLEET_CONFIG, JSON.stringify(settings));
  runtime = await Runtime.start((error) => defects.push(error));
  setRuntime(runtime);
  await vi.waitFor(() => expect(runtime.nodes().every(({ status }) => status === "up")).toBe(true), 20_000);
  // The slower groups have been read.
  await vi.waitFor(() => expect(nodeOf("mcrouter").lacking.stats_settings).toBe("settingsRefused"), 20_000);
});

afterAll(async () => {
  await runtime?.close();
  await real?.stop();
  delete process.env.MEMFLEET_CONFIG;
  for (const fake of fakes.values()) await fake.close();
  await rm(directory, { recursive: true, force: true });
  expect(defects).toEqual([]);
});

type Handler = typeof statsRoute;

function call(route: Handler, path: string, params: Record<string, string> = {}): Promise<Response> {
  const request = new Request(`${ORIGIN}${path}`, { headers: { host: "127.0.0.1:3000" } });
  return route(request, { params: Promise.resolve(params) });
}

function act(kind: string, node: string, input: unknown, confirm = node): Promise<Response> {
  const headers = { host: "127.0.0.1:3000", "content-type": "application/json" };
  const body = JSON.stringify({ kind, nodes: [node], input, confirm });
  return actRoute(new Request(`${ORIGIN}/api/v1/actions`, { method: "POST", headers, body }), {
    params: Promise.resolve({}),
  });
}

function nodeOf(name: Name): Node {
  const found = runtime.nodes().find(({ id }) => id === idOf(name));
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

describe("proxies in a fleet", () => {
  it("are up, recognized, and never counted as down", async () => {
    const fleet = (await (await call(fleetRoute, "/api/v1/fleet")).json()) as Fleet;
    const shown = new Map(fleet.nodes.map((node) => [node.id, node]));
    expect(shown.get(idOf("twemproxy"))).toMatchObject({
      status: "up",
      proxy: "twemproxy",
      version: "0.5.0",
      bytes: null,
      lacking: { stats: "noStats", flush_all: "isProxy" },
    });
    expect(shown.get(idOf("mcrouter"))).toMatchObject({ status: "up", proxy: "mcrouter" });
    expect(shown.get(idOf("proxy"))).toMatchObject({ status: "up", proxy: "memcached" });
    expect(shown.get(real.endpoint.id)).toMatchObject({ status: "up", proxy: null });
    expect(fleet.totals).toMatchObject({ nodes: 4, up: 4 });
    expect(fleet.attention.filter(({ kind }) => kind === "status")).toEqual([]);
  });

  it.each([
    ["flush_all", {}],
    ["set_verbosity", { level: 1 }],
    ["cache_memlimit", { megabytes: 64 }],
    ["slabs_reassign", { from: 1, to: 2 }],
    ["slabs_automove", { mode: 0 }],
    ["lru_crawler_crawl", { classes: "all" }],
    ["delete_prefix", { prefix: "a", dryRun: true }],
  ])("refuse %s with 422 and the reason, and are never sent it", async (kind, input) => {
    for (const name of ["twemproxy", "mcrouter", "proxy"] as const) {
      const reply = await act(kind, idOf(name), input);
      const text = await reply.text();
      expect([name, reply.status, text]).toEqual([name, 422, expect.stringContaining("it is a proxy")]);
    }
    const sent = (["twemproxy", "mcrouter", "proxy"] as const).flatMap(commandsOf);
    expect(sent.filter((command) => /^(flush|verb|cache|slabs|lru)/.test(command))).toEqual([]);
  });

  it("without stats are asked for them only until they are recognized", async () => {
    const polls = () => commandsOf("twemproxy").filter((command) => command === "version").length;
    const before = polls();
    await vi.waitFor(() => expect(polls()).toBeGreaterThan(before + 2), 20_000);
    expect(commandsOf("twemproxy").filter((command) => command === "stats")).toHaveLength(2);
  });

  it("do not break the exposition for Prometheus", async () => {
    const text = await (await call(metricsRoute, "/metrics")).text();
    expect(text).toMatch(new RegExp(`^memcached_up\\{[^}]*${idOf("twemproxy")}[^}]*\\} 1$`, "m"));
    expect(text).not.toMatch(/NaN/);
  });
});

describe("settings that a node refuses", () => {
  it("are 422 with the reason, not 502", async () => {
    for (const name of ["mcrouter", "twemproxy"] as const) {
      const params = { node: idOf(name), group: "settings" };
      const reply = await call(statsRoute, `/api/v1/nodes/${idOf(name)}/stats/settings`, params);
      expect([name, reply.status]).toEqual([name, 422]);
      expect(await reply.text()).toMatch(/does not report/);
    }
  });

  it("are not waited for", () => {
    for (const node of runtime.nodes())
      expect(Object.values(node.lacking), node.id).not.toContain("notAskedYet");
  });
});

it("a stat that a newer server adds is in the catalogue under its own name", async () => {
  const { metrics } = (await (await call(catalogueRoute, "/api/v1/metrics-catalogue")).json()) as Catalogue;
  expect(metrics.find(({ name }) => name === "brand_new_gauge")).toMatchObject({
    kind: "gauge",
    meaning: { en: "no description" },
    versions: ["1.6.45"],
  });
});
