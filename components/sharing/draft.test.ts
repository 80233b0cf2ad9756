import { describe, expect, it } from "vitest";
import { nameOf, summaryOf } from "@/components/shared-page/summary";
import { nodeSchema } from "@/lib/model/node/node.schema";
import type { Series } from "@/lib/model/series.schema";
import { shareInputSchema, shareStatusSchema } from "@/lib/model/share.schema";
import { draftMetrics, draftStatus, NEW_DRAFT, shareInput } from "./draft";

function node(id: string, more: object = {}) {
  return nodeSchema.parse({
    ...{
      id,
      pool: "p",
      labels: {},
      status: "up",
      statusReason: null,
      statusCode: null,
      statusSinceMs: 1_000,
      health: { state: "ok", cause: null },
    },
    capabilities: [],
    lacking: {},
    protocol: "text",
    version: "1.6.18",
    pid: 1,
    uptimeSeconds: 60,
    atMs: 5_000,
    latencyMs: 1,
    auth: "none",
    tls: false,
    bytes: 10,
    limitMaxbytes: 100,
    currConnections: 2,
    maxConnections: 1_024,
    currItems: 3,
    hitRatio: 0.5,
    getsPerSecond: 10,
    setsPerSecond: 1,
    evictionsPerSecond: 0,
    lastRestartMs: null,
    lastFlushMs: null,
    elsewhere: false,
    lastFlushBy: null,
    pendingFlushBy: null,
    pendingFlushMs: null,
    findings: null,
    alerts: null,
    ...more,
  });
}

const nodes = [
  node("10.0.0.1:11211"),
  node("10.0.0.2:11211", { hitRatio: 1, getsPerSecond: 30, atMs: 9_000 }),
];
const scope = { nodes: nodes.map(({ id }) => id) };
const series: Series = {
  metric: "hit_ratio",
  unit: "ratio",
  metrics: [{ metric: "hit_ratio", unit: "ratio" }],
  fromMs: 0,
  toMs: 10_000,
  stepMs: 10_000,
  atMs: [0],
  series: [{ metric: "hit_ratio", node: "10.0.0.1:11211", pool: "p", values: [0.5] }],
  markers: [
    { atMs: 1, node: "10.0.0.1:11211", kind: "restart", text: "10.0.0.1:11211 restarted" },
    { atMs: 2, node: "10.9.9.9:11211", kind: "restart", text: "somebody else's" },
  ],
};

describe("the preview of the share dialog", () => {
  it("has the shape of the server's shared status", () => {
    const status = draftStatus({ scope, draft: NEW_DRAFT, nodes, series, nowMs: 10_000 });
    expect(shareStatusSchema.parse(status)).toEqual(status);
  });

  it("sums hits and gets before it divides: (5 + 30) of (10 + 30)", () => {
    const { summary } = draftStatus({ scope, draft: NEW_DRAFT, nodes, series, nowMs: 10_000 });
    expect(summary.hitRatio).toBeCloseTo(35 / 40, 12);
    expect(summary).toMatchObject({ nodes: 2, up: 2, bytes: 20, limitMaxbytes: 200, currConnections: 4 });
  });

  it("contains no data of an unselected field", () => {
    const draft = { ...NEW_DRAFT, fields: ["hitRatio"] as const };
    const status = draftStatus({ scope, draft, nodes, series, nowMs: 10_000 });
    expect(status).toMatchObject({
      series: null,
      markers: [],
      summary: { bytes: null, currConnections: null },
    });
    expect(status.nodes[0]).toMatchObject({ version: null, bytes: null, hitRatio: 0.5 });
  });

  it("contains no host or address when they are hidden, and never an unshared node", () => {
    const draft = { ...NEW_DRAFT, redact: true };
    const text = JSON.stringify(draftStatus({ scope, draft, nodes, series, nowMs: 10_000 }));
    expect(text).not.toMatch(/10\.0\.0\.|10\.9\.9\./);
    expect(text).toContain("node 2");
  });

  it("requests no series when neither charts nor markers are selected", () => {
    expect(draftMetrics(["hitRatio", "memory"])).toEqual([]);
    expect(draftMetrics(["markers"])).toEqual(["hit_ratio"]);
    expect(draftMetrics(["charts", "memory"])).toEqual(["bytes", "limit_maxbytes"]);
  });
});

describe("the request of the share dialog", () => {
  it("is accepted by the server's schema, without empty labels and passwords", () => {
    const input = shareInput({ pool: "p" }, { ...NEW_DRAFT, label: "  " });
    expect(shareInputSchema.parse(input)).toMatchObject({
      pool: "p",
      mode: "live",
      expiresInSeconds: 604_800,
    });
    expect(input).not.toHaveProperty("label");
    expect(input).not.toHaveProperty("password");
  });
});

describe("the headline of a shared status", () => {
  it("shows the latest start time of an outage", () => {
    const shown = draftStatus({
      scope,
      draft: NEW_DRAFT,
      series: null,
      nowMs: 10_000,
      nodes: [node("a:1"), node("b:1", { status: "down", statusSinceMs: 4_000 })],
    });
    expect(summaryOf(shown)).toEqual({ tone: "warn", nodes: 2, notUp: 1, sinceMs: 4_000 });
  });

  it("does not show a node as up before its first poll", () => {
    const shown = draftStatus({
      scope,
      draft: NEW_DRAFT,
      series: null,
      nowMs: 10_000,
      nodes: [node("a:1", { status: "unknown", statusSinceMs: null })],
    });
    expect(summaryOf(shown).tone).toBe("off");
  });

  it("is the label, else the pool, else the nodes", () => {
    const shown = draftStatus({ scope, draft: NEW_DRAFT, nodes, series: null, nowMs: 0 });
    expect(nameOf({ ...shown, label: "L", pool: "P" })).toBe("L");
    expect(nameOf({ ...shown, label: null, pool: "P" })).toBe("P");
    expect(nameOf(shown)).toBe("10.0.0.1:11211 +1");
  });
});
