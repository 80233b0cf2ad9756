import { describe, expect, it } from "vitest";
import { CLASS_COLUMNS } from "@/lib/metrics/prometheus/columns";
import { NODE_FAMILIES } from "@/lib/metrics/prometheus/node-families";
import { pages } from "@/lib/metrics/prometheus/text-format";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import { capture, statLines } from "@/tests/doubles/captures";
import { fleetNode, type ScriptedNode, scriptedNode } from "@/tests/doubles/scripted-node";
import { Collector } from "./collector";
import { NO_FACTS } from "./node-facts";
import { prometheusView } from "./prometheus-view";

const GROUPS = 3;

function collectorOf(count: number, prepare: (node: ScriptedNode) => void = () => {}) {
  let now = 0;
  const clients = new Map<string, ScriptedNode>();
  const clock = () => ({ monoMs: now, wallMs: 1_000_000 + now });
  const collector = new Collector({
    poll: { intervalMs: 1_000, timeoutMs: 200, connectTimeoutMs: 100, concurrency: 1_000 },
    history: { append: async () => {}, mark: async () => {} },
    connect: ({ id }) => {
      const client = scriptedNode(id);
      for (const group of ["settings", "items", "slabs"] as const) {
        client[group] = statLines(capture("1.6.18", `stats-${group}`).toString("latin1"));
      }
      prepare(client);
      clients.set(id, client);
      return client;
    },
    clock,
    onDefect: (error) => {
      throw error;
    },
  });
  const settle = async () => {
    for (let tick = 0; tick < 3; tick++) await new Promise((resolve) => setImmediate(resolve));
  };
  const groupReads = () => [...clients.values()].map((client) => client.groups);
  return {
    collector,
    settle,
    clock,
    groupReads,
    client: (id: string) => clients.get(id) as ScriptedNode,
    start: async () => {
      collector.setNodes(Array.from({ length: count }, (_, n) => fleetNode(`a:${n + 1}`)));
      await settle();
    },
    /** A second passes and every node is polled. */
    second: async () => {
      now += 1_000;
      for (const record of collector.all()) {
        const client = clients.get(record.node.id) as ScriptedNode;
        client.report = { ...client.report, uptime: 100 + now / 1000, time: 1_000 + now / 1000 };
        collector.pollNow(record.node.id);
      }
      await settle();
    },
  };
}

const SLAB_PAGES = CLASS_COLUMNS.slabs.get("total_pages") as number;

