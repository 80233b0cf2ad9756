import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConnectionError } from "../connection/errors";
import { TextReplies, type TextReply } from "./replies";

interface ExpectedReply {
  readonly line: string;
  readonly values: readonly (readonly [words: string, data: string | null])[];
}

function read(chunks: readonly Buffer[], keeps = true): ExpectedReply[] {
  const replies: TextReply[] = [];
  const reader = new TextReplies(
    (reply) => replies.push(reply),
    () => keeps,
  );
  for (const chunk of chunks) reader.push(chunk, chunk.length);
  return replies.map(({ line, values }) => ({
    line,
    values: values.map(({ words, data }) => [words.join(" "), data?.toString("latin1") ?? null]),
  }));
}

function reasonOf(...texts: readonly string[]): unknown {
  try {
    read(texts.map((text) => Buffer.from(text, "latin1")));
  } catch (error) {
    return error instanceof ConnectionError ? error.reason : error;
  }
  return "nothing was thrown";
}

/** A reply as bytes and as the expected result. Values can contain anything, including line ends and replies. */
const value = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom("END\r\n", "\r\n", "VALUE k 0 3\r\n", "ERROR\r\n", "\r", "\n")
    .map((text) => Buffer.from(text)),
);
const line = fc.constantFrom(
  "STORED",
  "NOT_FOUND",
  "VERSION 1.6.18",
  "HD t5",
  "EN",
  "12",
  "ERROR",
  "SERVER_ERROR busy",
);
const reply = fc.oneof(
  line.map((text) => ({
    bytes: Buffer.from(`${text}\r\n`),
    expected: { line: text, values: [] } as ExpectedReply,
  })),
  fc.array(value, { maxLength: 3 }).map((values) => ({
    bytes: Buffer.concat([
      ...values.flatMap((data) => [Buffer.from(`VALUE k 7 ${data.length}\r\n`), data, Buffer.from("\r\n")]),
      Buffer.from("END\r\n"),
    ]),
    expected: {
      line: "END",
      values: values.map((data) => [`VALUE k 7 ${data.length}`, data.toString("latin1")] as const),
    },
  })),
  value.map((data) => ({
    bytes: Buffer.concat([Buffer.from(`VA ${data.length} f7\r\n`), data, Buffer.from("\r\n")]),
    expected: {
      line: `VA ${data.length} f7`,
      values: [[`VA ${data.length} f7`, data.toString("latin1")] as const],
    },
  })),
);

describe("pipelined text replies", () => {
  it("are the same wherever they are cut", () => {
    fc.assert(
      fc.property(
        fc.array(reply, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.nat(30)),
        (replies, cuts) => {
          const bytes = Buffer.concat(replies.map((one) => one.bytes));
          const expected = replies.map((one) => one.expected);
          expect(read([bytes])).toEqual(expected);
          expect(read(Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(expected);
          const pieces: Buffer[] = [];
          for (let at = 0; at < bytes.length; ) {
            const length = 1 + (cuts.next().value ?? 0);
            pieces.push(bytes.subarray(at, at + length));
            at += length;
          }
          expect(read(pieces)).toEqual(expected);
          const sizes = expected.map(({ values }) => values.map(([words]) => [words, null]));
          expect(read(pieces, false).map(({ values }) => values)).toEqual(sizes);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("a refusal is reported as one, and what follows is still read", () => {
    const replies: TextReply[] = [];
    const reader = new TextReplies(
      (one) => replies.push(one),
      () => true,
    );
    const bytes = Buffer.from("SERVER_ERROR out of memory storing object\r\nSTORED\r\n");
    reader.push(bytes, bytes.length);
    expect(replies.map(({ refusal }) => refusal?.kind ?? null)).toEqual(["serverError", null]);
  });

  it("a chunk is not retained: its memory may be reused", () => {
    const replies: TextReply[] = [];
    const reader = new TextReplies(
      (one) => replies.push(one),
      () => true,
    );
    const shared = Buffer.alloc(64);
    for (const piece of ["VALUE k 0 6\r\nab", "cd", "ef\r", "\nEN", "D\r\n"]) {
      shared.fill(0);
      shared.write(piece);
      reader.push(shared, piece.length);
    }
    expect(replies[0]?.values[0]?.data?.toString()).toBe("abcdef");
  });

  it("a violation of the protocol or of a limit is an error", () => {
    expect(reasonOf("VALUE k 0 3\r\nabcd\r\nEND\r\n")).toBe("malformedReply");
    expect(reasonOf("VALUE k 0 3\r\nabc\n\rEND\r\n")).toBe("malformedReply");
    expect(reasonOf("VALUE k 0 x\r\n")).toBe("malformedReply");
    expect(reasonOf("VALUE k 0 1\r\na\r\nSTORED\r\n")).toBe("malformedReply");
    expect(reasonOf("STORED\n")).toBe("malformedReply");
    expect(reasonOf("<html>\r\n")).toBe("malformedReply");
    expect(reasonOf("VALUE k 0 1073741824\r\n")).toBe("replyTooLarge");
    expect(reasonOf("X".repeat(9_000))).toBe("replyTooLarge");
    expect(reasonOf(...Array.from({ length: 1_002 }, () => "VALUE k 0 0\r\n\r\n"))).toBe("replyTooLarge");
  });
});
