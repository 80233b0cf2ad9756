import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "@/lib/model/errors";
import { encodeCrawl } from "../text/encoder";
import { encodeMetaDelete, isEncodable } from "./encoder";

const DELETE = { kind: "delete" } as const;
const text = (bytes: Buffer) => bytes.toString("latin1");

describe("a removal", () => {
  it("has the forms of the protocol", () => {
    const key = Buffer.from("user:1");
    expect(text(encodeMetaDelete({ key, cas: "7" }, DELETE))).toBe("md user:1 C7\r\n");
    expect(text(encodeMetaDelete({ key, cas: null }, DELETE))).toBe("md user:1\r\n");
    expect(text(encodeMetaDelete({ key, cas: "7" }, { kind: "stale", exptime: null }))).toBe(
      "md user:1 C7 I\r\n",
    );
    expect(text(encodeMetaDelete({ key, cas: null }, { kind: "stale", exptime: 30 }))).toBe(
      "md user:1 I T30\r\n",
    );
    const blank = Buffer.from("hello world");
    expect(text(encodeMetaDelete({ key: blank, cas: "1" }, DELETE))).toBe("md aGVsbG8gd29ybGQ= b C1\r\n");
  });

  it("of any valid key is one line with that key in at most 250 bytes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 250 }),
        fc.option(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String)),
        (key, cas) => {
          if (!isEncodable(key, true)) return;
          const request = text(encodeMetaDelete({ key, cas }, DELETE));
          const [, name = "", flags = ""] = /^md ([^ \r\n]{1,250})((?: [^ \r\n]+)*)\r\n$/.exec(request) ?? [];
          const words = flags.split(" ");
          const decoded = Buffer.from(name, words.includes("b") ? "base64" : "latin1");
          expect(decoded.equals(Buffer.from(key))).toBe(true);
          expect(words.includes(`C${cas}`)).toBe(cas !== null);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("cannot name a key that is too long in base64, nor a binary key without the meta commands", () => {
    expect(isEncodable(Buffer.alloc(186, " "), true)).toBe(true);
    expect(isEncodable(Buffer.alloc(187, " "), true)).toBe(false);
    expect(isEncodable(Buffer.alloc(250, "k"), true)).toBe(true);
    expect(isEncodable(Buffer.alloc(251, "k"), true)).toBe(false);
    expect(isEncodable(Buffer.from("a b"), false)).toBe(false);
    expect(isEncodable(Buffer.from("a"), false)).toBe(true);
    expect(isEncodable(Buffer.alloc(0), true)).toBe(false);
  });

  it("never accepts an invalid CAS or exptime", () => {
    const key = Buffer.from("k");
    for (const cas of ["", "1 I", "-1", "1\r\nflush_all", "123456789012345678901"]) {
      expect(() => encodeMetaDelete({ key, cas }, DELETE)).toThrow(InputError);
    }
    for (const exptime of [-1, 1.5, Number.NaN, 2 ** 32]) {
      expect(() => encodeMetaDelete({ key, cas: null }, { kind: "stale", exptime })).toThrow(InputError);
    }
  });
});

it("a crawl names all or some slab classes, and nothing else", () => {
  expect(text(encodeCrawl("all"))).toBe("lru_crawler crawl all\r\n");
  expect(text(encodeCrawl([1, 2, 255]))).toBe("lru_crawler crawl 1,2,255\r\n");
  for (const classes of [[], [0], [256], [1.5]]) expect(() => encodeCrawl(classes)).toThrow(InputError);
});
