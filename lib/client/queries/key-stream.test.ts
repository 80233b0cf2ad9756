import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyListPath, LineSplitter } from "./key-stream";

describe("a list of keys that streams", () => {
  it("gives the same lines however it is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1 }).filter((line) => !line.includes("\n"))),
        fc.array(fc.nat({ max: 30 })),
        (lines, cuts) => {
          const text = lines.map((line) => `${line}\n`).join("");
          const cutter = new LineSplitter();
          const seen: string[] = [];
          let at = 0;
          for (const length of cuts) {
            seen.push(...cutter.push(text.slice(at, at + length)));
            at += length;
          }
          seen.push(...cutter.push(text.slice(at)));
          expect(seen).toEqual(lines);
        },
      ),
    );
  });

  it("is asked for with the node and the prefix encoded", () => {
    expect(keyListPath("[::1]:1", { prefix: "a&b/", keyEncoding: "utf8", limit: 5 })).toBe(
      "/nodes/%5B%3A%3A1%5D%3A1/keys?prefix=a%26b%2F&keyEncoding=utf8&limit=5",
    );
  });
});
