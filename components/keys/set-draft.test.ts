import { describe, expect, it } from "vitest";
import { ACTION_INPUTS } from "@/lib/model/actions/action.schema";
import type { KeyItem } from "@/lib/model/node/keys.schema";
import { draftOf, draftProblems, setInput } from "./set-draft";

const ITEM: KeyItem = {
  key: "greeting",
  keyEncoding: "utf8",
  node: "127.0.0.1:1",
  found: true,
  flags: 7,
  size: 5,
  ttlSeconds: 60,
  lastAccessSeconds: 1,
  fetched: true,
  cas: "9",
  bumped: false,
  format: "text",
  encoding: "utf8",
  value: "hello",
  unpacked: null,
  truncated: false,
};

describe("the form that stores a key", () => {
  it("starts with the open item", () => {
    expect(draftOf(ITEM)).toMatchObject({ key: "greeting", flags: "7", exptime: "60", value: "hello" });
    expect(draftOf({ ...ITEM, ttlSeconds: -1 }).exptime).toBe("0");
  });

  it("never starts with a truncated value: storing it would lose the rest", () => {
    expect(draftOf({ ...ITEM, truncated: true }).value).toBe("");
    expect(draftOf({ ...ITEM, encoding: "base64", value: "AAAA" }).value).toBe("");
  });

  it("sends a valid request, from text and from a file", () => {
    const file = { name: "a.bin", size: 3, base64: "AP8B" };
    for (const draft of [draftOf(ITEM), { ...draftOf(null), key: "k", file }]) {
      expect(draftProblems(draft)).toEqual([]);
      const { input } = setInput("n", draft);
      expect(ACTION_INPUTS.set_key.safeParse(input).success).toBe(true);
    }
    expect(setInput("n", { ...draftOf(ITEM), file }).input).toMatchObject({
      value: "AP8B",
      encoding: "base64",
    });
  });

  it("reports invalid input", () => {
    const broken = { ...draftOf(null), flags: "4294967296", exptime: "soon", value: "é".repeat(600_000) };
    expect(draftProblems(broken)).toEqual(["key", "flags", "exptime", "tooLarge"]);
  });
});
