import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attention, Fleet, Pool } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { applyDelta } from "./apply-delta";
import type { FleetDelta, FleetSummary } from "./delta";
import { FleetDeltaEncoder, rendersSame } from "./delta-encoder";
import { encodeNodes } from "./fleet-columns";

const viaJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function nodeOf(id: string, changes: Partial<Node> = {}): Node {
  return {
    id,
    pool: "main",
    labels: {},
    status: "up",
    statusReason: null,
    statusCode: null,
    statusSinceMs: 5,
    health: { state: "ok", cause: null },
    capabilities: ["stats"],
    lacking: {},
    protocol: "text",
    version: "1.6.18",
    pid: 1,
    uptimeSeconds: 90_000,
    atMs: 1_000,
    latencyMs: 0.4,
    auth: "none",
    tls: false,
    bytes: 1_234_567,
    limitMaxbytes: 2 ** 26,
    currConnections: 10,
    maxConnections: 100,
    currItems: 5,
    hitRatio: 0.9,
    getsPerSecond: 100,
    setsPerSecond: 10,
    evictionsPerSecond: 0,
    lastRestartMs: null,
    lastFlushMs: null,
    pendingFlushMs: null,
    findings: null,
    alerts: null,
    ...changes,
  } as Node;
}

function summaryOf(changes: Partial<FleetSummary> = {}): FleetSummary {
  const totals = { nodes: 0 } as FleetSummary["totals"];
  return {
    atMs: 100,
    pollIntervalMs: 1,
    configured: true,
    totals,
    pools: [],
    attention: [],
    notices: [],
    ...changes,
  };
}

const poolOf = (name: string, bytes: number) => ({ name, labels: {}, bytes }) as unknown as Pool;
const entryOf = (
  node: string,
  severity: Attention["severity"],
  figures: Attention["figures"] = {},
): Attention => ({
  node,
  pool: "main",
  kind: "evicts",
  sinceMs: null,
  severity,
  figures,
});

const fleetOf = (nodes: Node[], changes: Partial<Fleet> = {}): Fleet => ({
  ...summaryOf(),
  nodes,
  matched: nodes.length,
  nextCursor: null,
  ...changes,
});
const a = nodeOf("a:1");
const b = nodeOf("b:1");

describe("the fleet in the browser", () => {
  it("applies changed fields in place, and keeps the objects of the other nodes", () => {
    const fleet = fleetOf([a, b]);
    const changed = { ids: ["b:1"], fields: { bytes: { values: [7] }, status: { values: { all: "down" } } } };
    const next = applyDelta(fleet, { atMs: 200, changed });
    expect(next.nodes[0]).toBe(a);
    expect(next.nodes[1]).toEqual({ ...b, bytes: 7, status: "down" });
    expect(next.atMs).toBe(200);
    expect(next.pools).toBe(fleet.pools);
    expect(next.attention).toBe(fleet.attention);
  });

  it("sets a field on exactly its nodes", () => {
    const changed = { ids: ["a:1", "b:1"], fields: { bytes: { rows: [1], values: [7] } } };
    const { nodes } = applyDelta(fleetOf([a, b]), { atMs: 200, changed });
    expect(nodes.map(({ bytes }) => bytes)).toEqual([a.bytes, 7]);
  });

  it("ignores the older time of a late message", () => {
    expect(applyDelta(fleetOf([a]), { atMs: 50 }).atMs).toBe(100);
  });

  it("drops removed nodes, adds new ones at the end, and waits while it knows only the first", () => {
    const changes: FleetDelta = { atMs: 200, removed: ["a:1"], whole: encodeNodes([nodeOf("c:1")]) };
    expect(applyDelta(fleetOf([a, b]), changes).nodes.map(({ id }) => id)).toEqual(["b:1", "c:1"]);
    const partial = fleetOf([a, b], { nextCursor: "o2" });
    expect(applyDelta(partial, changes).nodes.map(({ id }) => id)).toEqual(["b:1"]);
  });
});

