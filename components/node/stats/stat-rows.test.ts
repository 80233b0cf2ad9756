import { describe, expect, it } from "vitest";
import type { SlabClass } from "@/lib/model/node/inspection.schema";
import { reportedColumns, sortClasses } from "../tabs/slab-columns";
import { asReply, explain, matchesStat, readableValue } from "./stat-rows";

describe("entries of a stats group", () => {
  it("have a description where the name is known", () => {
    expect(explain("general", "get_hits", "5")).toMatchObject({ kind: "counter", unit: "count" });
    expect(explain("settings", "maxbytes", "67108864")).toMatchObject({ kind: null, unit: "bytes" });
    expect(explain("items", "items:12:evicted", "5").meaning?.en).toMatch(/removed to make room/);
  });

  it("that are unknown keep their own name, as gauges without a description", () => {
    expect(explain("general", "brand_new_stat", "5")).toMatchObject({
      name: "brand_new_stat",
      value: "5",
      kind: "gauge",
      meaning: { en: "no description", ja: "説明なし" },
    });
    expect(explain("general", "brand_new_stat", "none")).toMatchObject({ kind: null, value: "none" });
  });

  it("are filtered by name, value and meaning in any case", () => {
    const entry = explain("settings", "maxconns", "1024");
    expect(["MAXC", "102", "simultaneous", ""].every((wanted) => matchesStat(entry, wanted, "en"))).toBe(
      true,
    );
    expect(matchesStat(entry, "同時", "ja")).toBe(true);
    expect(matchesStat(entry, "udp", "en")).toBe(false);
  });

  it("get a readable value only where the raw one is hard to read", () => {
    expect(readableValue(explain("general", "bytes", "26563749"))).toBe(26_563_749);
    expect(readableValue(explain("general", "bytes", "12"))).toBeNull();
    expect(readableValue(explain("general", "uptime", "3600"))).toBe(3600);
    expect(readableValue(explain("general", "time", "1795322337"))).toBeNull();
    expect(readableValue(explain("settings", "maxbytes", "lots"))).toBeNull();
  });

  it("are copied as the server sends them", () => {
    expect(asReply([explain("general", "pid", "1"), explain("general", "uptime", "2")])).toBe(
      "STAT pid 1\nSTAT uptime 2\nEND\n",
    );
  });
});

describe("the slab table", () => {
  const row = (id: number, evicted: number | null, verdict: SlabClass["verdict"]) =>
    ({ id, evicted, verdict }) as SlabClass;
  const rows = [row(1, 5, "starved"), row(2, null, "healthy"), row(3, 9, "outOfMemory"), row(4, 0, "idle")];
  const ids = (sorted: readonly SlabClass[]) => sorted.map(({ id }) => id);

  it("sorts both ways, with unreported values last", () => {
    expect(ids(sortClasses(rows, "evicted", "desc"))).toEqual([3, 1, 4, 2]);
    expect(ids(sortClasses(rows, "evicted", "asc"))).toEqual([4, 1, 3, 2]);
  });

  it("sorts verdicts worst first", () => {
    expect(ids(sortClasses(rows, "verdict", "asc"))).toEqual([3, 1, 4, 2]);
  });

  it("omits columns that no class fills", () => {
    const columns = reportedColumns([
      { ...row(1, 5, "healthy"), memRequested: null, chunkSize: 96 } as SlabClass,
    ]).map(({ id }) => id);
    expect(columns).toContain("chunkSize");
    expect(columns).not.toContain("memRequested");
  });
});
