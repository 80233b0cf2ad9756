import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { capture, statLines } from "@/tests/doubles/captures";
import { compareReported, compareSettings, compareStats, majorityOf } from "./compare";

const reported = (entries: Record<string, string>) => new Map(Object.entries(entries));

describe("names of several nodes", () => {
  it("are in the order in which nodes report them, each with every node's value", () => {
    const compared = compareReported([reported({ b: "1", a: "x" }), reported({ a: "x", c: "3" }), null]);
    expect(compared).toEqual([
      { name: "b", values: ["1", null, null], differs: true, majority: null },
      { name: "a", values: ["x", "x", null], differs: false, majority: { value: "x", count: 2 } },
      { name: "c", values: [null, "3", null], differs: true, majority: null },
    ]);
  });

  it("have a majority only when one value leads, and not to report counts as a value", () => {
    const values = ["1", "1", "2", "2", "3"].map((a) => reported({ a }));
    expect(compareReported(values)[0]?.majority).toBeNull();
    expect(compareReported(values.slice(0, 4).concat(reported({ a: "2" })))[0]?.majority).toEqual({
      value: "2",
      count: 3,
    });
    expect(
      compareReported([reported({ a: "1" }), reported({ b: "" }), reported({ b: "" })])[0],
    ).toMatchObject({
      majority: { value: null, count: 2 },
      differs: true,
    });
  });

  it("do not differ because a node has no data", () => {
    expect(compareReported([reported({ a: "1" }), null])[0]).toMatchObject({
      values: ["1", null],
      differs: false,
    });
    expect(compareReported([null, null])).toEqual([]);
  });

  it("differ exactly when two nodes report different values", () => {
    const word = fc.constantFrom("0", "1", "yes", "__proto__", "");
    const node = fc.option(fc.dictionary(fc.constantFrom("a", "b", "toString", "__proto__"), word));
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 6 }), (nodes) => {
        const maps = nodes.map((one) => (one === null ? null : new Map(Object.entries(one))));
        for (const { name, values, differs, majority } of compareReported(maps)) {
          const known = maps.flatMap((one, index) => (one === null ? [] : [values[index] ?? null]));
          expect(known).toEqual(maps.flatMap((one) => (one === null ? [] : [one.get(name) ?? null])));
          expect(differs).toBe(known.some((value) => value !== known[0]));
          const times = (value: string | null) => known.filter((one) => one === value).length;
          for (const value of known) {
            if (majority === null)
              expect(known.some((other) => other !== value && times(other) >= times(value))).toBe(true);
            else if (value !== majority.value) expect(times(value)).toBeLessThan(majority.count);
          }
          if (majority !== null) expect(times(majority.value)).toBe(majority.count);
        }
      }),
    );
  });

  it("have their meaning, kind, and whether they are a node's own", () => {
    const settings = (version: string) =>
      new Map(statLines(capture(version, "stats-settings").toString("latin1")));
    const old = settings("1.4.25");
    const compared = compareSettings([old, settings("1.6.18")]);
    expect(compared.find(({ name }) => name === "tcpport")).toMatchObject({ own: true });
    expect(compared.find(({ name }) => name === "maxconns")).toMatchObject({
      own: false,
      meaning: { en: "Maximum number of simultaneous connections (-c)" },
    });
    expect(compared.find(({ name }) => name === "ssl_key")).toMatchObject({
      values: [null, "(null)"],
      differs: true,
    });
    const stats = compareStats([reported({ evictions: "3", pid: "7", version: "1", novel: "x" })]);
    expect(stats.map(({ kind }) => kind)).toEqual(["counter", "info", null, null]);
    expect(stats.map(({ meaning }) => meaning !== null)).toEqual([true, true, true, false]);
  });
});

describe("the leading value", () => {
  it("is none of two equally common values, even when a third is rarer", () => {
    expect(
      majorityOf(
        new Map([
          ["a", 2],
          ["b", 1],
          ["c", 2],
        ]),
      ),
    ).toBeNull();
    expect(
      majorityOf(
        new Map([
          ["a", 2],
          ["b", 2],
          ["c", 3],
        ]),
      ),
    ).toEqual({ value: "c", count: 3 });
    expect(majorityOf(new Map())).toBeNull();
  });
});
