/**
 * A real Prometheus over the route handlers and a real fleet, one node of which dies while another restarts. What it
 * stored is compared with what the nodes report to another client.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import memjs from "memjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET as getTargets } from "@/app/api/v1/sd/route";
import { GET as getMetrics } from "@/app/metrics/route";
import { GET as getScrape } from "@/app/scrape/route";
import { NODE_FAMILIES } from "@/lib/metrics/prometheus/node-families";
import { OWN_FAMILIES } from "@/lib/metrics/prometheus/own-metrics";
import { Runtime, setRuntime } from "@/lib/server/runtime";
import { type FakeServer, startFakeServer } from "@/tests/doubles/fake-server";
import { expectedMetrics, PROMISED_METRICS } from "../servers/expected-metrics";
import { freePort } from "../servers/free-port";
import { independentStats } from "../servers/independent-stats";
import { type MemcachedServer, startMemcached } from "../servers/memcached";
import { type Prometheus, type PrometheusSample, promtool, startPrometheus } from "../servers/prometheus";
import { rawText } from "../servers/raw-text";
import { type RouteServer, serveRoutes } from "../servers/route-server";

const TOKEN = "token-of-prometheus";
const MODES = ["plain", "sasl", "authfile", "tls", "unix"] as const;
type Mode = (typeof MODES)[number];
const HOSTILE = 'x" 1}\\n\\evil{a="b\\';
/** Before Memfleet starts; what happens afterwards is far less, so that a spike shows. */
const GETS_BEFORE = 20_000;

let directory: string;
let servers: Record<Mode, MemcachedServer>;
let hostile: FakeServer;
let downId: string;
let runtime: Runtime;
let routes: RouteServer;
let prometheus: Prometheus;
const defects: unknown[] = [];

const id = (mode: Mode) => servers[mode].endpoint.id;
const authorization = { authorization: `Bearer ${TOKEN}` };

/** Stores, hits, misses, increments, deletes, touches and cas of every outcome, over a bare socket. */
async function fill({ endpoint }: MemcachedServer, gets: number): Promise<void> {
  const { credentials } = endpoint;
  const secret = credentials ? `${credentials.username} ${credentials.password}` : "";
  const signIn = credentials ? `set x 0 0 ${Buffer.byteLength(secret)}\r\n${secret}\r\n` : "";
  const send = (commands: string) => rawText(endpoint, `${signIn}${commands}mn\r\n`, ["MN\r\n"]);
  for (const [n, size] of [10, 200, 3_000, 10_000].entries()) {
    await send(`set key-${n} 0 ${n === 3 ? 0 : 900} ${size}\r\n${"v".repeat(size)}\r\n`);
  }
  await send(
    "set n 0 0 1\r\n1\r\nincr n 1\r\ndecr n 1\r\nincr none 1\r\ndecr none 1\r\ntouch n 100\r\ntouch none 1\r\n",
  );
  await send(
    "set d 0 0 1\r\n1\r\ndelete d\r\ndelete none\r\ncas n 0 0 1 1\r\n1\r\ncas none 0 0 1 1\r\n1\r\n",
  );
  for (let done = 0; done < gets; done += 1_000) {
    await send("get key-0\r\nget none\r\n".repeat(Math.min(500, gets / 2)));
  }
}

async function fillSasl({ endpoint }: MemcachedServer): Promise<void> {
  const { address, credentials } = endpoint;
  if (address.kind !== "tcp" || credentials === null) throw new Error("not a SASL node");
  const { username, password } = credentials;
  const client = memjs.Client.create(`${address.host}:${address.port}`, {
    username,
    password,
    logger: { log() {} },
  } as never);
  for (let n = 0; n < 20; n++) await client.set(`key-${n}`, "v".repeat(n * 50), {});
  for (let n = 0; n < 40; n++) await client.get(`key-${n}`);
  client.close();
}

async function repliesOf(mode: Mode): Promise<Map<string, Map<string, string>>> {
  const replies = new Map<string, Map<string, string>>();
  for (const group of ["", "settings", "items", "slabs"]) {
    const { endpoint } = servers[mode];
    replies.set(group, await independentStats(endpoint, mode === "sasl" ? "binary" : "text", group));
  }
  return replies;
}

