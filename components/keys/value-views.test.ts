import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, hexRows, indentJson } from "./value-views";

describe("a value in hexadecimal", () => {
  it("has the format of hexdump -C", () => {
    const bytes = new Uint8Array([...Array(18).keys()].map((index) => index + 0x3f));
    expect(hexRows(bytes, 10)).toEqual([
      {
        offset: "00000000",
        hex: "3f 40 41 42 43 44 45 46  47 48 49 4a 4b 4c 4d 4e",
        text: "?@ABCDEFGHIJKLMN",
      },
      { offset: "00000010", hex: "4f 50", text: "OP" },
    ]);
  });

  it("shows a dot for every unprintable byte, and stops after the requested rows", () => {
    expect(hexRows(new Uint8Array([0, 0x1f, 0x20, 0x7e, 0x7f, 0xff]), 1)[0]?.text).toBe(".." + " ~" + "..");
    expect(hexRows(new Uint8Array(1_000), 2)).toHaveLength(2);
  });

  it("loses no byte", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const digits = hexRows(bytes, 1_000)
          .map((row) => row.hex)
          .join(" ");
        expect(
          digits
            .split(/\s+/)
            .filter(Boolean)
            .map((pair) => Number.parseInt(pair, 16)),
        ).toEqual([...bytes]);
      }),
    );
  });
});

describe("a value in JSON", () => {
  it("is indented like JSON.stringify, whatever its shape", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(indentJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
      }),
      {
        // A parser would change these values.
        examples: [["{}"], ["[]"], ["[[],{}]"], ['{"a":[1,2],"b":{"c":"x,y:{}"}}']],
      },
    );
  });

  it("keeps long numbers and repeated names unchanged", () => {
    expect(indentJson('{"id":12345678901234567890,"id":1.10}')).toBe(
      '{\n  "id": 12345678901234567890,\n  "id": 1.10\n}',
    );
  });

  it.each(["", "{", "hello", "{'a':1}"])("rejects %j", (text) => {
    expect(indentJson(text)).toBeNull();
  });
});

describe("the bytes of a value", () => {
  it("are the same from text and from base64", () => {
    expect([...bytesOf("é", "utf8")]).toEqual([0xc3, 0xa9]);
    expect([...bytesOf("w6k=", "base64")]).toEqual([0xc3, 0xa9]);
    expect([...bytesOf("AP8=", "base64")]).toEqual([0, 255]);
  });
});
