import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SET_MODES } from "@/lib/model/actions/action";
import { CapabilityError, InputError } from "@/lib/model/errors";
import { base64Bytes, isTextKey, keyBytes } from "../key-bytes";
import {
  encodeCount,
  encodeGets,
  encodeKey,
  encodeKeyDelete,
  encodeMetaGet,
  encodeStore,
  encodeTouch,
} from "./encoder";

/** Bytes that attack a line protocol, among any others. */
const nasty = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .array(fc.constantFrom("\r\n", "\n", " ", "\0", "flush_all", "set a 0 0 1", "é", "\u007f", "x"), {
      maxLength: 40,
    })
    .map((parts) => Buffer.from(parts.join(""))),
);

describe("a key", () => {
  it("under utf8 has 1 to 250 bytes, none of them a blank, a control character or DEL", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const raw = Buffer.from(text);
        const allowed =
          raw.length >= 1 && raw.length <= 250 && !/[\0- \u007f]/.test(text) && !/\p{Surrogate}/u.test(text);
        if (allowed) expect(keyBytes(text, "utf8").equals(raw)).toBe(true);
        else expect(() => keyBytes(text, "utf8")).toThrow(InputError);
      }),
    );
  });

  it("with an unpaired surrogate is refused: its bytes would be another key's", () => {
    expect(() => keyBytes("a\ud800b", "utf8")).toThrow(/an unpaired surrogate/);
  });

  it("reports what was found and what is allowed, under the name of its field", () => {
    expect(() => keyBytes("a b", "utf8", "input.key")).toThrow(
      "input.key: found byte 0x20, allowed bytes above 0x20",
    );
    expect(() => keyBytes("x".repeat(251), "utf8")).toThrow("key: found 251 bytes, allowed 1 to 250 bytes");
    expect(() => keyBytes("%%%", "base64")).toThrow("key: found other text, allowed base64");
  });

  it("under base64 is any 1 to 250 bytes, in either alphabet, with or without padding", () => {
    fc.assert(
      fc.property(nasty, (raw) => {
        const bytes = Buffer.from(raw);
        const writings = [
          bytes.toString("base64"),
          bytes.toString("base64url"),
          bytes.toString("base64").replace(/=/g, ""),
        ];
        for (const writing of writings) {
          if (bytes.length >= 1 && bytes.length <= 250)
            expect(keyBytes(writing, "base64").equals(bytes)).toBe(true);
          else expect(() => keyBytes(writing, "base64")).toThrow(InputError);
        }
      }),
    );
  });

  it("as invalid base64 is refused, not guessed", () => {
    for (const text of ["a", "ab\n", "a b", "abc$", "ab==c", "AB"])
      expect(base64Bytes(text), text).toBeNull();
    expect(base64Bytes("AA")?.length).toBe(1);
  });
});

describe("the commands of a key", () => {
  /** A request as the server parses it: the words of its line, and the rest. */
  function parsed(request: Buffer): { words: string[]; rest: Buffer } {
    const end = request.indexOf("\r\n");
    expect(request.indexOf("\n")).toBe(end + 1);
    return { words: request.toString("latin1", 0, end).split(" "), rest: request.subarray(end + 2) };
  }

  it("are one line each for any key, sent as text or as base64", () => {
    fc.assert(
      fc.property(
        nasty,
        fc.constantFrom(...SET_MODES),
        fc.uint8Array({ maxLength: 50 }),
        (raw, mode, value) => {
          const key = Buffer.from(raw);
          fc.pre(key.length >= 1 && key.length <= 186);
          const encoded = encodeKey(key);
          expect(encoded.base64).toBe(!isTextKey(key));
          const token = encoded.base64 ? key.toString("base64") : key.toString("latin1");
          const plain = [
            encodeGets(encoded),
            encodeMetaGet(encoded, ["s", "u"]),
            encodeTouch(encoded, 5),
            encodeKeyDelete(encoded),
            encodeCount("incr", encoded, 1n),
          ];
          for (const request of plain) {
            const { words, rest } = parsed(request);
            expect(words[1]).toBe(token);
            expect(rest.length).toBe(0);
            if (encoded.base64 && words[0] !== "gets") expect(words[2]).toBe("b");
          }
          const { words, rest } = parsed(encodeStore(encoded, value, { mode, flags: 1, exptime: -1 }));
          expect(words[1]).toBe(token);
          expect(Number(words[encoded.base64 ? 2 : 4])).toBe(value.length);
          expect(rest.equals(Buffer.concat([value, Buffer.from("\r\n")]))).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("write 64 bits as they are", () => {
    const encoded = encodeKey(Buffer.from("n"));
    expect(encodeCount("incr", encoded, 2n ** 64n - 1n).toString()).toBe("incr n 18446744073709551615\r\n");
    expect(encodeCount("decr", encodeKey(Buffer.from([0])), 2n ** 53n + 1n).toString()).toBe(
      "ma AA== b MD D9007199254740993 v\r\n",
    );
  });

  it("refuse numbers that servers read as others", () => {
    const encoded = encodeKey(Buffer.from("k"));
    const options = { mode: "set", flags: 0, exptime: 0 } as const;
    for (const exptime of [-2, 0.5, 2 ** 31, Number.NaN]) {
      expect(() => encodeStore(encoded, Buffer.alloc(0), { ...options, exptime })).toThrow(InputError);
      expect(() => encodeTouch(encoded, exptime)).toThrow(InputError);
    }
    expect(() => encodeStore(encoded, Buffer.alloc(0), { ...options, flags: 2 ** 32 })).toThrow(InputError);
  });

  it("have no room for more than 186 bytes as base64", () => {
    expect(encodeKey(Buffer.alloc(186)).token.length).toBe(248);
    expect(() => encodeKey(Buffer.alloc(187))).toThrow(CapabilityError);
    expect(() => encodeKey(Buffer.alloc(0))).toThrow(InputError);
    expect(() => encodeKey(Buffer.alloc(251))).toThrow(InputError);
  });
});
