import { describe, expect, it } from "vitest";
import { NodeError } from "@/lib/model/errors";
import { fleetSchema } from "@/lib/model/fleet.schema";
import type { ReasonCode } from "@/lib/model/node/reasons";
import { fleetNode, type ScriptedNode, scriptedNode } from "@/tests/doubles/scripted-node";
import { Collector } from "./collector";
import { FleetView } from "./fleet-view";

const FRAME = { pollIntervalMs: 1_000, notices: [] };

async function fleetOf(
  nodes: {
    id: string;
    pool?: string;
    labels?: Record<string, string>;
    report?: Record<string, number>;
    down?: boolean;
    failure?: ReasonCode;
    detail?: string;
  }[],
) {
  const clients = new Map<string, ScriptedNode>();
  for (const node of nodes) {
    const client = scriptedNode(node.id, node.report);
    if (node.down) client.failure = "connectionRefused";
    const { failure, detail } = node;
    if (failure) client.poll = () => Promise.reject(new NodeError(node.id, failure, detail));
    clients.set(node.id, client);
  }
  const clock = () => ({ monoMs: 0, wallMs: 9_000 });
  const collector = new Collector({
    poll: { intervalMs: 1_000, timeoutMs: 100, connectTimeoutMs: 100, concurrency: 100 },
    history: { append: async () => {}, mark: async () => {} },
    connect: (endpoint) => clients.get(endpoint.id) as ScriptedNode,
    clock,
    onDefect: (error) => {
      throw error;
    },
  });
  const view = new FleetView(collector, clock);
  collector.setNodes(nodes.map((node) => fleetNode(node.id, node.pool, node.labels)));
  await new Promise((resolve) => setImmediate(resolve));
  return view;
}

it("shows the finding counts as soon as a node changes", async () => {
  const counts = new Map([["a:1", { critical: 1, warning: 0, info: 2 }]]);
  const client = scriptedNode("a:1");
  const collector = new Collector({
    poll: { intervalMs: 1_000, timeoutMs: 100, connectTimeoutMs: 100, concurrency: 100 },
    history: { append: async () => {}, mark: async () => {} },
    connect: () => client,
    clock: () => ({ monoMs: 0, wallMs: 9_000 }),
    onDefect: (error) => {
      throw error;
    },
  });
  const clock = () => ({ monoMs: 0, wallMs: 9_000 });
  const view = new FleetView(collector, clock, (id) => counts.get(id) ?? null);
  collector.setNodes([fleetNode("a:1"), fleetNode("b:1")]);
  expect(view.node("a:1")?.findings).toEqual({ critical: 1, warning: 0, info: 2 });
  expect(view.node("b:1")?.findings).toBeNull();
  counts.set("b:1", { critical: 0, warning: 3, info: 0 });
  collector.notifyChanged(["b:1"]);
  expect(view.node("b:1")?.findings).toEqual({ critical: 0, warning: 3, info: 0 });
});

const ids = (fleet: { nodes: { id: string }[] }) => fleet.nodes.map((node) => node.id);

describe("the reason of a node that is not up", () => {
  it.each([
    ["connectionRefused", "ECONNREFUSED", "connection refused (nothing is listening on the port)"],
    ["tlsUntrusted", "CERT_HAS_EXPIRED", expect.stringMatching(/\(the certificate has expired\)$/)],
    ["tlsFailed", "ERR_SSL_SOMETHING_NEW", expect.stringMatching(/\(TLS handshake failed\)$/)],
    ["malformedReply", "a line without its carriage return", expect.stringMatching(/carriage return\)$/)],
  ] as const)("%s %s is in words", async (failure, detail, sentence) => {
    const view = await fleetOf([{ id: "a:1", failure, detail }]);
    expect(view.node("a:1")?.statusReason).toEqual(sentence);
  });
});

