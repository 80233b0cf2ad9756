/** Three hundred nodes, a third of them dead: real servers, addresses where nothing listens, and silent ones. */
import { afterEach, describe, expect, it } from "vitest";
import { FleetServers, type Part, partOf } from "@/bench/fleet/servers";
import { Collector } from "@/lib/collector/collector";
import type { FleetNode } from "@/lib/config/contract";
import type { SampleBatch } from "@/lib/history/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import type { Marker } from "@/lib/model/series.schema";
import { freePort } from "@/tests/servers/free-port";
import { independentStats } from "@/tests/servers/independent-stats";

const NODES = 300;
const LIVING: readonly Part[] = ["steady", "restarting"];
const POLL = { intervalMs: 1_000, timeoutMs: 2_000, connectTimeoutMs: 1_000, concurrency: 20 };

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function nodeAt(id: string): FleetNode {
  const [host = "", port] = id.split(":");
  const address = { kind: "tcp", host, port: Number(port) } as const;
  const endpoint = { id, address, protocol: "auto", credentials: null, tls: null } as const;
  return { id, pool: "main", labels: {}, endpoint };
}

const countOf = (resource: string) =>
  process.getActiveResourcesInfo().filter((name) => name === resource).length;

async function startFleet() {
  const ports = { answering: await freePort(), silent: await freePort() };
  const servers = new FleetServers({ nodes: NODES, dead: 0.3, flapping: 0, ports });
  endings.push(() => servers.stop());
  await servers.start();
  const before = { sockets: countOf("TCPSocketWrap"), timers: countOf("Timeout") };
  const sweeps: SampleBatch[] = [];
  const markers: Marker[] = [];
  const collector = new Collector({
    poll: POLL,
    history: {
      append: async (sweep) => void sweeps.push(sweep),
      mark: async (some) => void markers.push(...some),
    },
    connect: createNodeClient,
    clock: () => ({ monoMs: performance.now(), wallMs: Date.now() }),
    onDefect: (error) => {
      throw error;
    },
  });
  endings.push(() => collector.close());
  /** Per node, the number of finished polls and every reported status. */
  const reported = new Map<string, string[]>();
  const sampledMs = new Map<string, number | undefined>();
  collector.onChange(({ changed }) => {
    for (const id of changed) {
      const record = collector.get(id);
      const status = record?.status ?? "unknown";
      // A node also changes when another one turns out to be its process.
      const isPoll = status !== "up" || sampledMs.get(id) !== record?.sampledMonoMs;
      if (status === "up") sampledMs.set(id, record?.sampledMonoMs);
      if (status !== "unknown" && isPoll) reported.set(id, [...(reported.get(id) ?? []), status]);
    }
  });
  // Dead nodes come first: polling in this order alone would wait for them.
  const { refused, silent, steady, restarting } = servers.addresses;
  const ids = [...silent, ...refused, ...steady, ...restarting];
  const live = ids.filter((id) => LIVING.includes(partOf(id)));
  collector.setNodes(ids.map(nodeAt));
  collector.start();
  const times = (id: string) => reported.get(id)?.length ?? 0;
  const everyLiveNode = (count: number) => until(() => live.every((id) => times(id) >= count));
  return { servers, collector, sweeps, markers, reported, live, times, everyLiveNode, before };
}

describe("a fleet of 300 nodes with 30 % of them dead", { timeout: 120_000 }, () => {
  it("shows which nodes are down and why, and never a live one", async () => {
    const { collector, servers, reported, live, markers, sweeps, everyLiveNode } = await startFleet();
    await everyLiveNode(4);
    const { refused, silent } = servers.addresses;
    await until(() => [...refused, ...silent].every((id) => reported.has(id)));

    expect(live).toHaveLength(210);
    expect(live.flatMap((id) => (reported.get(id) ?? []).filter((status) => status !== "up"))).toEqual([]);
    const reasons = (ids: readonly string[]) => [...new Set(ids.map((id) => collector.get(id)?.reason))];
    expect(reasons(refused)).toEqual(["connectionRefused"]);
    expect(reasons(silent)).toEqual(["connectTimeout"]);
    expect(markers).toEqual([]);
    const swept = new Set(sweeps.flatMap(({ entries }) => entries.map(({ node }) => node)));
    expect([...swept].sort()).toEqual([...live].sort());
  });

  it("polls live nodes while dead ones use up their timeouts", async () => {
    const { servers, live, times, everyLiveNode } = await startFleet();
    const { silent } = servers.addresses;
    await everyLiveNode(5);
    const most = Math.max(...live.map(times));
    expect(Math.min(...live.map(times))).toBeGreaterThanOrEqual(most - 2);
    // A silent node takes a full interval and is polled every second one.
    expect(Math.max(...silent.map(times))).toBeLessThan(most);
  });

  it("keeps one connection to each live node, and closes all of them", async () => {
    const { collector, live, everyLiveNode, before } = await startFleet();
    const polled = nodeAt(live[0] as string).endpoint;
    const connectionCounts = async () => {
      const stats = await independentStats(polled, "text");
      return {
        connections: Number(stats.get("curr_connections")),
        ever: Number(stats.get("total_connections")),
        sockets: countOf("TCPSocketWrap"),
        timers: countOf("Timeout"),
      };
    };
    await everyLiveNode(3);
    const early = await connectionCounts();
    await everyLiveNode(8);
    const late = await connectionCounts();

    // Of all nodes behind one process; this read itself is the new connection.
    expect(late.connections).toBe(early.connections);
    expect(late.ever).toBe(early.ever + 1);
    // At most one socket per node, and for each pending poll the timers of the request and of connecting.
    for (const { sockets, timers } of [early, late]) {
      expect(sockets - before.sockets).toBeGreaterThanOrEqual(live.length);
      expect(sockets - before.sockets).toBeLessThanOrEqual(NODES);
      expect(timers - before.timers).toBeLessThanOrEqual(2 * (NODES - live.length) + 10);
    }
    collector.close();
    await until(() => countOf("TCPSocketWrap") <= before.sockets && countOf("Timeout") <= before.timers + 1);
  });
});
