import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "@/lib/model/errors";
import type { Tuning } from "../contract";
import { encodeCommand, encodeTuning } from "./encoder";

const written = (tuning: Tuning) => encodeTuning(tuning).toString("latin1");
/** Anything that a caller without types could pass for a figure. */
const figure = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(Number.NaN, -1, 0, 1, 2, 3, 255, 256, 1e21),
);

describe("a tuning command", () => {
  it("is written as the protocol has it", () => {
    expect(written({ command: "stats reset" })).toBe("stats reset\r\n");
    expect(written({ command: "verbosity", level: 1 })).toBe("verbosity 1\r\n");
    expect(written({ command: "cache_memlimit", megabytes: 1_024 })).toBe("cache_memlimit 1024\r\n");
    expect(written({ command: "slabs automove", mode: 2 })).toBe("slabs automove 2\r\n");
    expect(written({ command: "slabs reassign", from: -1, to: 0 })).toBe("slabs reassign -1 0\r\n");
  });

  it("is one line with integers within their bounds, or refused", () => {
    const tuning: fc.Arbitrary<Tuning> = fc.oneof(
      figure.map((level) => ({ command: "verbosity" as const, level })),
      figure.map((megabytes) => ({ command: "cache_memlimit" as const, megabytes })),
      figure.map((mode) => ({ command: "slabs automove" as const, mode })),
      fc.tuple(figure, figure).map(([from, to]) => ({ command: "slabs reassign" as const, from, to })),
    );
    fc.assert(
      fc.property(tuning, (one) => {
        let text: string;
        try {
          text = written(one);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          return;
        }
        expect(text).toMatch(
          /^(verbosity [0-3]|cache_memlimit \d{1,7}|slabs automove [0-2]|slabs reassign (-1|\d{1,3}) \d{1,3})\r\n$/,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a command from its words", () => {
  it("is one line, whatever the words are, or refused", () => {
    const word = fc.oneof(
      fc.string({ maxLength: 260 }),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom("get", "a\r\nflush_all", "a b", "\n", ""),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        let bytes: Buffer;
        try {
          bytes = encodeCommand(words);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          return;
        }
        expect(bytes.indexOf("\r\n")).toBe(bytes.length - 2);
        expect(bytes.filter((byte) => byte === 0x20)).toHaveLength(words.length - 1);
        expect(bytes.filter((byte) => byte < 0x20)).toHaveLength(2);
      }),
      { numRuns: 1_000 },
    );
  });

  it("accepts a data block of any bytes", () => {
    expect(encodeCommand(["ms", "k", "2"], "\r\n").toString("latin1")).toBe("ms k 2\r\n\r\n\r\n");
  });
});
