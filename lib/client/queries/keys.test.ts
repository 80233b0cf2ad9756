import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter } from "../api";
import { keyListPath } from "./keys";

describe("a streamed list of keys", () => {
  it("returns the same lines however the text is split", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1 }).filter((line) => !line.includes("\n"))),
        fc.array(fc.nat({ max: 30 })),
        (lines, cuts) => {
          const text = lines.map((line) => `${line}\n`).join("");
          const splitter = new LineSplitter();
          const received: string[] = [];
          let offset = 0;
          for (const length of cuts) {
            received.push(...splitter.push(text.slice(offset, offset + length)));
            offset += length;
          }
          received.push(...splitter.push(text.slice(offset)));
          expect(received).toEqual(lines);
        },
      ),
    );
  });

  it("is requested with the node and the prefix encoded", () => {
    expect(keyListPath("[::1]:1", { prefix: "a&b/", keyEncoding: "utf8", limit: 5 })).toBe(
      "/nodes/%5B%3A%3A1%5D%3A1/keys?prefix=a%26b%2F&keyEncoding=utf8&limit=5",
    );
  });
});
