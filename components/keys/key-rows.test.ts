import { describe, expect, it } from "vitest";
import type { KeyLine } from "@/lib/model/node/keys.schema";
import { keyRows } from "./key-rows";

const line = (key: string, size: number, exp = -1): KeyLine => ({
  key,
  keyEncoding: "utf8",
  exp,
  la: 1,
  cas: null,
  fetched: false,
  cls: 1,
  size,
});
const LINES = [line("b", 10, 200), line("a", 30), line("ab", 20, 100)];
const keys = (lines: readonly KeyLine[]) => lines.map(({ key }) => key);

describe("the rows of a key list", () => {
  it("are in the node's order until sorted", () => {
    expect(keys(keyRows(LINES, "", null, "asc"))).toEqual(["b", "a", "ab"]);
  });

  it("are sorted by size and by key, both ways", () => {
    expect(keys(keyRows(LINES, "", "size", "desc"))).toEqual(["a", "ab", "b"]);
    expect(keys(keyRows(LINES, "", "key", "asc"))).toEqual(["a", "ab", "b"]);
  });

  it("sort keys that never expire last", () => {
    expect(keys(keyRows(LINES, "", "exp", "asc"))).toEqual(["ab", "b", "a"]);
  });

  it("are those that contain the filter text", () => {
    expect(keys(keyRows(LINES, "a", null, "asc"))).toEqual(["a", "ab"]);
    expect(keyRows(LINES, "A", null, "asc")).toEqual([]);
  });

  it("do not change the original list", () => {
    keyRows(LINES, "", "size", "asc");
    expect(keys(LINES)).toEqual(["b", "a", "ab"]);
  });
});
