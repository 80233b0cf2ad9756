import { describe, expect, it } from "vitest";
import type { FleetNode, FleetPool, PoolDiscovery } from "@/lib/config/contract";
import { type DiscoveredTarget, MAX_TARGETS } from "./contract";
import { type ListedNodes, mergeFleet } from "./merge";

const pool = (name: string, labels: Record<string, string> = {}): FleetPool => ({
  name,
  labels,
  hashing: "ketama",
});
const access: PoolDiscovery["access"] = {
  protocol: "binary",
  credentials: { kind: "sasl", username: "ops", password: "s3cret" },
  tls: { insecureSkipVerify: false },
};
const discovery = (name: string): PoolDiscovery => ({ pool: name, access, sources: [] });
const target = (host: string, labels: Record<string, string> = {}): DiscoveredTarget => ({
  id: `${host}:11211`,
  address: { kind: "tcp", host, port: 11211 },
  labels,
});
const configured = (host: string, name: string): FleetNode => ({
  id: `${host}:11211`,
  pool: name,
  labels: { from: "file" },
  endpoint: { ...target(host), protocol: "auto", credentials: null, tls: null },
});
const listed = (name: string, source: string, ...targets: DiscoveredTarget[]): ListedNodes => ({
  pool: name,
  source,
  targets,
});
const NOBODY = new Map<string, FleetNode>();

describe("one fleet", () => {
  it("gives discovered nodes the pool's protocol, sign-in and TLS, and their labels over the pool's", () => {
    const { nodes, sources } = mergeFleet(
      [],
      [pool("p", { env: "production", dc: "tyo1" })],
      [discovery("p")],
      [listed("p", "dns x A", target("a", { dc: "osa1", rack: "4" }))],
      NOBODY,
    );
    expect(nodes).toEqual([
      {
        id: "a:11211",
        pool: "p",
        labels: { env: "production", dc: "osa1", rack: "4" },
        endpoint: { id: "a:11211", address: { kind: "tcp", host: "a", port: 11211 }, ...access },
      },
    ]);
    expect(sources.get("a:11211")).toBe("dns x A");
  });

  it("keeps a configured node as configured, without a notice in its own pool", () => {
    const fixed = configured("a", "p");
    const { nodes, overlaps } = mergeFleet(
      [fixed],
      [pool("p")],
      [discovery("p")],
      [listed("p", "s", target("a"), target("b"))],
      NOBODY,
    );
    expect(nodes[0]).toBe(fixed);
    expect(nodes.map(({ id }) => id)).toEqual(["a:11211", "b:11211"]);
    expect(overlaps).toEqual([]);
  });

  it("leaves a node in the first pool and reports that another lists it", () => {
    const { nodes, overlaps } = mergeFleet(
      [configured("b", "second")],
      [pool("first"), pool("second")],
      [discovery("first"), discovery("second")],
      [listed("first", "s", target("a"), target("b")), listed("second", "t", target("a"))],
      NOBODY,
    );
    expect(nodes.map((node) => [node.id, node.pool])).toEqual([
      ["a:11211", "first"],
      ["b:11211", "second"],
    ]);
    expect(overlaps).toEqual([
      { id: "b:11211", pool: "second", also: "first" },
      { id: "a:11211", pool: "first", also: "second" },
    ]);
  });

  it("is in the order of the pools", () => {
    const { nodes } = mergeFleet(
      [configured("z", "second"), configured("y", "first")],
      [pool("first"), pool("second")],
      [discovery("first"), discovery("second")],
      [listed("second", "t", target("a")), listed("first", "s", target("b"))],
      NOBODY,
    );
    expect(nodes.map(({ id }) => id)).toEqual(["y:11211", "b:11211", "z:11211", "a:11211"]);
  });

  it("has no more nodes than the limit, configured ones first, and counts the others", () => {
    const many = (prefix: string) =>
      Array.from({ length: MAX_TARGETS }, (_, index) => target(`${prefix}${index}`));
    const { nodes, dropped: leftOut } = mergeFleet(
      [configured("fixed", "p")],
      [pool("p"), pool("q")],
      [discovery("p"), discovery("q")],
      [listed("p", "s", ...many("a")), listed("q", "t", ...many("b"), ...many("a").slice(-1))],
      NOBODY,
    );
    expect(nodes).toHaveLength(MAX_TARGETS);
    expect(nodes[0]?.id).toBe("fixed:11211");
    expect(leftOut).toBe(MAX_TARGETS + 1);
  });

  it("reuses a node's object while it does not change", () => {
    const merge = (labels: Record<string, string>, before: ReadonlyMap<string, FleetNode>) =>
      mergeFleet([], [pool("p")], [discovery("p")], [listed("p", "s", target("a", labels))], before).nodes[0];
    const first = merge({ rack: "1" }, NOBODY);
    const known = new Map(first === undefined ? [] : [[first.id, first]]);
    expect(merge({ rack: "1" }, known)).toBe(first);
    expect(merge({ rack: "2" }, known)).not.toBe(first);
    expect(merge({}, known)?.labels).toEqual({});
  });
});
