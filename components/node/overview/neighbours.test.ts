import { describe, expect, it } from "vitest";
import { nodeOf } from "@/tests/doubles/fleet-fixture";
import { neighboursOf } from "./neighbours";

const ids = (nodes: readonly { readonly id: string }[]) => nodes.map(({ id }) => id);

describe("the neighbours of a node", () => {
  const node = nodeOf("10.0.0.1:11211", { pool: "a", status: "down" });
  const fleet = [
    node,
    nodeOf("10.0.0.1:11212", { pool: "b", status: "timeout" }),
    nodeOf("10.0.0.1:11213", { pool: "b" }),
    nodeOf("10.0.0.11:11211", { pool: "a", status: "down" }),
    nodeOf("10.0.0.12:11211", { pool: "a", status: "unknown" }),
    nodeOf("unix:/run/a.sock", { pool: "c" }),
  ];

  it("are those of its host and of its pool, without itself", () => {
    const { host, pool } = neighboursOf(node, fleet);
    expect(ids(host.nodes)).toEqual(["10.0.0.1:11212", "10.0.0.1:11213"]);
    expect(ids(host.failing)).toEqual(["10.0.0.1:11212"]);
    expect(ids(pool.nodes)).toEqual(["10.0.0.11:11211", "10.0.0.12:11211"]);
    expect(ids(pool.failing)).toEqual(["10.0.0.11:11211"]);
  });

  it("are found by host for IPv6 too, and never for a unix socket", () => {
    const six = nodeOf("[fd00::1]:11211", { status: "down" });
    expect(
      ids(neighboursOf(six, [six, nodeOf("[fd00::1]:11212"), nodeOf("[fd00::2]:11211")]).host.nodes),
    ).toEqual(["[fd00::1]:11212"]);
    const socket = nodeOf("unix:/run/a.sock", { pool: "x", status: "down" });
    expect(neighboursOf(socket, [socket, nodeOf("unix:/run/b.sock", { pool: "y" })]).host.nodes).toEqual([]);
  });
});