describe("the fleet reply", () => {
  it("gives every node one health: its status, or the worst that needs attention", async () => {
    const view = await fleetOf([
      { id: "down:1", down: true },
      { id: "good:1", report: { curr_connections: 10, max_connections: 1_000 } },
      { id: "crowded:1", report: { curr_connections: 990, max_connections: 1_000 } },
    ]);
    expect(view.nodes().map(({ health }) => health)).toEqual([
      { state: "critical", cause: "status" },
      { state: "ok", cause: null },
      { state: "warning", cause: "connectionsNearLimit" },
    ]);
  });

  it("matches its schema, also for nodes that report almost nothing", async () => {
    const view = await fleetOf([{ id: "a:1" }, { id: "b:1", down: true }]);
    expect(fleetSchema.safeParse(view.fleet({}, FRAME)).error).toBeUndefined();
  });

  it("puts nodes that need attention first and sorts numbers in ids numerically", async () => {
    const view = await fleetOf([{ id: "a:10" }, { id: "a:9" }, { id: "a:11", down: true }]);
    expect(ids(view.fleet({}, FRAME))).toEqual(["a:11", "a:9", "a:10"]);
  });

  it("filters by pool, label, version and text, and sums what it shows", async () => {
    const view = await fleetOf([
      { id: "a:1", pool: "sessions", labels: { env: "production" }, report: { bytes: 5 } },
      { id: "b:1", pool: "catalog", labels: { env: "staging" }, report: { bytes: 7 } },
    ]);
    expect(ids(view.fleet({ pool: "sessions" }, FRAME))).toEqual(["a:1"]);
    expect(ids(view.fleet({ label: "env=staging" }, FRAME))).toEqual(["b:1"]);
    expect(ids(view.fleet({ label: "env" }, FRAME))).toEqual(["b:1", "a:1"]);
    expect(ids(view.fleet({ q: "SESS" }, FRAME))).toEqual(["a:1"]);
    expect(ids(view.fleet({ version: "1.4.5" }, FRAME))).toEqual([]);
    expect(view.fleet({ pool: "catalog" }, FRAME).totals).toMatchObject({ nodes: 1, bytes: 7 });
  });

  it("sorts unknown values last in both directions", async () => {
    const view = await fleetOf([
      { id: "a:1", report: { bytes: 5, limit_maxbytes: 10 } },
      { id: "b:1", down: true },
      { id: "c:1", report: { bytes: 9, limit_maxbytes: 10 } },
    ]);
    expect(ids(view.fleet({ sort: "memory", order: "asc" }, FRAME))).toEqual(["a:1", "c:1", "b:1"]);
    expect(ids(view.fleet({ sort: "memory", order: "desc" }, FRAME))).toEqual(["c:1", "a:1", "b:1"]);
  });

  it("pages through everything without loss or repetition", async () => {
    const names = Array.from({ length: 7 }, (_, n) => ({ id: `a:${n + 1}` }));
    const view = await fleetOf(names);
    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = view.fleet({ limit: 3, cursor }, FRAME);
      listed.push(...ids(page));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(listed).toEqual(names.map((node) => node.id));
  });

  it("gives a pool the labels common to all its nodes", async () => {
    const view = await fleetOf([
      { id: "a:1", labels: { env: "production", dc: "tyo1", rack: "1" } },
      { id: "b:1", labels: { env: "production", dc: "osa1" } },
      { id: "c:1", pool: "other", labels: { env: "staging" } },
    ]);
    expect(view.fleet({}, FRAME).pools.map(({ name, labels }) => [name, labels])).toEqual([
      ["main", { env: "production" }],
      ["other", { env: "staging" }],
    ]);
  });

  it("has the pools of discovery before any node was found, and no other empty pool", async () => {
    const nobody = await fleetOf([]);
    expect(nobody.fleet({}, FRAME)).toMatchObject({ configured: false, pools: [] });
    const frame = {
      ...FRAME,
      discoveredPools: [
        { name: "main", labels: { dc: "tyo1" } },
        { name: "found", labels: { dc: "osa1" } },
      ],
    };
    const waiting = nobody.fleet({}, frame);
    expect(waiting).toMatchObject({
      configured: true,
      pools: [
        { name: "main", labels: { dc: "tyo1" }, nodes: 0, up: 0, bytes: null },
        { name: "found", labels: { dc: "osa1" }, nodes: 0 },
      ],
    });
    expect(waiting).not.toHaveProperty("discoveredPools");
    expect(fleetSchema.safeParse(waiting).error).toBeUndefined();

    const view = await fleetOf([{ id: "a:1" }]);
    const names = (query: Parameters<FleetView["fleet"]>[0]) =>
      view.fleet(query, frame).pools.map(({ name, nodes }) => [name, nodes]);
    expect(names({})).toEqual([
      ["main", 1],
      ["found", 0],
    ]);
    expect(names({ pool: "found" })).toEqual([["found", 0]]);
    expect(names({ status: "down" })).toEqual([]);
  });

  it("has an equal summary without the nodes", async () => {
    const view = await fleetOf([
      { id: "a:1", report: { bytes: 5 } },
      { id: "b:1", pool: "other", down: true },
    ]);
    const frame = { ...FRAME, discoveredPools: [{ name: "found", labels: {} }] };
    const { nodes: _, matched: __, nextCursor: ___, ...rest } = view.fleet({}, frame);
    expect(view.summary(frame)).toEqual(rest);
    expect(rest.attention).toHaveLength(1);
  });

  it("refuses a cursor that it did not issue", async () => {
    const view = await fleetOf([{ id: "a:1" }]);
    expect(() => view.fleet({ cursor: "x" }, FRAME)).toThrow(/nextCursor/);
  });
});
