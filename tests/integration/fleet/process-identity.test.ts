/** Which server process a node leads to: containers whose pid is always 1, and processes with several addresses. */
import { afterEach, describe, expect, it } from "vitest";
import { Collector } from "@/lib/collector/collector";
import { FleetView } from "@/lib/collector/fleet-view";
import type { FleetNode } from "@/lib/config/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import type { Marker } from "@/lib/model/series.schema";
import { freePort } from "@/tests/servers/free-port";
import { independentStats } from "@/tests/servers/independent-stats";
import {
  hasContainers,
  type MemcachedOptions,
  type MemcachedServer,
  startMemcached,
} from "@/tests/servers/memcached";

const POLL = { intervalMs: 400, timeoutMs: 3_000, connectTimeoutMs: 2_000, concurrency: 8 };
const clock = () => ({ monoMs: performance.now(), wallMs: Date.now() });
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function started(options: Partial<MemcachedOptions>): Promise<MemcachedServer> {
  const server = await startMemcached({ mode: "plain", ...options });
  closing.push(() => server.stop());
  return server;
}

function nodeAt(host: string, port: number, pool = "main"): FleetNode {
  const id = `${host}:${port}`;
  const address = { kind: "tcp", host, port } as const;
  return {
    id,
    pool,
    labels: {},
    endpoint: { id, address, protocol: "auto", credentials: null, tls: null },
  };
}

function portOf({ endpoint }: MemcachedServer): number {
  return endpoint.address.kind === "tcp" ? endpoint.address.port : 0;
}

function watch(nodes: readonly FleetNode[]) {
  const markers: Marker[] = [];
  const collector = new Collector({
    poll: POLL,
    history: { append: async () => {}, mark: async (some) => void markers.push(...some) },
    connect: createNodeClient,
    clock,
    onDefect: (error) => {
      throw error;
    },
  });
  closing.push(() => collector.close());
  const view = new FleetView(collector, clock);
  collector.setNodes(nodes);
  collector.start();
  const totals = () => view.fleet({}, { pollIntervalMs: POLL.intervalMs, notices: [] });
  return { collector, view, markers, totals };
}

describe("one process under several addresses", () => {
  it("is recognized, and counted once in totals, also in two pools", async () => {
    const second = await freePort();
    const shared = await started({ args: ["-l", `127.0.0.1:${second}`] });
    const other = await started({});
    const ports = [portOf(shared), second, portOf(other)] as const;
    const { view, collector, totals } = watch([
      nodeAt("127.0.0.1", ports[0], "a"),
      nodeAt("127.0.0.1", ports[1], "b"),
      nodeAt("localhost", ports[0], "b"),
      nodeAt("127.0.0.1", ports[2], "b"),
    ]);
    const names = [`127.0.0.1:${ports[0]}`, `127.0.0.1:${ports[1]}`, `localhost:${ports[0]}`];
    await expect.poll(() => view.node(names[0] as string)?.sameProcessAs?.length).toBe(2);
    await expect.poll(() => view.node(names[2] as string)?.sameProcessAs).toEqual(names.slice(0, 2).sort());
    expect(view.node(`127.0.0.1:${ports[2]}`)?.sameProcessAs).toBeUndefined();
    const limit = Number((await independentStats(shared.endpoint, "text")).get("limit_maxbytes"));
    const { totals: sums, pools } = totals();
    expect(sums).toMatchObject({ nodes: 4, up: 4, limitMaxbytes: 2 * limit });
    expect(pools.map((pool) => [pool.name, pool.nodes, pool.limitMaxbytes])).toEqual([
      ["a", 1, limit],
      ["b", 3, 2 * limit],
    ]);
    collector.setNodes([nodeAt("127.0.0.1", ports[0], "a")]);
    await expect.poll(() => view.node(names[0] as string)?.sameProcessAs).toBeUndefined();
  });
});

describe.skipIf(!hasContainers())("containers, where the pid is always 1", () => {
  it("are different processes although they started at the same time and do the same", async () => {
    const servers = await Promise.all([1, 2, 3, 4].map(() => started({ container: true })));
    const { collector, view, totals } = watch(servers.map((server) => nodeAt("127.0.0.1", portOf(server))));
    const metrics = collector.metrics;
    const clients = servers.map((server) => createNodeClient(server.endpoint, POLL));
    closing.push(() => {
      for (const client of clients) client.close();
    });
    const sessions = await Promise.all(clients.map((client) => client.openSession()));
    // Replicas that get the same writes at the same time count the same.
    const write = () => Promise.all(sessions.map((session) => session.set("k", Buffer.alloc(1_000), 0)));
    const writing = setInterval(() => void write().catch(() => undefined), 5);
    closing.push(() => clearInterval(writing));
    await expect.poll(() => metrics.polls).toBeGreaterThan(4 * 10);
    const nodes = view.nodes();
    expect(nodes.map(({ pid }) => pid)).toEqual([1, 1, 1, 1]);
    expect(nodes.map(({ sameProcessAs }) => sameProcessAs)).toEqual(nodes.map(() => undefined));
    expect(totals().totals.limitMaxbytes).toBe(4 * 64 * 1024 * 1024);
  });

  it("are marked as restarted, with the time of the start, and no reset", async () => {
    const server = await started({ container: true });
    const node = nodeAt("127.0.0.1", portOf(server));
    const { collector, markers, view } = watch([node]);
    await expect.poll(() => view.node(node.id)?.uptimeSeconds ?? 0).toBeGreaterThan(3);
    collector.get(node.id)?.flushes.remember({ latest: null, effective: FLUSHED });
    const restartedMs = Date.now();
    await server.restart();
    await expect.poll(() => markers.map(({ kind }) => kind)).toContain("restart");
    expect(markers.map(({ kind }) => kind)).not.toContain("reset");
    const view2 = view.node(node.id);
    expect(view2?.pid).toBe(1);
    expect(Math.abs((view2?.lastRestartMs ?? 0) - restartedMs)).toBeLessThan(3_000);
    expect(collector.get(node.id)?.flushes.effective).toBeNull();
  });

  it("are marked as restarted at each start of a crash loop", async () => {
    const server = await started({ container: true });
    const node = nodeAt("127.0.0.1", portOf(server));
    const { collector, markers } = watch([]);
    collector.setNodes([node]);
    const restarts = () => markers.filter(({ kind }) => kind === "restart").length;
    for (let count = 1; count <= 2; count++) {
      await expect.poll(() => collector.get(node.id)?.sample()[1] ?? 0).toBeGreaterThan(2);
      await server.restart();
      await expect.poll(restarts).toBe(count);
    }
    expect(markers.map(({ kind }) => kind)).not.toContain("reset");
  });
});

const FLUSHED = { ours: true, actor: "dana", actionId: "7" };
