import fc from "fast-check";
import { expect, it } from "vitest";
import { bounded, escaped, exchangeLines, MAX_EVIDENCE_TEXT } from "./transcript";

it("shows any bytes as printable ASCII that reads back to the same bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const shown = escaped(bytes);
      expect(shown).toMatch(/^[\x20-\x7e]*$/);
      const back = shown.replace(/\\(x[0-9a-f]{2}|[rnt\\])/g, (_, code: string) => {
        const named = { r: "\r", n: "\n", t: "\t", "\\": "\\" }[code];
        return named ?? String.fromCharCode(Number.parseInt(code.slice(1), 16));
      });
      expect([...Buffer.from(back, "latin1")]).toEqual([...bytes]);
    }),
  );
});

it("escapes what a terminal or a page would interpret", () => {
  expect(escaped("\u001b[31m\u202e<b>é")).toBe("\\x1b[31m\\xe2\\x80\\xae<b>\\xc3\\xa9");
});

it("keeps a text within its bound and reports how much is missing", () => {
  expect(bounded("x".repeat(MAX_EVIDENCE_TEXT))).toBe("x".repeat(MAX_EVIDENCE_TEXT));
  const cut = bounded("x".repeat(20_000));
  expect(cut.length).toBeLessThanOrEqual(MAX_EVIDENCE_TEXT);
  const [, left] = /\[(\d+) more characters\]$/.exec(cut) ?? [];
  expect(cut.indexOf("\n") + Number(left)).toBe(20_000);
});

it("writes each line of an exchange on its own line, also an unfinished last one", () => {
  expect(exchangeLines("<", Buffer.from("STAT pid 1\r\nEN"))).toEqual(["< STAT pid 1\\r\\n", "< EN"]);
});
