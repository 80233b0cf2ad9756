import { randomBytes, randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { InputError } from "@/lib/model/errors";
import { checkedKey } from "../key-bytes";
import {
  checkedInteger,
  encodeAuthfileLogin,
  encodeDelete,
  encodeGet,
  encodeSet,
  encodeStats,
} from "./encoder";

/** How a server splits a stream into commands: a line, and after `set` the number of bytes in the line. */
function commandsIn(stream: Buffer): string[] {
  const commands: string[] = [];
  for (let at = 0; at < stream.length; ) {
    const feed = stream.indexOf("\n", at);
    if (feed < 0) return [...commands, "unfinished"];
    const line = stream.toString("latin1", at, feed).replace(/\r$/, "");
    commands.push(line);
    at = feed + 1;
    const set = /^set [^ ]+ \d+ \d+ (\d+)$/.exec(line);
    if (set) {
      at += Number(set[1]);
      if (stream.toString("latin1", at, at + 2) !== "\r\n") return [...commands, "bad data chunk"];
      at += 2;
    }
  }
  return commands;
}

function encoded(run: () => Buffer): Buffer | null {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return null;
  }
}

/** Bytes as an attacker would choose them: line ends, blanks and commands are more frequent than by chance. */
function hostile(): Buffer {
  const parts = Array.from({ length: randomInt(1, 5) }, () =>
    randomInt(3) > 0
      ? randomBytes(randomInt(0, 90)).map((byte) => (byte > 0x7f ? byte : (byte % 94) + 0x21))
      : Buffer.from(
          ["\r\n", "\n", " ", "\0", "flush_all\r\n", "\x7f", "", "\r\nflush_all"][randomInt(8)] ?? "",
        ),
  );
  return Buffer.concat(parts);
}

describe("100,000 random byte strings", () => {
  it("make exactly one command each, or are refused", () => {
    let refused = 0;
    for (let i = 0; i < 100_000; i++) {
      const bytes = i % 2 === 0 ? hostile() : randomBytes(randomInt(0, 260));
      const legal =
        bytes.length >= 1 && bytes.length <= 250 && bytes.every((byte) => byte > 0x20 && byte !== 0x7f);
      for (const encode of [encodeGet, encodeDelete]) {
        const request = encoded(() => encode(bytes));
        if ((request !== null) !== legal || (request && commandsIn(request).length !== 1))
          expect(bytes).toBe("one command");
      }
      const stored = encoded(() => encodeSet(bytes, bytes));
      if ((stored !== null) !== legal || (stored && commandsIn(stored).length !== 1))
        expect(bytes).toBe("one set");
      const value = encoded(() => encodeSet("key", bytes)) as Buffer;
      if (commandsIn(value).length !== 1) expect(bytes).toBe("one value");
      if (!legal) refused++;
    }
    expect(refused).toBeGreaterThan(1_000);
    expect(refused).toBeLessThan(99_000);
  }, 60_000);

  it("make one sign-in each as user name and password", () => {
    for (let i = 0; i < 10_000; i++) {
      const request = encodeAuthfileLogin(hostile().toString("latin1"), randomBytes(20).toString("utf8"));
      if (commandsIn(request).length !== 1) expect(request).toBe("one sign-in");
    }
  });
});

it("keys have 1 to 250 bytes, counted as bytes", () => {
  expect(checkedKey("k".repeat(250))).toHaveLength(250);
  expect(() => checkedKey("k".repeat(251))).toThrow(InputError);
  expect(() => checkedKey("")).toThrow(InputError);
  expect(checkedKey("鍵".repeat(83))).toHaveLength(249);
  expect(() => checkedKey("鍵".repeat(84))).toThrow(InputError);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5, 2 ** 53, 1e21])(
  "%d is not formatted as a number",
  (value) => {
    expect(() => checkedInteger("delay", value, 0, Number.MAX_SAFE_INTEGER)).toThrow(InputError);
  },
);

it("stats accepts one word only", () => {
  expect(encodeStats("").toString()).toBe("stats\r\n");
  expect(encodeStats("settings").toString()).toBe("stats settings\r\n");
  for (const argument of ["sizes_enable", "detail on", "a\r\nflush_all", "SIZES", " "]) {
    expect(() => encodeStats(argument)).toThrow(InputError);
  }
});

it("an authfile sign-in counts bytes, not letters", () => {
  expect(encodeAuthfileLogin("user", "pässwörd").toString()).toBe("set auth 0 0 15\r\nuser pässwörd\r\n");
});
