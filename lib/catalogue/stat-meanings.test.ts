import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SETTINGS } from "./settings";
import { slabStatMeaning } from "./slab-stats";

const VERSIONS = ["1.4.25", "1.5.5", "1.6.9", "1.6.18", "1.6.18-plain"];

function names(version: string, group: string): string[] {
  const text = readFileSync(`tests/fixtures/captures/${version}/stats-${group}.txt`, "utf8");
  return [...text.matchAll(/^STAT (\S+) /gm)].map(([, name = ""]) => name);
}

describe("the meaning of memcached's stats and settings", () => {
  it.each(VERSIONS)("covers every setting of %s", (version) => {
    expect(names(version, "settings").filter((name) => !SETTINGS.has(name))).toEqual([]);
  });

  it.each(VERSIONS)("covers every slab and item statistic of %s", (version) => {
    const all = [...names(version, "slabs"), ...names(version, "items")];
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter((name) => slabStatMeaning(name) === undefined)).toEqual([]);
  });

  it("does not treat other names as slab statistics", () => {
    expect(slabStatMeaning("items:number")).toBeUndefined();
    expect(slabStatMeaning("12:")).toBeUndefined();
  });
});
