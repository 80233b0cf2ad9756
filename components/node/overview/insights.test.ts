import { describe, expect, it } from "vitest";
import type { Attention } from "@/lib/model/fleet.schema";
import type { SlabClass } from "@/lib/model/node/inspection.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { nodeInsights, worstClass } from "./insights";

const NOW = Date.parse("2026-11-22T14:00:00Z");
const HOUR = 3_600_000;

const steady: Node = {
  id: "10.0.1.7:11211",
  pool: "catalog",
  labels: {},
  status: "up",
  statusReason: null,
  statusCode: null,
  statusSinceMs: NOW - 90 * HOUR,
  health: { state: "ok", cause: null },
  elsewhere: false,
  capabilities: ["stats"],
  lacking: {},
  protocol: "text",
  version: "1.6.18",
  proxy: null,
  pid: 7,
  uptimeSeconds: 90 * 3600,
  atMs: NOW,
  latencyMs: 0.4,
  auth: "none",
  tls: false,
  bytes: 50,
  limitMaxbytes: 100,
  currConnections: 10,
  maxConnections: 1024,
  currItems: 5,
  hitRatio: 0.94,
  getsPerSecond: 10,
  setsPerSecond: 1,
  evictionsPerSecond: 0,
  lastRestartMs: null,
  lastFlushMs: null,
  lastFlushBy: null,
  pendingFlushBy: null,
  pendingFlushMs: null,
  findings: null,
  alerts: null,
};

function attention(kind: Attention["kind"], figures: Attention["figures"], node = steady.id): Attention {
  return { node, pool: "catalog", kind, severity: "warning", sinceMs: NOW - 1000, figures };
}

function slab(id: number, evicted: number | null, evictedTimeSeconds = 0, totalPages = 1): SlabClass {
  return { id, evicted, evictedTimeSeconds, totalPages } as SlabClass;
}

const kinds = (found: ReturnType<typeof nodeInsights>) => found.map((fact) => fact.kind);

describe("insights", () => {
  it("summarizes an idle node in a few facts", () => {
    expect(nodeInsights(steady, [], [slab(1, 0)], NOW)).toEqual([
      { kind: "memory", use: 0.5, full: false },
      { kind: "nothingEvicted", sinceStart: 0 },
      { kind: "hitRatio", now: 0.94 },
    ]);
  });

  it("omits unknown metrics", () => {
    const bare = {
      ...steady,
      bytes: null,
      evictionsPerSecond: null,
      hitRatio: null,
      getsPerSecond: null,
      uptimeSeconds: null,
    };
    expect(nodeInsights(bare, [], null, NOW)).toEqual([]);
  });

  it("says of a node without stats that there is nothing to measure", () => {
    const silent: Node = {
      ...steady,
      lacking: { stats: "noStats" },
      proxy: "twemproxy",
      getsPerSecond: null,
    };
    expect(nodeInsights(silent, [], null, NOW)).toEqual([{ kind: "noStats" }]);
  });

  it("does not say of a proxy that it gets no gets: those it forwards are not in its counters", () => {
    const proxy: Node = { ...steady, proxy: "memcached", hitRatio: null, getsPerSecond: 0 };
    expect(kinds(nodeInsights(proxy, [], null, NOW))).toContain("proxy");
    expect(kinds(nodeInsights(proxy, [], null, NOW))).not.toContain("noGets");
    expect(kinds(nodeInsights({ ...proxy, proxy: null }, [], null, NOW))).toContain("noGets");
  });

  it("reports only the reason, the start time and the lost hits of an unreachable node", () => {
    const down: Node = { ...steady, status: "down", statusCode: "connectionRefused", statusSinceMs: 5 };
    expect(nodeInsights(down, [attention("status", { hitsPerSecond: 12_400 })], null, NOW)).toEqual([
      { kind: "unreachable", reason: "connectionRefused", sinceMs: 5 },
      { kind: "lostHits", perSecond: 12_400 },
    ]);
    expect(kinds(nodeInsights({ ...steady, status: "unknown" }, [], null, NOW))).toEqual(["notAsked"]);
  });

  it("reports the eviction rate, the idle time of evicted items, and the class with most evictions", () => {
    const busy = { ...steady, bytes: 99, evictionsPerSecond: 412, hitRatio: 0.684 };
    const entries = [attention("evictsYoung", { perSecond: 412, ageSeconds: 230, unfetched: 0.1 })];
    const found = nodeInsights(busy, entries, [slab(3, 29, 900, 82), slab(12, 71, 230, 18)], NOW);
    expect(found).toEqual([
      { kind: "memory", use: 0.99, full: true },
      { kind: "evicting", perSecond: 412, ageSeconds: 230, young: true },
      { kind: "worstClass", id: 12, evictions: 0.71, pages: 0.18 },
      { kind: "hitRatio", now: 0.684 },
    ]);
  });

  it("lists a dropped hit ratio once, before related facts", () => {
    const found = nodeInsights(steady, [attention("hitRatioFell", { before: 0.91, now: 0.68 })], null, NOW);
    expect(found[0]).toEqual({ kind: "hitRatioFell", before: 0.91, now: 0.68, sinceMs: NOW - 1000 });
    expect(kinds(found)).not.toContain("hitRatio");
  });

  it("reports limits that are reached", () => {
    const found = nodeInsights(
      steady,
      [
        attention("connectionsNearLimit", { connections: 1000, limit: 1024 }),
        attention("listenDisabled", { times: 2 }),
        attention("storesRefused", { perSecond: 3 }),
      ],
      null,
      NOW,
    );
    expect(kinds(found).slice(0, 3)).toEqual(["listenDisabled", "storesRefused", "nearMaxconns"]);
  });

  it("reports recent restarts and flushes, and a pending flush", () => {
    const young = { ...steady, uptimeSeconds: 23 * 60, lastFlushMs: NOW - HOUR, pendingFlushMs: NOW + 1000 };
    expect(nodeInsights(young, [], null, NOW)).toEqual(
      expect.arrayContaining([
        { kind: "flushPending", atMs: NOW + 1000 },
        { kind: "restarted", atMs: NOW - 23 * 60_000, uptimeSeconds: 23 * 60 },
        { kind: "flushed", atMs: NOW - HOUR, by: null },
      ]),
    );
    const old = { ...steady, lastFlushMs: NOW - 7 * HOUR, pendingFlushMs: NOW - 1 };
    expect(kinds(nodeInsights(old, [], null, NOW))).not.toEqual(expect.arrayContaining(["flushed"]));
    expect(kinds(nodeInsights(old, [], null, NOW))).not.toContain("flushPending");
  });

  it("ignores attention entries of other nodes", () => {
    expect(
      kinds(nodeInsights(steady, [attention("listenDisabled", { times: 2 }, "10.0.0.9:11211")], null, NOW)),
    ).not.toContain("listenDisabled");
  });

  it("distinguishes a node that was not polled yet from one whose collecting process is silent", () => {
    const silent = { ...steady, status: "unknown" } as const;
    expect(kinds(nodeInsights(silent, [], null, NOW))).toEqual(["notAsked"]);
    expect(kinds(nodeInsights({ ...silent, elsewhere: true }, [], null, NOW))).toEqual(["notTold"]);
  });

  it("distinguishes no gets from misses", () => {
    expect(kinds(nodeInsights({ ...steady, hitRatio: null, getsPerSecond: 0 }, [], null, NOW))).toContain(
      "noGets",
    );
  });

  it("has no worst class without evictions or slab data", () => {
    expect(worstClass([slab(1, 0), slab(2, null)])).toBeNull();
  });
});
