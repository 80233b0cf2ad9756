import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import type { Node } from "@/lib/model/node/node.schema";
import { plainNode } from "@/tests/doubles/plain-node";
import { attentionOfNode, type ObservedNode, worstFirst } from "./attention";
import { RecentCounters } from "./recent";

const attentionOf = (observed: readonly ObservedNode[]) => worstFirst(observed.flatMap(attentionOfNode));

function sums(counters: Record<string, number>, seconds = 60) {
  const recent = new RecentCounters();
  const values = emptyValues();
  for (const name of [
    "get_hits",
    "get_misses",
    "evictions",
    "evicted_unfetched",
    "listen_disabled_num",
    "store_no_memory",
    "store_too_large",
  ]) {
    values[requiredSlot(name)] = counters[name] ?? 0;
  }
  recent.add(60_000, values, seconds);
  return recent.lastMinute(60_000);
}

function observedNode(node: Partial<Node>, more: Partial<ObservedNode> = {}): ObservedNode {
  return {
    node: plainNode(node),
    lastMinute: sums({}),
    hourBefore: sums({}),
    hitRatioFellMs: null,
    evictedAgeSeconds: null,
    ...more,
  };
}

const kinds = (...observed: ObservedNode[]) =>
  attentionOf(observed).map((entry) => `${entry.severity} ${entry.kind}`);

describe("what needs attention", () => {
  it("is empty for a healthy node and for one that was not polled yet", () => {
    expect(kinds(observedNode({}), observedNode({ status: "unknown" }))).toEqual([]);
  });

  it("has critical findings, whether or not the node responds now", () => {
    const found = (critical: number) => ({ critical, warning: 2, info: 1 });
    const [entry] = attentionOf([observedNode({ findings: found(3) })]);
    expect(entry).toMatchObject({ kind: "exposed", severity: "critical", figures: { times: 3 } });
    expect(kinds(observedNode({ findings: found(0) }), observedNode({ findings: null }))).toEqual([]);
    expect(kinds(observedNode({ status: "down", findings: found(1) }))).toEqual([
      "critical status",
      "critical exposed",
    ]);
  });

  it("reports how many hits per second the clients of a dead node lose", () => {
    const [entry] = attentionOf([observedNode({ status: "down" }, { hourBefore: sums({ get_hits: 600 }) })]);
    expect(entry).toMatchObject({ kind: "status", severity: "critical", figures: { hitsPerSecond: 10 } });
  });

  it("detects a hit ratio that fell by ten points over enough gets, with before and now", () => {
    const fell = observedNode(
      {},
      {
        hourBefore: sums({ get_hits: 900, get_misses: 100 }),
        lastMinute: sums({ get_hits: 70, get_misses: 30 }),
        hitRatioFellMs: 42,
      },
    );
    expect(attentionOf([fell])).toMatchObject([
      { kind: "hitRatioFell", sinceMs: 42, figures: { before: 0.9, now: 0.7 } },
    ]);
  });

  it("does not judge a hit ratio by a handful of gets", () => {
    const few = {
      hourBefore: sums({ get_hits: 900, get_misses: 100 }),
      lastMinute: sums({ get_hits: 1, get_misses: 9 }),
    };
    expect(kinds(observedNode({}, few))).toEqual([]);
  });

  it("distinguishes evictions of items used within the hour from those of old ones, and stays neutral on unknown age", () => {
    const evicting = sums({ evictions: 600 });
    expect(kinds(observedNode({}, { lastMinute: evicting, evictedAgeSeconds: 230 }))).toEqual([
      "warning evictsYoung",
    ]);
    expect(kinds(observedNode({}, { lastMinute: evicting, evictedAgeSeconds: 90_000 }))).toEqual([
      "info evicts",
    ]);
    expect(kinds(observedNode({}, { lastMinute: evicting }))).toEqual(["info evicts"]);
  });

  it("warns at nine tenths of the connection limit, and never without a known limit", () => {
    expect(kinds(observedNode({ currConnections: 922, maxConnections: 1_024 }))).toEqual([
      "warning connectionsNearLimit",
    ]);
    expect(kinds(observedNode({ currConnections: 900, maxConnections: 1_024 }))).toEqual([]);
    expect(kinds(observedNode({ currConnections: 5_000, maxConnections: null }))).toEqual([]);
  });

  const orderOf = (ids: readonly string[]) =>
    attentionOf(ids.map((id) => observedNode({ id, status: "down" }))).map(({ node }) => node);

  it("names nodes in the order of the numbers in their names", () => {
    const address = fc.tuple(fc.ipV4(), fc.nat(65_535)).map(([ip, port]) => `${ip}:${port}`);
    const numeric = new Intl.Collator("en", { numeric: true });
    fc.assert(
      fc.property(fc.uniqueArray(address), (ids) => {
        expect(orderOf(ids)).toEqual([...ids].sort(numeric.compare));
      }),
    );
  });

  it("names nodes in one order, whatever their names and input order", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "b", "0", "1", "9", "."), maxLength: 8 });
    fc.assert(
      fc.property(fc.uniqueArray(name), (ids) => {
        expect(orderOf(ids.toReversed())).toEqual(orderOf(ids));
      }),
    );
  });

  it("puts the worst first", () => {
    expect(
      kinds(
        observedNode({ lastRestartMs: 1, uptimeSeconds: 20 }),
        observedNode({}, { lastMinute: sums({ evictions: 600 }), evictedAgeSeconds: 10 }),
        observedNode({ status: "authFailed" }),
        observedNode({}, { lastMinute: sums({ listen_disabled_num: 1 }) }),
      ),
    ).toEqual(["critical status", "critical listenDisabled", "warning evictsYoung", "info restarted"]);
  });
});
