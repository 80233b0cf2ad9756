import { describe, expect, it } from "vitest";
import { csv } from "@/components/charts/chart-table";
import type { ComparedName } from "@/lib/model/compare.schema";
import { isOutlier, matchingNames, namesCsv } from "./name-rows";

const row = (more: Partial<ComparedName>): ComparedName => ({
  name: "maxconns",
  values: ["1024", "512", "1024"],
  differs: true,
  own: false,
  kind: null,
  majority: { value: "1024", count: 2 },
  meaning: { en: "Connections allowed (-c)", ja: "同時接続数の上限 (-c)" },
  ...more,
});

describe("a row of the comparison", () => {
  it("is found by its name, a value, or the meaning in the reader's language", () => {
    const rows = [row({}), row({ name: "inter", values: ["10.0.0.7", null], meaning: null })];
    const found = (wanted: string, locale: "en" | "ja" = "en") =>
      matchingNames(rows, wanted, locale).map(({ name }) => name);
    expect(found(" MAXC ")).toEqual(["maxconns"]);
    expect(found("0.0.7")).toEqual(["inter"]);
    expect(found("allowed")).toEqual(["maxconns"]);
    expect(found("allowed", "ja")).toEqual([]);
    expect(found("")).toEqual(["maxconns", "inter"]);
  });

  it("marks values that differ from the majority, but neither ties nor node-specific values", () => {
    expect(["1024", "512", null].map((value) => isOutlier(row({}), value))).toEqual([false, true, true]);
    expect(isOutlier(row({ majority: null }), "512")).toBe(false);
    expect(isOutlier(row({ own: true }), "512")).toBe(false);
    expect(isOutlier(row({ majority: { value: null, count: 2 } }), null)).toBe(false);
  });

  it("is a line of CSV with an empty cell for an unreported value, and no formula", () => {
    const rows = namesCsv(
      [row({ values: ["=1+1", null, "a,b"], meaning: null, majority: null })],
      ["a", "b", "c"],
      "en",
    );
    expect(csv(rows)).toBe('name,a,b,c,majority,meaning\r\nmaxconns,\'=1+1,,"a,b",,\r\n');
  });
});
