import { describe, expect, it } from "vitest";
import type { Fleet } from "@/lib/model/fleet";
import type { Node } from "@/lib/model/node";
import { withNodes, withoutNodes, withSummary } from "./fleet-cache";

const nodeOf = (id: string, uptimeSeconds: number) => ({ id, uptimeSeconds }) as Node;
const fleet = {
  atMs: 100,
  nodes: [nodeOf("a:1", 1), nodeOf("b:1", 2)],
  matched: 2,
  nextCursor: null,
} as Fleet;

describe("the fleet in the browser", () => {
  it("takes over changed nodes in their place, and leaves the others as they are", () => {
    const next = withNodes(fleet, 200, [nodeOf("b:1", 12), nodeOf("c:1", 3)]);
    expect(next.nodes.map((node) => [node.id, node.uptimeSeconds])).toEqual([
      ["a:1", 1],
      ["b:1", 12],
      ["c:1", 3],
    ]);
    expect(next.nodes[0]).toBe(fleet.nodes[0]);
    expect(next.atMs).toBe(200);
  });

  it("does not grow older when a late message comes", () => {
    expect(withNodes(fleet, 50, []).atMs).toBe(100);
  });

  it("keeps its nodes when totals change, and forgets nodes that are gone", () => {
    const summary = { ...fleet, atMs: 300, configured: true };
    expect(withSummary(fleet, summary).nodes).toBe(fleet.nodes);
    expect(withoutNodes(fleet, ["a:1"]).nodes.map((node) => node.id)).toEqual(["b:1"]);
  });
});
