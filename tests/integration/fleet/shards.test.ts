/**
 * A fleet of real nodes sharded over two Memfleet instances with one real engine: each polls its part, both show
 * the complete fleet.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isOwnNode } from "@/lib/config/shard";
import { Runtime } from "@/lib/server/runtime";
import type { Engine } from "../../servers/engine";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";
import { startPrometheusEngine } from "../../servers/prometheus-engine";
import { rawText } from "../../servers/raw-text";
import { startVictoriaMetrics } from "../../servers/victoria-metrics";

const directory = mkdtempSync(join(tmpdir(), "memfleet-shards-"));
const defects: unknown[] = [];
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function until<Found>(
  read: () => Found | Promise<Found>,
  good: (found: Found) => boolean,
): Promise<Found> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) {
    const found = await read();
    if (good(found)) return found;
  }
  throw new Error(`it did not come to that: ${JSON.stringify(await read()).slice(0, 2_000)}`);
}

/** Nodes of both shards: ports are random, so as many are started as it takes. */
async function startNodes(): Promise<{
  own: MemcachedServer;
  other: MemcachedServer;
  all: MemcachedServer[];
}> {
  const all: MemcachedServer[] = [];
  for (let tries = 0; tries < 20; tries++) {
    all.push(await startMemcached({ mode: "plain" }));
    const of = (index: number) => all.find(({ endpoint }) => isOwnNode(endpoint.id, { index, count: 2 }));
    const own = of(0);
    const other = of(1);
    if (own !== undefined && other !== undefined) return { own, other, all };
  }
  throw new Error("twenty nodes of one shard");
}

async function startShard(index: number, engine: Engine, nodes: readonly string[]): Promise<Runtime> {
  const file = join(directory, `shard-${index}.yaml`);
  writeFileSync(
    file,
    JSON.stringify({
      dataDir: join(directory, `data-${index}-${engine.url.slice(-5)}`),
      poll: { interval: "1s", timeout: "500ms", connectTimeout: "300ms" },
      shard: `${index}/2`,
      history: { engine: "prometheus", prometheus: { queryUrl: engine.url, writeUrl: engine.writeUrl } },
      pools: [{ name: "shared", servers: nodes }],
    }),
  );
  process.env.MEMFLEET_CONFIG = file;
  try {
    return await Runtime.start((error) => defects.push(error));
  } finally {
    delete process.env.MEMFLEET_CONFIG;
  }
}

describe.each([
  ["Prometheus", () => startPrometheusEngine()],
  ["VictoriaMetrics", () => startVictoriaMetrics()],
] as const)("two shards over %s", (_name, start) => {
  let engine: Engine;
  let nodes: Awaited<ReturnType<typeof startNodes>>;
  let first: Runtime;
  let second: Runtime;

  beforeAll(async () => {
    [engine, nodes] = await Promise.all([start(), startNodes()]);
    const ids = nodes.all.map(({ endpoint }) => endpoint.id);
    first = await startShard(0, engine, ids);
    second = await startShard(1, engine, ids);
  }, 120_000);
  afterAll(async () => {
    await first?.close();
    await second?.close();
    await engine?.stop();
    await Promise.all(nodes?.all.map((server) => server.stop()) ?? []);
    expect(defects).toEqual([]);
  }, 60_000);

  it("show every node, with the values of the process that polls it", async () => {
    const { own, other } = nodes;
    for (const server of [own, other])
      await rawText(server.endpoint, "set k 0 0 5\r\nhello\r\n", ["STORED\r\n"]);
    const id = other.endpoint.id;
    const node = await until(
      () => first.node(id),
      (found) => found?.status === "up" && found.currItems === 1 && found.setsPerSecond !== null,
    );
    expect(node).toMatchObject({
      elsewhere: true,
      statusReason: null,
      pool: "shared",
      limitMaxbytes: 67_108_864,
    });
    expect(node?.uptimeSeconds).toBeGreaterThanOrEqual(0);
    expect(second.node(id)).toMatchObject({ elsewhere: false, status: "up", currItems: 1 });
    expect(first.node(own.endpoint.id)).toMatchObject({ elsewhere: false, status: "up" });
    const { totals, notices } = first.fleet();
    expect(totals).toMatchObject({ nodes: nodes.all.length, up: nodes.all.length, currItems: 2 });
    expect(notices).toEqual([]);
  }, 90_000);

  it("poll every node once: none is polled by both", async () => {
    const connections = await Promise.all(
      nodes.all.map(async ({ endpoint }) => {
        const reply = await rawText(endpoint, "stats\r\n");
        return Number(/STAT curr_connections (\d+)/.exec(reply)?.[1]);
      }),
    );
    // The listener, which older servers count as well, the client of this test, and one Memfleet.
    for (const count of connections) expect(count).toBeLessThanOrEqual(3);
    const exposed = [first, second].flatMap((runtime) =>
      runtime.prometheusNodes().map(({ labels }) => labels),
    );
    expect(exposed).toHaveLength(nodes.all.length);
    expect(new Set(exposed).size).toBe(nodes.all.length);
  });

  it("have charts of every node", async () => {
    const series = await until(
      () =>
        first.series({
          metric: ["curr_items", "cmd_set"],
          from: "now-2m",
          to: "now",
          points: 60,
          aggregate: "none",
        }),
      ({ series: found }) => found.every(({ values }) => values.filter((value) => value !== null).length > 2),
    );
    expect(new Set(series.series.map(({ node }) => node)).size).toBe(nodes.all.length);
  }, 90_000);

  it("show a node as unknown when the process that polls it has stopped", async () => {
    const id = nodes.other.endpoint.id;
    await second.close();
    const node = await until(
      () => first.node(id),
      (found) => found?.status === "unknown",
    );
    expect(node).toMatchObject({ elsewhere: true, currItems: null, hitRatio: null });
    expect(node?.statusReason).toMatch(/Another process polls this node/);
    expect(first.node(nodes.own.endpoint.id)?.status).toBe("up");
  }, 90_000);

  it("continue without the engine, report it on every page, and stay ready", async () => {
    await engine.halt();
    const id = nodes.own.endpoint.id;
    const notices = await until(
      () => first.notices(),
      (found) => found.some(({ code }) => code === "historyDelayed"),
    );
    expect(notices.map(({ detail }) => detail).join()).toMatch(/connection refused/);
    expect(first.notReady()).toBeNull();
    await expect(first.series({ metric: ["curr_items"], node: [id] })).rejects.toMatchObject({
      name: "UnavailableError",
    });
    await rawText(nodes.own.endpoint, "set more 0 0 1\r\nx\r\n", ["STORED\r\n"]);
    const fresh = await until(
      () => first.node(id),
      (found) => found?.currItems === 2,
    );
    expect(fresh?.status).toBe("up");
    await engine.resume();
    await until(
      () => first.notices(),
      (found) => found.length === 0,
    );
  }, 120_000);
});
