import fc from "fast-check";
import { expect, it } from "vitest";
import { readNumber } from "./number";

const read = (text: string) => readNumber(Buffer.from(text), 0, text.length);

it("integers are parsed as JavaScript parses them", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(read(String(value))).toBe(Number(String(value)));
    }),
  );
});

it("decimals of seconds are read as JavaScript reads them", () => {
  fc.assert(
    fc.property(fc.nat(999_999_999), fc.nat(999_999), (seconds, micros) => {
      const text = `${seconds}.${String(micros).padStart(6, "0")}`;
      expect(read(text)).toBe(Number(text));
    }),
  );
});

it("counters beyond 2^53 keep their size", () => {
  expect(read("18446744073709551615")).toBeCloseTo(2 ** 64, -4);
});

it.each([
  "",
  "-",
  ".",
  "1.",
  ".0",
  "-.5",
  "1.2.3",
  "1e5",
  "0x10",
  "yes",
  " 1",
  "1 ",
  "+1",
  "--1",
  "NaN",
  "9".repeat(400),
])("%j is no number", (text) => {
  expect(read(text)).toBeNaN();
});

it("only the given range is read", () => {
  expect(readNumber(Buffer.from("STAT pid 123\r\n"), 9, 12)).toBe(123);
});