/** Asks until the answer is true, at most a minute. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const limit = Date.now() + 60_000; Date.now() < limit; await sleep(200)) if (await holds()) return;
  const { activeTargets } = await prometheus.api<{ activeTargets: { lastError: string }[] }>("targets");
  const errors = activeTargets.flatMap(({ lastError }) => (lastError === "" ? [] : [lastError]));
  throw new Error(`${what} did not come about; scrapes failed with ${errors.join(", ")}`);
}

/** `name{label="value",…}` without the labels that say which node it is, labels in alphabetical order. */
function keyOf({ metric }: Pick<PrometheusSample, "metric">): string {
  const { __name__: name, instance: _i, namespace: _n, job: _j, ...labels } = metric;
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0
    ? `${name}`
    : `${name}{${pairs.map(([key, value]) => `${key}="${value}"`).join()}}`;
}

const firstValue = (samples: readonly PrometheusSample[]) => Number(samples[0]?.value[1] ?? Number.NaN);
const up = async (node: string) =>
  firstValue(await prometheus.query(`memcached_up{instance="${node}",job="memfleet"}`));

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "memfleet-metrics-"));
  const started = await Promise.all(MODES.map((mode) => startMemcached({ mode })));
  servers = Object.fromEntries(MODES.map((mode, n) => [mode, started[n]])) as Record<Mode, MemcachedServer>;
  for (const mode of MODES) {
    if (mode === "sasl") await fillSasl(servers[mode]);
    else await fill(servers[mode], mode === "plain" || mode === "unix" ? GETS_BEFORE : 100);
  }
  const stats = `STAT pid 7\r\nSTAT uptime 50\r\nSTAT time 1000\r\nSTAT version ${HOSTILE}\r\nSTAT curr_items 3\r\nEND\r\n`;
  const write = (text: string) => (socket: { write(text: string): unknown }) => void socket.write(text);
  hostile = await startFakeServer({
    version: write(`VERSION ${HOSTILE}\r\n`),
    stats: write(stats),
    "stats settings": write("STAT maxconns 9\r\nEND\r\n"),
    "stats items": write("END\r\n"),
    "stats slabs": write("END\r\n"),
  });
  downId = `127.0.0.1:${await freePort()}`;
  const address = (mode: Mode) => id(mode);
  const { credentials: sasl } = servers.sasl.endpoint;
  const { credentials: ascii } = servers.authfile.endpoint;
  const signIn = (of: typeof sasl) => ({ username: of?.username, password: of?.password });
  const hash = `sha256:${createHash("sha256").update(TOKEN).digest("hex")}`;
  const configuration = {
    poll: { interval: "1s", timeout: "900ms" },
    dataDir: join(directory, "data"),
    auth: { tokens: [{ name: "prometheus", hash, role: "viewer" }] },
    pools: [
      {
        name: "mixed",
        labels: { namespace: "shop", env: "production", "data-centre": "tyo1" },
        servers: [
          address("plain"),
          address("unix"),
          { address: address("sasl"), auth: { sasl: signIn(sasl) } },
          { address: address("authfile"), auth: { ascii: signIn(ascii) } },
          { address: address("tls"), tls: { ca: servers.tls.endpoint.tls?.ca } },
        ],
      },
      { name: "odd", servers: [downId, { address: hostile.endpoint.id, protocol: "text" }] },
    ],
  };
  writeFileSync(join(directory, "memfleet.yaml"), JSON.stringify(configuration));
  process.env.MEMFLEET_CONFIG = join(directory, "memfleet.yaml");
  runtime = await Runtime.start((error) => defects.push(error));
  setRuntime(runtime);
  routes = await serveRoutes({ "/metrics": getMetrics, "/scrape": getScrape, "/api/v1/sd": getTargets });
  const { port } = routes;
  // The type is needed for service discovery: without it Prometheus 2.42 sends the bare token there.
  const access = { authorization: { type: "Bearer", credentials_file: "memfleet-token" } };
  prometheus = await startPrometheus(
    {
      global: { scrape_interval: "1s", scrape_timeout: "1s" },
      scrape_configs: [
        {
          job_name: "memfleet",
          honor_labels: true,
          ...access,
          static_configs: [{ targets: [`127.0.0.1:${port}`] }],
        },
        {
          job_name: "memcached-discovered",
          metrics_path: "/scrape",
          honor_labels: true,
          ...access,
          http_sd_configs: [{ url: `${routes.url}/api/v1/sd`, refresh_interval: "1s", ...access }],
          relabel_configs: [
            { source_labels: ["__address__"], target_label: "__param_target" },
            { source_labels: ["__param_target"], target_label: "instance" },
            { target_label: "__address__", replacement: `127.0.0.1:${port}` },
          ],
        },
      ],
    },
    { "memfleet-token": TOKEN },
  );
  await until("every node was scraped twice", async () => {
    const upSeries = await prometheus.query('count_over_time(memcached_up{job="memfleet"}[1m]) >= 3');
    const others = await prometheus.query('memcached_up{job="memcached-discovered"}');
    return upSeries.length === MODES.length + 2 && others.length === MODES.length + 2;
  });
}, 180_000);

