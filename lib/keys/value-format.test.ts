import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detectFormat } from "./value-format";

const formatOf = (bytes: string | Buffer, complete = true) =>
  detectFormat(Buffer.from(bytes), complete).format;
const hex = (text: string) => Buffer.from(text, "hex");

describe("a value's format", () => {
  it.each([
    ["text", "hello, größe キー\n\tindeed"],
    ["text", ""],
    ["text", "{not json"],
    ["text", "x^2 + 1 = y"],
    ["text", "a:b:c"],
    ["text", "I am."],
    ["number", "42"],
    ["number", "-17.25"],
    ["number", "9  "],
    ["number", "18446744073709551615"],
    ["json", '{"a": [1, null, "x"]}'],
    ["json", "[]"],
    ["json", '"text"'],
    ["json", "null"],
    ["binary", "a\0b"],
    ["binary", hex("ff00fe")],
  ] as const)("is %s for %j", (format, bytes) => {
    expect(formatOf(bytes)).toBe(format);
  });

  // `serialize()` of PHP, written by hand after its manual; the last as PHP names private properties.
  it.each([
    "N;",
    "b:1;",
    "i:-5;",
    "d:0.5;",
    's:5:"größ";',
    'a:2:{i:0;s:1:"a";i:1;b:0;}',
    'O:8:"stdClass":1:{s:1:"a";i:1;}',
    'O:1:"A":1:{s:4:"\0A\0x";i:1;}',
  ])("is php for %j", (text) => {
    expect(formatOf(text)).toBe("php");
  });

  // pickle.dumps of Python 3.11, protocols 0, 2, 4 and 5: {'a': 1, 'b': [1, 2]}, 5, 'text', ('x', 2.5), OrderedDict(a=1).
  it.each([
    "286470300a56610a70310a49310a7356620a70320a286c70330a49310a6149320a61732e",
    "80027d71002858010000006171014b0158010000006271025d7103284b014b0265752e",
    "80049517000000000000007d94288c0161944b018c0162945d94284b014b0265752e",
    "49350a2e",
    "80054b052e",
    "56746578740a70300a2e",
    "2856780a70300a46322e350a7470310a2e",
    "63636f6c6c656374696f6e730a4f726465726564446963740a70300a28745270310a56610a70320a49310a732e",
    "80049529000000000000008c0b636f6c6c656374696f6e73948c0b4f726465726564446963749493942952948c0161944b01732e",
  ])("is pickle for %s", (pickled) => {
    expect(formatOf(hex(pickled))).toBe("pickle");
  });

  it("is java for the output of ObjectOutputStream of OpenJDK 17", () => {
    const list =
      "aced0005737200136a6176612e7574696c2e41727261794c6973747881d21d99c7619d03000149000473697a6578700000000277040000000274000161";
    expect(formatOf(hex(list))).toBe("java");
  });

  it("is detected from the beginning of a truncated value", () => {
    expect(formatOf('{"a": [1, 2', false)).toBe("json");
    expect(formatOf('a:2:{i:0;s:1:"', false)).toBe("php");
    expect(formatOf(hex("80049517000000"), false)).toBe("pickle");
    expect(formatOf(gzipSync("x").subarray(0, 12), false)).toBe("gzip");
  });

  it("of a text truncated inside a character is still text, without that character", () => {
    const cut = Buffer.from("größe").subarray(0, 3);
    expect(detectFormat(cut, false)).toEqual({ format: "text", text: "gr" });
    expect(detectFormat(cut, true)).toEqual({ format: "binary", text: null });
  });

  it("is found for any bytes, and a text is those bytes exactly", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.string().map(Buffer.from)), (bytes) => {
        const { text } = detectFormat(bytes, true);
        if (text !== null) expect(Buffer.from(text).equals(bytes)).toBe(true);
      }),
    );
  });
});
