import { describe, expect, it, vi } from "vitest";
import type { SampleBatch } from "@/lib/history/contract";
import type { Marker } from "@/lib/model/series.schema";
import { fleetNode, type ScriptedNode, scriptedNode } from "@/tests/doubles/scripted-node";
import { Collector } from "./collector";

const POLL = { intervalMs: 1_000, timeoutMs: 200, connectTimeoutMs: 100, concurrency: 2 };

function collectorOf({
  concurrency = POLL.concurrency,
  prepare = () => {},
}: {
  concurrency?: number;
  prepare?: (node: ScriptedNode) => void;
} = {}) {
  let now = 0;
  const clients = new Map<string, ScriptedNode>();
  const sweeps: SampleBatch[] = [];
  const markers: Marker[] = [];
  const defects: unknown[] = [];
  const collector = new Collector({
    poll: { ...POLL, concurrency },
    history: {
      append: async (sweep) => void sweeps.push(sweep),
      mark: async (some) => void markers.push(...some),
    },
    connect: (endpoint) => {
      const client = scriptedNode(endpoint.id);
      prepare(client);
      clients.set(endpoint.id, client);
      return client;
    },
    clock: () => ({ monoMs: now, wallMs: 1_000_000 + now }),
    onDefect: (error) => defects.push(error),
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    collector,
    sweeps,
    markers,
    defects,
    settle,
    client: (id: string) => clients.get(id) as ScriptedNode,
    move: (ms: number) => {
      now += ms;
    },
    /** Asks everybody now, as the schedule would. */
    async round() {
      for (const record of collector.all()) collector.pollNow(record.node.id);
      await settle();
    },
  };
}

describe("the collector", () => {
  it("polls a new node at once and reports it up", async () => {
    const { collector, client, settle } = collectorOf();
    collector.setNodes([fleetNode("a:1")]);
    await settle();
    expect(client("a:1").polls).toBe(1);
    expect(collector.get("a:1")?.status).toBe("up");
  });

  it("never polls a node twice at once", async () => {
    const { collector, client, round, settle } = collectorOf();
    collector.setNodes([fleetNode("a:1")]);
    await settle();
    let release = () => {};
    client("a:1").hold = new Promise((resolve) => {
      release = resolve;
    });
    await round();
    await round();
    await round();
    expect(client("a:1").running).toBe(1);
    release();
    await settle();
    expect(client("a:1").mostRunning).toBe(1);
  });

  it("does not let nodes that hang delay those that answer", async () => {
    const { collector, client, round, settle } = collectorOf();
    const names = ["dead:1", "dead:2", "dead:3", "good:1"];
    collector.setNodes(names.map((id) => fleetNode(id)));
    await settle();
    for (const id of names.slice(0, 3)) client(id).failure = "replyTimeout";
    await round();
    await round();
    for (const id of names.slice(0, 3)) client(id).hold = new Promise(() => {});
    const before = client("good:1").polls;
    await round();
    await round();
    expect(client("good:1").polls).toBe(before + 2);
  });

  it("polls the live nodes of a new fleet although the dead ones before them never respond", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      const { collector, client, defects } = collectorOf({
        concurrency: 32,
        prepare: (node) => {
          if (node.id.startsWith("dead")) node.hold = new Promise(() => {});
        },
      });
      const dead = Array.from({ length: 90 }, (_, n) => `dead${n}:1`);
      const living = Array.from({ length: 210 }, (_, n) => `living${n}:1`);
      collector.setNodes([...dead, ...living].map((id) => fleetNode(id)));
      await vi.advanceTimersByTimeAsync(3_000);
      expect(living.filter((id) => collector.get(id)?.status !== "up")).toEqual([]);
      for (const id of dead) expect([client(id).polls, client(id).mostRunning]).toEqual([1, 1]);
      for (const id of living) collector.pollNow(id);
      await vi.advanceTimersByTimeAsync(1);
      expect(new Set(living.map((id) => client(id).polls))).toEqual(new Set([2]));
      expect(defects).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("reads the slower groups of a new fleet after every node was polled once", async () => {
    const { collector, client, round, settle } = collectorOf();
    const names = Array.from({ length: 50 }, (_, n) => `a:${n}`);
    collector.setNodes(names.map((id) => fleetNode(id)));
    await settle();
    expect(names.map((id) => client(id).polls)).toEqual(names.map(() => 1));
    expect(names.filter((id) => client(id).groups > 0).length).toBeLessThanOrEqual(POLL.concurrency);
    await round();
    expect(names.filter((id) => client(id).groups === 0)).toEqual([]);
  });

  it("tries a refused sign-in once a minute, not at every poll", async () => {
    const { collector, client, round, move, settle } = collectorOf();
    collector.setNodes([fleetNode("a:1")]);
    await settle();
    client("a:1").failure = "saslRefused";
    await round();
    const tried = client("a:1").polls;
    for (let second = 0; second < 50; second++) {
      move(1_000);
      await round();
    }
    expect(client("a:1").polls).toBe(tried);
    client("a:1").failure = null;
    for (let second = 0; second < 11; second++) {
      move(1_000);
      await round();
    }
    expect(collector.get("a:1")?.status).toBe("up");
  });

  it("does not call a node slow when this process was blocked", async () => {
    const { collector, client, round, move, settle } = collectorOf();
    collector.setNodes([fleetNode("a:1")]);
    await settle();
    const node = client("a:1");
    let release = () => {};
    node.hold = new Promise((resolve) => {
      release = resolve;
    });
    node.failure = "replyTimeout";
    await round();
    move(3_000);
    node.onSettled = () => {
      node.failure = null;
    };
    release();
    await settle();
    expect(node.polls).toBe(3);
    expect(collector.get("a:1")?.status).toBe("up");
  });

  it("ignores a node's timeout while this process is late, but not indefinitely", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { collector, client, move } = collectorOf();
    try {
      collector.setNodes([fleetNode("a:1")]);
      collector.start();
      await vi.advanceTimersByTimeAsync(1);
      const status = () => collector.get("a:1")?.status;
      expect(status()).toBe("up");
      client("a:1").failure = "replyTimeout";
      // Every tick of the schedule is another 400 ms late.
      const late = async () => {
        let release = () => {};
        client("a:1").hold = new Promise((resolve) => {
          release = resolve;
        });
        collector.pollNow("a:1");
        move(400);
        await vi.advanceTimersByTimeAsync(100);
        release();
        await vi.advanceTimersByTimeAsync(0);
      };
      const before = client("a:1").polls;
      await late();
      expect(client("a:1").polls).toBeGreaterThan(before);
      expect(status()).toBe("up");
      for (let n = 0; n < 10; n++) await late();
      expect(status()).toBe("timeout");
      client("a:1").failure = null;
      await late();
      expect(status()).toBe("up");
    } finally {
      collector.close();
      vi.useRealTimers();
    }
  });

  it("keeps the connection and state of nodes that a new configuration does not change", async () => {
    const { collector, client, settle } = collectorOf();
    collector.setNodes([fleetNode("a:1"), fleetNode("b:1")]);
    await settle();
    const unchanged = client("a:1");
    const removed = client("b:1");
    collector.setNodes([fleetNode("a:1"), fleetNode("c:1")]);
    await settle();
    expect(client("a:1")).toBe(unchanged);
    expect(removed.closed).toBe(true);
    expect([...collector.all()].map((record) => record.node.id)).toEqual(["a:1", "c:1"]);
  });

  it("writes one sweep per interval on the interval's grid, and none when nothing was sampled", async () => {
    const { collector, sweeps, move, round, settle } = collectorOf();
    collector.setNodes([fleetNode("a:1"), fleetNode("b:1")]);
    await settle();
    move(1_234);
    await round();
    await collector.appendSamples();
    await collector.appendSamples();
    expect(sweeps).toHaveLength(1);
    expect(sweeps[0]?.atMs).toBe(1_001_000);
    expect(sweeps[0]?.entries.map((entry) => entry.node)).toEqual(["a:1", "b:1"]);
  });

  it("reports markers to the history and changes to its listeners", async () => {
    const { collector, client, markers, round, settle, defects } = collectorOf();
    const changed: string[] = [];
    collector.onChange((change) => changed.push(...change.changed));
    collector.setNodes([fleetNode("a:1")]);
    await settle();
    client("a:1").failure = "connectionRefused";
    await round();
    expect(markers.map((marker) => marker.kind)).toEqual(["down"]);
    expect(changed).toEqual(["a:1", "a:1", "a:1"]);
    expect(defects).toEqual([]);
  });

  it("notifies its listeners of a node that changed in another process, and of no other", async () => {
    const { collector, settle } = collectorOf();
    collector.setNodes([fleetNode("a:1"), fleetNode("b:1")]);
    await settle();
    const changed: string[][] = [];
    collector.onChange((change) => changed.push([...change.changed]));
    collector.notifyChanged(["b:1", "gone:1"]);
    collector.notifyChanged(["gone:1"]);
    expect(changed).toEqual([["b:1"]]);
  });
});