afterAll(async () => {
  await prometheus?.stop();
  await routes?.close();
  await runtime?.close();
  await hostile?.close();
  await Promise.all(Object.values(servers ?? {}).map((server) => server.stop()));
  delete process.env.MEMFLEET_CONFIG;
  rmSync(directory, { recursive: true, force: true });
  expect(defects).toEqual([]);
}, 60_000);

describe("the metrics of a mixed fleet in Prometheus", { timeout: 180_000 }, () => {
  it("has every node, its pool and whether it is up, equal in both ways", async () => {
    for (const job of ["memfleet", "memcached-discovered"]) {
      const states = await prometheus.query(`memcached_up{job="${job}"}`);
      const found = new Map(states.map(({ metric, value }) => [metric.instance, value[1]]));
      const expected = [...MODES.map(id), hostile.endpoint.id].map((node) => [node, "1"] as const);
      expect(found).toEqual(new Map([...expected, [downId, "0"] as const]));
    }
    const [info] = await prometheus.query(`memfleet_node_info{job="memfleet",instance="${id("unix")}"}`);
    expect(info?.metric).toMatchObject({
      namespace: "shop",
      pool: "mixed",
      env: "production",
      data_centre: "tyo1",
    });
    const [scraped] = await prometheus.query(
      `memcached_current_items{job="memcached-discovered",instance="${id("unix")}"}`,
    );
    expect(scraped?.metric).toMatchObject({ namespace: "shop", pool: "mixed", env: "production" });
    expect(scraped?.metric.exported_instance).toBeUndefined();
  });

  for (const mode of MODES) {
    it(`exports exactly the stats of the ${mode} node`, async () => {
      const before = expectedMetrics(await repliesOf(mode));
      const passed = before.get("memcached_uptime_seconds") ?? 0;
      const job = 'job="memfleet"';
      await until("a later sample", async () => {
        const uptime = await prometheus.query(`memcached_uptime_seconds{${job},instance="${id(mode)}"}`);
        return firstValue(uptime) > passed;
      });
      const samples = await prometheus.query(`{__name__=~"memcached_.+",${job},instance="${id(mode)}"}`);
      const after = expectedMetrics(await repliesOf(mode));
      const found = new Map(samples.map((sample) => [keyOf(sample), Number(sample.value[1])]));
      expect([...found.keys()].sort()).toEqual([...before.keys()].sort());
      expect(found.size).toBeGreaterThan(120);
      const wrong: string[] = [];
      for (const [key, value] of found) {
        const low = Math.min(before.get(key) ?? 0, after.get(key) ?? 0);
        const high = Math.max(before.get(key) ?? 0, after.get(key) ?? 0);
        // The reading client is a connection itself; ages are those of the latest read of the slab classes.
        const above = key.includes("current_connections") ? 5 : 0;
        const below = key.includes("age_seconds") ? 130 : above;
        if (value < low - below || value > high + above)
          wrong.push(`${key}: ${value}, node ${low} to ${high}`);
      }
      expect(wrong).toEqual([]);
    });
  }

  it("has every metric with the promised type", async () => {
    const metadata = await prometheus.api<Record<string, { type: string; help: string }[]>>("metadata");
    const families = [...NODE_FAMILIES, ...OWN_FAMILIES];
    const own = new Map(families.map(({ name, help }) => [name, help]));
    const promised = new Map(PROMISED_METRICS.map(({ name, type, help }) => [name, { type, help }]));
    const names = Object.keys(metadata).filter((name) => /^mem(cached|fleet)_/.test(name));
    expect(names.length).toBeGreaterThan(80);
    for (const name of names) {
      const [described] = metadata[name] ?? [];
      if (name.startsWith("memfleet_")) expect(described?.help).toBe(own.get(name));
      else
        expect([name, described?.type, described?.help]).toEqual([
          name,
          promised.get(name)?.type,
          promised.get(name)?.help,
        ]);
    }
  });

  it("matches on all labels where dashboards divide and add", async () => {
    const used = "memcached_current_connections / memcached_max_connections";
    expect((await prometheus.query(`count by (job) (${used})`)).map(({ value }) => value[1])).toEqual([
      String(MODES.length),
      String(MODES.length),
    ]);
    const cpu = "memcached_process_user_cpu_seconds_total + memcached_process_system_cpu_seconds_total";
    expect(await prometheus.query(cpu)).toHaveLength(2 * MODES.length);
  });

  it("answers every query of the dashboard, and has the values of its variables", async () => {
    const text = readFileSync(join(import.meta.dirname, "../../docs/prometheus/dashboard.json"), "utf8");
    const unquote = (quoted: string) => JSON.parse(quoted) as string;
    const expressions = [...text.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map((match) =>
      unquote(match[1] as string),
    );
    expect(expressions.length).toBeGreaterThan(40);
    const silent: string[] = [];
    for (const expression of expressions) {
      const filled = expression
        .replaceAll("$__rate_interval", "20s")
        .replace(/\$(pool|namespace|instance)\b/g, ".+");
      expect(filled).not.toContain("$");
      if ((await prometheus.query(filled)).length === 0) silent.push(expression);
    }
    // No restart, read or eviction happens at the moment.
    expect(silent.filter((one) => !/resets|> 0/.test(one))).toEqual([]);
    const variables = [...text.matchAll(/"query": ("label_values\((?:[^"\\]|\\.)*")/g)].map((match) =>
      unquote(match[1] as string),
    );
    expect(variables).toHaveLength(3);
    for (const variable of variables) {
      const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(variable) ?? [];
      const found = await prometheus.query((selector ?? "").replace(/\$\w+/g, ".+"));
      expect(found.every(({ metric }) => (metric[label ?? ""] ?? "") !== "")).toBe(true);
      expect(found.length).toBeGreaterThan(0);
    }
  });
});

describe("the responses themselves", { timeout: 180_000 }, () => {
  it("pass promtool, whatever a node calls its version", async () => {
    const reply = await fetch(`${routes.url}/metrics`, { headers: authorization });
    expect(reply.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await reply.text();
    expect(text).toContain('version="x\\" 1}\\\\n\\\\evil{a=\\"b\\\\"} 1\n');
    expect(
      (await prometheus.query(`memcached_version{job="memfleet",instance="${hostile.endpoint.id}"}`))[0]
        ?.metric,
    ).toMatchObject({
      version: HOSTILE,
    });
    const { code, output } = await promtool(["check", "metrics"], text);
    // 3: it could read everything, and would have chosen other names than those that dashboards know.
    expect([0, 3], output).toContain(code);
    const remarks = output
      .trim()
      .split("\n")
      .filter((line) => line !== "");
    const known = /should (?:have "_total" suffix|not have "_total" suffix)|use base unit|abbreviated/;
    expect(remarks.filter((line) => !known.test(line))).toEqual([]);
    expect(remarks.filter((line) => line.startsWith("memfleet_"))).toEqual([]);
  });

  it("are for authorised callers and configured nodes only", async () => {
    const status = async (path: string, headers: Record<string, string> = authorization) =>
      (await fetch(`${routes.url}${path}`, { headers })).status;
    const one = `/scrape?target=${encodeURIComponent(id("plain"))}`;
    expect(await Promise.all(["/metrics", one, "/api/v1/sd"].map((path) => status(path)))).toEqual([
      200, 200, 200,
    ]);
    expect(await Promise.all(["/metrics", one, "/api/v1/sd"].map((path) => status(path, {})))).toEqual([
      401, 401, 401,
    ]);
    const accepted = hostile.accepted;
    const foreignTargets = [
      "127.0.0.1:1",
      `${hostile.endpoint.id} `,
      `[::ffff:${downId}]`,
      "http://127.0.0.1/",
      "*",
    ];
    for (const target of foreignTargets) {
      expect(await status(`/scrape?target=${encodeURIComponent(target)}`), target).toBe(404);
    }
    expect(await status("/scrape")).toBe(400);
    expect(await status(`${one}&target=x`)).toBe(400);
    expect(hostile.accepted).toBe(accepted);
  });

  it("of one node are its lines of the complete output, and no others", async () => {
    const path = `/scrape?target=${encodeURIComponent(id("authfile"))}`;
    const text = await (await fetch(`${routes.url}${path}`, { headers: authorization })).text();
    const complete = await (await fetch(`${routes.url}/metrics`, { headers: authorization })).text();
    const mine = `{instance="${id("authfile")}"`;
    const names = (page: string) =>
      page
        .split("\n")
        .filter((line) => line.includes(mine))
        .map((line) => line.replace(/ [^ ]*$/, ""));
    expect(names(text)).toEqual(names(complete));
    expect(
      text.split("\n").filter((line) => line !== "" && !line.startsWith("#") && !line.includes(mine)),
    ).toEqual([]);
  });
});

describe("a node that dies and one that restarts", { timeout: 180_000 }, () => {
  it("go stale and start again, without a rate below zero or a spike", async () => {
    const fromSeconds = Date.now() / 1000;
    let gets = 0;
    let over = false;
    const traffic = (async () => {
      while (!over) {
        for (const mode of ["plain", "unix"] as const) {
          await rawText(servers[mode].endpoint, "get key-0\r\n").then(
            () => gets++,
            () => null,
          );
        }
        await sleep(100);
      }
    })();
    await until("some traffic", async () => gets > 20);
    await servers.plain.kill();
    await servers.unix.restart();
    await until("the dead node is down", async () => (await up(id("plain"))) === 0);
    await until("the restarted node is scraped", async () => {
      const restarts = `resets(memcached_uptime_seconds{job="memfleet",instance="${id("unix")}"}[1m])`;
      return firstValue(await prometheus.query(restarts)) === 1;
    });
    for (const job of ["memfleet", "memcached-discovered"]) {
      await until(`the dead node's values are stale in ${job}`, async () => {
        const left = await prometheus.query(
          `{__name__=~"memcached_.+",job="${job}",instance="${id("plain")}"}`,
        );
        return left.length === 1 && left[0]?.metric.__name__ === "memcached_up";
      });
    }
    expect(await up(id("unix"))).toBe(1);
    const later = gets + 20;
    await until("more traffic", async () => gets > later);
    over = true;
    await traffic;
    const windowSeconds = 10;
    const rates = await prometheus.range(
      `rate({__name__=~"memcached_commands_total|memcached_items_total|memcached_slab_commands_total"}[${windowSeconds}s])`,
      fromSeconds,
      Date.now() / 1000,
    );
    const values = rates.flatMap((series) => series.values.map(([, value]) => Number(value)));
    expect(values.length).toBeGreaterThan(200);
    expect(Math.min(...values)).toBe(0);
    expect(Math.max(...values)).toBeGreaterThan(0);
    // Prometheus extrapolates to the edges of its window: at most to twice what it saw.
    expect(Math.max(...values)).toBeLessThan((2 * gets) / windowSeconds);
    expect((2 * gets) / windowSeconds).toBeLessThan(GETS_BEFORE / 2 / windowSeconds);
  });
});
