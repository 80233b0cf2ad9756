import { describe, expect, it } from "vitest";
import { CAPTURED_VERSIONS, capture, capturedStats, statLines } from "@/tests/doubles/captures";
import { ConnectionError } from "../connection/errors";
import { EntriesReader, SingleLineReader } from "./parser";

function entries(...chunks: readonly Uint8Array[]) {
  const reader = new EntriesReader();
  let done = false;
  for (const chunk of chunks) done = reader.push(chunk, chunk.length);
  return { entries: reader.entries, done };
}

function reasonOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error instanceof ConnectionError ? error.reason : error;
  }
  return "nothing was thrown";
}

const groups = CAPTURED_VERSIONS.flatMap((version) =>
  capturedStats(version).map((name) => [version, name] as const),
);

describe.each(groups)("the reply of %s in %s", (version, name) => {
  const reply = capture(version, name);

  it("is the same wherever it is cut in two", () => {
    const complete = statLines(reply.toString("utf8"));
    expect(entries(reply)).toEqual({ entries: complete, done: true });
    const serialized = JSON.stringify(complete);
    for (let cut = 1; cut < reply.length; cut++) {
      const parts = entries(reply.subarray(0, cut), reply.subarray(cut));
      expect(parts.done).toBe(true);
      if (JSON.stringify(parts.entries) !== serialized) expect(parts.entries).toEqual(complete);
    }
  });
});

it("names and values keep what they spell, blanks in values too", () => {
  const reply = Buffer.from("STAT __proto__ 1\r\nSTAT a b  c\r\nSTAT empty \r\nSTAT 名 値\r\nEND\r\n");
  expect(entries(reply).entries).toEqual([
    ["__proto__", "1"],
    ["a", "b  c"],
    ["empty", ""],
    ["名", "値"],
  ]);
});

it.each([
  ["garbage\r\n", "malformedReply"],
  ["garbage", "malformedReply"],
  ["STAT a 1\r\nVALUE k 0 1\r\n", "malformedReply"],
  ["END\r\nEND\r\n", "malformedReply"],
  ["END\n", "malformedReply"],
  [`STAT a ${"x".repeat(9_000)}`, "replyTooLarge"],
  [`STAT a ${"x".repeat(9_000)}\r\nEND\r\n`, "replyTooLarge"],
])("%.20j is refused as %s", (reply, reason) => {
  expect(reasonOf(() => entries(Buffer.from(reply)))).toBe(reason);
});

it("an endless reply is refused after 1 MB", () => {
  const chunk = Buffer.from("STAT a 1\r\n".repeat(1_000));
  const reader = new EntriesReader();
  let pushed = 0;
  const reason = reasonOf(() => {
    for (;;) {
      reader.push(chunk, chunk.length);
      pushed += chunk.length;
    }
  });
  expect(reason).toBe("replyTooLarge");
  expect(pushed).toBeLessThanOrEqual(1_048_576);
});

it("an unknown group is a refusal, after which the connection stays usable", () => {
  expect(reasonOf(() => entries(capture("1.6.18", "stats-bogus")))).toMatchObject({ kind: "unknownCommand" });
});

it("a reply of one line is that line", () => {
  const reader = new SingleLineReader();
  expect(reader.push(Buffer.from("VERSION 1.6"), 11)).toBe(false);
  expect(reader.push(Buffer.from(".18\r\n"), 5)).toBe(true);
  expect(reader.text).toBe("VERSION 1.6.18");
});