describe("the slower groups", () => {
  it("are all read at first contact, then at most once a minute", async () => {
    const { start, second, groupReads, collector } = collectorOf(1);
    await start();
    expect(groupReads()).toEqual([GROUPS]);
    const facts = collector.get("a:1")?.facts;
    expect(facts?.slabs.at(0, SLAB_PAGES)).toBeGreaterThan(0);
    for (let passed = 0; passed < 59; passed++) await second();
    expect(groupReads()).toEqual([GROUPS]);
    for (let passed = 0; passed < 62; passed++) await second();
    expect(groupReads()).toEqual([2 * GROUPS]);
    for (let passed = 0; passed < 600; passed++) await second();
    expect(groupReads()[0]).toBeLessThanOrEqual(12 * GROUPS);
    expect(groupReads()[0]).toBeGreaterThanOrEqual(11 * GROUPS);
  });

  it("are spread over the minute although all nodes were added at once", async () => {
    const { start, second, groupReads } = collectorOf(200);
    await start();
    const inOneSecond: number[] = [];
    const sum = () => groupReads().reduce((all, one) => all + one, 0);
    for (let passed = 0; passed < 120; passed++) {
      const before = sum();
      await second();
      inOneSecond.push(sum() - before);
    }
    expect(sum()).toBeGreaterThanOrEqual(2 * 200 * GROUPS);
    expect(Math.max(...inOneSecond)).toBeLessThan(200 * GROUPS * 0.25);
  });

  it("are read again at once after an action or a flush", async () => {
    const { start, second, groupReads, collector, client } = collectorOf(1);
    await start();
    const record = collector.get("a:1");
    if (record) record.factsMonoMs = Number.NEGATIVE_INFINITY;
    await second();
    expect(groupReads()).toEqual([2 * GROUPS]);
    client("a:1").report = { ...client("a:1").report, cmd_flush: 0 };
    await second();
    client("a:1").report = { ...client("a:1").report, cmd_flush: 1 };
    await second();
    expect(groupReads()).toEqual([3 * GROUPS]);
  });

  it("are dropped when the server process restarts", async () => {
    const { start, second, collector, client } = collectorOf(1);
    await start();
    await second();
    client("a:1").stats = async () => {
      throw new NodeError("a:1", "replyTimeout");
    };
    client("a:1").report = { ...client("a:1").report, pid: 2 };
    await second();
    expect(collector.get("a:1")?.facts).toBe(NO_FACTS);
    expect(collector.get("a:1")?.status).toBe("up");
  });

  it("do not affect the others when a node lacks a group", async () => {
    const { start, collector } = collectorOf(1, (node) => {
      const answer = node.stats.bind(node);
      node.stats = (group) =>
        group === "items" ? Promise.reject(new CapabilityError("no such group")) : answer(group);
    });
    await start();
    const facts = collector.get("a:1")?.facts;
    expect(facts?.maxconns).toBe(1_024);
    expect(facts?.items.classes).toEqual([]);
    expect(facts?.slabs.classes.length).toBeGreaterThan(0);
  });

  it("are no longer shown once reads have failed for minutes", async () => {
    const { start, second, collector, client, clock } = collectorOf(1);
    await start();
    client("a:1").stats = async () => {
      throw new NodeError("a:1", "replyTimeout");
    };
    const shown = () => {
      const record = collector.get("a:1");
      return record ? prometheusView(record, clock(), 1_000).classes.slabs.classes.length : 0;
    };
    for (let passed = 0; passed < 170; passed++) await second();
    expect(shown()).toBeGreaterThan(0);
    for (let passed = 0; passed < 20; passed++) await second();
    expect(shown()).toBe(0);
  });

  it("count polls and failures by reason", async () => {
    const { start, second, collector, client } = collectorOf(2);
    await start();
    client("a:1").failure = "connectionRefused";
    await second();
    await second();
    expect(collector.metrics.polls).toBe(6);
    const failed = [...collector.metrics.failures].filter(([, times]) => times > 0);
    expect(failed).toEqual([["connectionRefused", 2]]);
    expect(collector.metrics.failures.get("replyTimeout")).toBe(0);
  });
});

describe("stores without cas", () => {
  it("never fall as shown, unless the server was restarted or its counters reset", async () => {
    const { start, second, collector, client, clock } = collectorOf(1);
    await start();
    const shown = () => {
      const record = collector.get("a:1");
      const text = record ? [...pages(NODE_FAMILIES, [prometheusView(record, clock(), 1_000)])].join("") : "";
      return /command="set",status="hit"\} (\S+)/.exec(text)?.[1];
    };
    const counted = async (cmdSet: number, casHits: number, more: Record<string, number> = {}) => {
      const cas = { cas_hits: casHits, cas_misses: 0, cas_badval: 0 };
      client("a:1").report = { ...client("a:1").report, cmd_set: cmdSet, ...cas, ...more };
      await second();
      return shown();
    };
    expect(await counted(1_000, 0)).toBe("1000");
    // Asked between the two steps of a cas, and then after both.
    expect(await counted(1_501, 500)).toBe("1001");
    expect(await counted(1_501, 501)).toBe("1001");
    expect(await counted(1_504, 501)).toBe("1003");
    expect(await counted(3, 1)).toBe("2");
    expect(await counted(1, 0, { pid: 2 })).toBe("1");
  });
});
