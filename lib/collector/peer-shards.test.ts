import { expect, it } from "vitest";
import { UnavailableError } from "@/lib/model/errors";
import { fleetNode, scriptedNode } from "@/tests/doubles/scripted-node";
import { sweepOf } from "@/tests/history/contract-suite";
import { Collector } from "./collector";
import { FleetView } from "./fleet-view";
import { PeerShardReader, type SharedHistory } from "./peer-shards";

const INTERVAL_MS = 10_000;
const START = Date.UTC(2026, 0, 5, 10);

function shared() {
  let passed = 0;
  let answer: SharedHistory["sampleBatches"] = async () => [];
  const queries: Parameters<SharedHistory["sampleBatches"]>[0][] = [];
  const polled: string[] = [];
  const clock = () => ({ monoMs: passed, wallMs: START + passed });
  const collector = new Collector({
    poll: { intervalMs: INTERVAL_MS, timeoutMs: 200, connectTimeoutMs: 100, concurrency: 2 },
    history: { append: async () => {}, mark: async () => {} },
    connect: (endpoint) => {
      const node = scriptedNode(endpoint.id);
      const poll = node.poll.bind(node);
      node.poll = (into) => {
        polled.push(endpoint.id);
        return poll(into);
      };
      return node;
    },
    clock,
    isOwn: (id) => id === "own:1",
    onDefect: (error) => {
      throw error;
    },
  });
  const peerReader = new PeerShardReader({
    history: {
      sampleBatches: (query) => {
        queries.push(query);
        return answer(query);
      },
    },
    clock,
    intervalMs: () => INTERVAL_MS,
    records: () => collector.polledByPeers(),
    onChange: (nodes) => collector.notifyChanged(nodes),
    onDefect: (error) => {
      throw error;
    },
  });
  const view = new FleetView(collector, clock);
  return {
    collector,
    peerReader,
    view,
    queries,
    polled,
    pass: (ms: number) => {
      passed += ms;
    },
    /** Replaces the history's replies from now on. */
    setReply: (next: SharedHistory["sampleBatches"]) => {
      answer = next;
    },
  };
}

const sweep = (secondsAgo: number, at: number, values: Record<string, number>) =>
  sweepOf({
    atMs: START + at - secondsAgo * 1_000,
    nodes: new Map([["other:1", { elapsedSeconds: 10, values }]]),
  });

it("polls only its own nodes, and shows what other processes have written of theirs", async () => {
  const { collector, peerReader, view, polled, queries, setReply } = shared();
  collector.setNodes([fleetNode("own:1"), fleetNode("other:1")]);
  const changes: string[] = [];
  collector.onChange(({ changed }) => changes.push(...changed));
  setReply(async () => [
    sweep(20, 0, { get_hits: 90, get_misses: 10, cmd_get: 100, bytes: 5, uptime: 70 }),
    sweep(10, 0, { get_hits: 80, get_misses: 20, cmd_get: 100, bytes: 7, uptime: 80 }),
  ]);
  await peerReader.readOnce();
  expect(new Set(polled)).toEqual(new Set(["own:1"]));
  expect(queries[0]?.nodes).toEqual(["other:1"]);
  expect(changes).toContain("other:1");
  expect(view.node("other:1")).toMatchObject({
    status: "up",
    elsewhere: true,
    bytes: 7,
    uptimeSeconds: 80,
    atMs: START - 10_000,
    hitRatio: 0.85,
    getsPerSecond: 10,
    currItems: null,
  });
  expect(collector.own().map(({ node }) => node.id)).toEqual(["own:1"]);
  collector.close();
});

it("counts a sweep once, however often it is read", async () => {
  const { collector, peerReader, view, setReply } = shared();
  collector.setNodes([fleetNode("other:1")]);
  setReply(async () => [sweep(10, 0, { cmd_get: 100, get_hits: 100, get_misses: 0 })]);
  await peerReader.readOnce();
  await peerReader.readOnce();
  expect(collector.get("other:1")?.recent.lastMinute(0).sum("cmd_get")).toBe(100);
  expect(view.node("other:1")?.getsPerSecond).toBe(10);
  collector.close();
});

it("treats a node as unknown after three intervals without data, and recovers later", async () => {
  const { collector, peerReader, view, pass, setReply } = shared();
  collector.setNodes([fleetNode("other:1")]);
  setReply(async () => [sweep(0, 0, { bytes: 7 })]);
  await peerReader.readOnce();
  setReply(async () => {
    throw new UnavailableError("away");
  });
  pass(3 * INTERVAL_MS);
  await peerReader.readOnce();
  expect(view.node("other:1")).toMatchObject({ status: "up", bytes: 7 });
  pass(1);
  await peerReader.readOnce();
  expect(view.node("other:1")).toMatchObject({ status: "unknown", bytes: null });
  setReply(async () => [sweep(0, 3 * INTERVAL_MS, { bytes: 9 })]);
  await peerReader.readOnce();
  expect(view.node("other:1")).toMatchObject({ status: "up", bytes: 9 });
  collector.close();
});

it("reports a defect", async () => {
  const { collector, peerReader, setReply } = shared();
  collector.setNodes([fleetNode("other:1")]);
  setReply(async () => {
    throw new TypeError("not a sweep");
  });
  await expect(peerReader.readOnce()).rejects.toThrow(TypeError);
  collector.close();
});

it("never polls a node of another shard, not even on demand", async () => {
  const { collector, polled } = shared();
  collector.setNodes([fleetNode("other:1")]);
  collector.pollNow("other:1");
  expect(polled).toEqual([]);
  collector.setNodes([fleetNode("own:1")]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(polled).toEqual(["own:1"]);
  collector.close();
});
