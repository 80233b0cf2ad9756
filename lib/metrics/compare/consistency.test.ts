import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inconsistencies } from "./consistency";
import { reportedSettings, settingsSnapshot } from "./settings-snapshot";

const settled = (node: string, settings: Record<string, string>) => ({
  node,
  settings: settingsSnapshot(Object.entries(settings)).shared,
});

describe("settings that drift", () => {
  it("are grouped by value, the largest group first, and settings with the smallest minority lead the list", () => {
    const nodes = [
      ...Array.from({ length: 30 }, (_, n) => settled(`a${n}`, { maxconns: "1024", num_threads: "4" })),
      settled("b", { maxconns: "512", num_threads: "4", track_sizes: "yes" }),
      settled("c", { maxconns: "512", num_threads: "4" }),
    ];
    const drift = inconsistencies(nodes);
    expect(drift.map(({ name }) => name)).toEqual(["track_sizes", "maxconns"]);
    expect(drift[0]).toMatchObject({
      majority: null,
      tied: false,
      groups: [
        { value: null, count: 31 },
        { value: "yes", count: 1, nodes: ["b"] },
      ],
    });
    expect(drift[1]?.groups).toEqual([
      { value: "1024", count: 30, nodes: Array.from({ length: 20 }, (_, n) => `a${n}`) },
      { value: "512", count: 2, nodes: ["b", "c"] },
    ]);
  });

  it("are not those that are each node's own", () => {
    expect(
      inconsistencies([
        settled("a", { tcpport: "1", oldest: "0" }),
        settled("b", { tcpport: "2", oldest: "9" }),
      ]),
    ).toEqual([]);
  });

  it("have no majority when two groups are as large", () => {
    const [drift] = inconsistencies([settled("a", { maxconns: "1" }), settled("b", { maxconns: "2" })]);
    expect(drift).toMatchObject({ majority: null, tied: true });
  });

  it("count every node once in each, and match a simple count", () => {
    const node = fc.record({ a: fc.constantFrom("1", "2"), b: fc.constantFrom("x", "y", "z") });
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 40 }), (nodes) => {
        const drift = inconsistencies(nodes.map((settings, n) => settled(`n${n}`, settings)));
        for (const name of ["a", "b"] as const) {
          const counts = new Map<string, number>();
          for (const one of nodes) counts.set(one[name], (counts.get(one[name]) ?? 0) + 1);
          const found = drift.find((one) => one.name === name);
          const groups = new Map(found?.groups.map(({ value, count }) => [value, count]));
          expect(groups).toEqual(counts.size > 1 ? counts : new Map());
        }
      }),
    );
  });
});

describe("stored settings", () => {
  it("are one object for nodes that report the same except for node-specific settings", () => {
    const entries = (port: string) =>
      [
        ["maxbytes", "1"],
        ["tcpport", port],
        ["udpport", "0"],
      ] as const;
    const [one, other] = [settingsSnapshot(entries("1")), settingsSnapshot(entries("2"))];
    expect(one.shared).toBe(other.shared);
    expect(reportedSettings(other)).toEqual(
      new Map([
        ["maxbytes", "1"],
        ["udpport", "0"],
        ["tcpport", "2"],
      ]),
    );
    expect(reportedSettings(settingsSnapshot([]))).toBeNull();
  });

  it("are not mistaken for another node's, whatever their characters", () => {
    const text = fc.string({ maxLength: 4, unit: fc.constantFrom("1", " ", "a", "\u0000") });
    const reply = fc.array(fc.tuple(text, text), { maxLength: 3 });
    fc.assert(
      fc.property(reply, reply, (one, other) => {
        for (const entries of [one, other]) {
          const firsts = new Map([...entries].reverse());
          expect(new Map(settingsSnapshot(entries).shared)).toEqual(firsts);
        }
      }),
    );
  });

  it("take the first of a repeated name, and nothing that no server reports", () => {
    const huge = "v".repeat(2_000);
    const { shared } = settingsSnapshot([
      ["evictions", "on"],
      ["evictions", "off"],
      ["long", huge],
    ]);
    expect(shared).toEqual(new Map([["evictions", "on"]]));
    const many = Array.from({ length: 5_000 }, (_, n) => [`s${n}`, "1"] as const);
    expect(settingsSnapshot(many).shared.size).toBe(512);
  });
});
