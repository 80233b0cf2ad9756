import { describe, expect, it } from "vitest";
import { plainNode } from "@/tests/doubles/plain-node";
import { compareLoad, loadOf } from "./load";

const nodes = [0.95, 0.94, 0.5].map((hitRatio, n) =>
  plainNode({
    id: `n${n}`,
    hitRatio,
    bytes: 30,
    limitMaxbytes: n === 0 ? 0 : 60,
    latencyMs: 2,
    currConnections: 10,
    maxConnections: 40,
    getsPerSecond: n === 2 ? null : n,
    uptimeSeconds: 5,
  }),
);
const figure = (name: string) => compareLoad(nodes).find((one) => one.name === name);

describe("compared metrics", () => {
  it("have the ratio of a node's value to its limit, and null without a limit", () => {
    expect(figure("memory_use")?.values).toEqual([null, 0.5, 0.5]);
    expect(figure("connection_use")?.values).toEqual([0.25, 0.25, 0.25]);
    expect(figure("latency")).toMatchObject({ unit: "seconds", values: [0.002, 0.002, 0.002] });
  });

  it("mark the node that is far from the others, and name the meaning of each", () => {
    expect(figure("hit_ratio")).toMatchObject({ median: 0.94, outliers: ["n2"] });
    expect(figure("uptime")?.outliers).toEqual([]);
    expect(compareLoad(nodes).every(({ meaning }) => meaning !== null)).toBe(true);
  });

  it("leave a node out of the load that it does not report", () => {
    expect(loadOf(nodes)[0]).toMatchObject({
      metric: "gets",
      values: [
        { node: "n0", value: 0 },
        { node: "n1", value: 1 },
      ],
    });
  });
});