describe("what a reader receives", () => {
  it("is nothing while displayed values stay the same, and every changed field of a node that differs", () => {
    const alike = (changes: Partial<Node>) => rendersSame(a, nodeOf("a:1", changes));
    expect(alike({ atMs: 9_999, latencyMs: 3, uptimeSeconds: 90_010 })).toBe(true);
    // 1,234,567 is 1,235,000 in four digits, and so is 1,235,400; 1,234,400 is not.
    expect(alike({ bytes: 1_235_400 })).toBe(true);
    expect(alike({ bytes: 1_234_400 })).toBe(false);
    expect(alike({ hitRatio: 0.90004 })).toBe(true);
    expect(alike({ hitRatio: 0.901 })).toBe(false);
    expect(alike({ uptimeSeconds: 172_800 })).toBe(false);
    expect(alike({ currConnections: 11 })).toBe(false);
    expect(alike({ bytes: null })).toBe(false);
    expect(alike({ status: "down" })).toBe(false);
    expect(alike({ labels: {}, capabilities: ["stats"] })).toBe(true);
    expect(rendersSame(nodeOf("a:1", { hitRatio: 0.9999 }), nodeOf("a:1", { hitRatio: 1 }))).toBe(false);
    expect(rendersSame(nodeOf("a:1", { hitRatio: 0.0001 }), nodeOf("a:1", { hitRatio: 0 }))).toBe(false);
  });

  it("sums small steps to a difference, so that slow changes are not missed", () => {
    const sent = new FleetDeltaEncoder();
    sent.next(summaryOf(), [a], [], 0);
    let received = 0;
    for (let step = 1; step <= 100; step++) {
      if (sent.next(summaryOf(), [nodeOf("a:1", { bytes: 1_234_567 + step * 100 })], [], step)?.changed)
        received++;
    }
    // From 1,234,567 to 1,244,567: ten thousands are passed, each a step of the fourth digit.
    expect(received).toBe(10);
  });

  it("is a full node at first and once a minute, exact to the last digit", () => {
    const sent = new FleetDeltaEncoder();
    expect(sent.next(summaryOf(), [a], [], 0)?.whole?.count).toBe(1);
    const later = nodeOf("a:1", { atMs: 31_000, latencyMs: 7 });
    expect(sent.next(summaryOf(), [later], [], 59_999)).toBeNull();
    expect(sent.next(summaryOf(), [later], [], 60_000)?.whole?.columns.latencyMs).toEqual({ all: 7 });
  });

  it("is a full node when a field was added or removed", () => {
    const sent = new FleetDeltaEncoder();
    const more = { ...a, later: true } as Node;
    let fleet = fleetOf([]);
    for (const node of [a, more, a]) {
      const changes = sent.next(summaryOf(), [node], [], 0);
      if (changes !== null) fleet = applyDelta(fleet, viaJson(changes));
      expect(fleet.nodes).toStrictEqual([node]);
    }
  });

  it("has changed pools, and the order when pools are added or removed", () => {
    const sent = new FleetDeltaEncoder();
    const step = (fleet: Fleet, pools: Pool[]) => {
      const changes = sent.next(summaryOf({ pools }), [], [], 0);
      return changes === null ? fleet : applyDelta(fleet, viaJson(changes));
    };
    let fleet = fleetOf([]);
    for (const pools of [
      [poolOf("x", 1), poolOf("y", 2)],
      [poolOf("x", 1), poolOf("y", 3)],
      [poolOf("y", 3)],
      [poolOf("x", 1), poolOf("y", 3)],
      [],
    ]) {
      fleet = step(fleet, pools);
      expect(fleet.pools).toEqual(pools);
    }
  });

  it("gives the browser the same fleet, except for differences that are not displayed", () => {
    const figure = fc.option(fc.integer({ min: 0, max: 3_000_000 }));
    const poll = fc.record({
      status: fc.constantFrom("up" as const, "down" as const),
      bytes: figure,
      currConnections: figure,
      hitRatio: fc.option(fc.integer({ min: 0, max: 10_000 }).map((n) => n / 10_000)),
      version: fc.constantFrom("1.6.18", "1.6.21", null),
      labels: fc.constantFrom<Record<string, string>>({}, { env: "a" }),
    });
    const second = fc.record({
      polls: fc.dictionary(fc.constantFrom("a:1", "b:1", "c:1", "d:1"), poll),
      removedIds: fc.subarray(["a:1", "b:1"], { maxLength: 1 }),
      odd: fc.dictionary(fc.constantFrom("a:1", "b:1", "c:1"), fc.nat({ max: 9 })),
    });
    fc.assert(
      fc.property(fc.array(second, { maxLength: 12 }), (seconds) => {
        const sent = new FleetDeltaEncoder();
        const server = new Map<string, Node>();
        let fleet = fleetOf([]);
        seconds.forEach(({ polls, removedIds, odd }, atMs) => {
          const removed = removedIds.filter((id) => server.delete(id) || id === "");
          const touched = Object.entries(polls)
            .filter(([id]) => !removed.includes(id))
            .map(([id, changes]) => nodeOf(id, { ...changes, atMs }));
          for (const node of touched) server.set(node.id, node);
          const attention = Object.entries(odd)
            .map(([id, perSecond]) => entryOf(id, perSecond > 5 ? "warning" : "info", { perSecond }))
            .sort(
              (x, y) =>
                Number(y.severity === "warning") - Number(x.severity === "warning") ||
                (x.node < y.node ? -1 : 1),
            );
          const changes = sent.next(summaryOf({ atMs, attention }), touched, removed, atMs * 1_000);
          if (changes !== null) fleet = applyDelta(fleet, viaJson(changes));
          expect(fleet.nodes.map(({ id }) => id).sort()).toEqual([...server.keys()].sort());
          for (const node of fleet.nodes) expect(rendersSame(node, server.get(node.id) as Node)).toBe(true);
          expect(fleet.attention).toEqual(attention);
        });
      }),
    );
  });
});
