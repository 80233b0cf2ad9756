import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fleet, fleetColumnsSchema, fleetSchema } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { type Column, decodeColumn, decodeRows, encodeColumn, encodeRows } from "./columns";
import { decodeFleet, encodeFleet } from "./fleet-columns";

const viaJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** What JSON can carry: no minus zero, no undefined. */
const figure = fc.option(
  fc
    .oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), fc.maxSafeNat())
    .map((value) => value + 0),
);
const words = fc.constantFrom("a", "b", "1.6.18", "", "日本");
const value = fc.oneof(figure, words, fc.boolean(), fc.dictionary(words, words), fc.array(words));

const flushBy = fc.option(
  fc.record({ ours: fc.boolean(), actor: fc.option(words), actionId: fc.option(words) }),
);

const node: fc.Arbitrary<Node> = fc.record({
  id: fc.string(),
  pool: words,
  labels: fc.dictionary(words, words),
  status: fc.constantFrom("up", "down", "unknown"),
  statusReason: fc.option(fc.string()),
  statusCode: fc.constantFrom(null, "connectionRefused"),
  statusSinceMs: figure,
  health: fc.constantFrom(
    { state: "ok" as const, cause: null },
    { state: "warning" as const, cause: "evictsYoung" as const },
  ),
  elsewhere: fc.boolean(),
  capabilities: fc.subarray(["stats", "watch", "metadump"]),
  lacking: fc.constantFrom({}, { watch: "binaryProtocol" as const }),
  protocol: fc.constantFrom("text", "binary", null),
  version: fc.option(words),
  proxy: fc.constantFrom(null, "memcached" as const),
  pid: figure,
  uptimeSeconds: figure,
  atMs: figure,
  latencyMs: figure,
  auth: fc.constantFrom("none", "sasl", "ascii"),
  tls: fc.boolean(),
  bytes: figure,
  limitMaxbytes: figure,
  currConnections: figure,
  maxConnections: figure,
  currItems: figure,
  hitRatio: figure,
  getsPerSecond: figure,
  setsPerSecond: figure,
  evictionsPerSecond: figure,
  lastRestartMs: figure,
  lastFlushMs: figure,
  lastFlushBy: flushBy,
  pendingFlushMs: figure,
  pendingFlushBy: flushBy,
  findings: fc.option(fc.record({ critical: fc.nat(), warning: fc.nat(), info: fc.nat() })),
  alerts: figure,
});

function fleetOf(nodes: Node[]): Fleet {
  return {
    atMs: 1,
    pollIntervalMs: 2,
    configured: true,
    pools: [],
    attention: [],
    notices: [],
    totals: {} as Fleet["totals"],
    nodes,
    matched: nodes.length,
    nextCursor: null,
  };
}

describe("a column", () => {
  it("decodes to its values after a round trip through JSON, for any values", () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        expect(decodeColumn(viaJson(encodeColumn(values)), values.length)).toEqual(values);
      }),
    );
  });

  it("decodes repeated values and timestamps, which have their own encodings", () => {
    const times = fc.array(fc.option(fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 })));
    const repeated = fc.array(fc.constantFrom<unknown>("up", null, 0, false, { a: "b" }), { minLength: 40 });
    fc.assert(
      fc.property(fc.oneof(times, repeated), (values) => {
        expect(decodeColumn(viaJson(encodeColumn(values)), values.length)).toEqual(values);
      }),
    );
  });

  it("writes repeated values once", () => {
    expect(encodeColumn(["up", "up", "up"])).toEqual({ all: "up" });
    const labels = [...new Array<unknown>(8).fill({ env: "a" }), { env: "b" }];
    expect(encodeColumn(labels)).toEqual({
      of: [{ env: "a" }, { env: "b" }],
      at: [0, 0, 0, 0, 0, 0, 0, 0, 1],
    });
    const times: Column = encodeColumn([1_700_000_000_005, null, 1_700_000_000_000]);
    expect(times).toEqual({ from: 1_700_000_000_000, plus: [5, null, 0] });
  });
});

describe("rows as columns", () => {
  it("keep a field that only some rows have on those rows", () => {
    const rows = fc.array(fc.record({ a: value, b: value, c: value }, { requiredKeys: ["a"] }));
    fc.assert(
      fc.property(rows, (given) => {
        const decoded = decodeRows(viaJson(encodeRows(given)));
        expect(decoded).toStrictEqual(viaJson(given));
      }),
    );
  });
});

describe("the compact fleet", () => {
  it("is the same fleet after decoding", () => {
    fc.assert(
      fc.property(fc.array(node, { maxLength: 30 }), (nodes) => {
        const fleet = fleetOf(nodes);
        expect(decodeFleet(viaJson(encodeFleet(fleet)))).toEqual(fleet);
      }),
      { numRuns: 50 },
    );
  });

  it("fits its schema", () => {
    const sample = fc.sample(node, { numRuns: 20, seed: 7 });
    const { totals, ...reply } = encodeFleet(fleetOf(sample));
    expect(fleetColumnsSchema.omit({ totals: true }).safeParse(viaJson(reply)).error).toBeUndefined();
    expect(Object.keys(fleetSchema.shape).sort()).toEqual(
      Object.keys({ ...reply, totals })
        .filter((name) => name !== "form")
        .sort(),
    );
  });

  it("shares one object for equal labels of many nodes", () => {
    const [first] = fc.sample(node, { numRuns: 1, seed: 7 });
    const nodes = Array.from({ length: 12 }, (_, n) => ({
      ...(first as Node),
      id: String(n),
      labels: { env: "a" },
    }));
    const decoded = decodeFleet(viaJson(encodeFleet(fleetOf(nodes)))).nodes;
    expect(new Set(decoded.map(({ labels }) => labels)).size).toBe(1);
  });
});
