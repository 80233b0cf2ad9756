import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CommandError, ConnectionError } from "../connection/errors";
import { type HeadParser, ItemReader, metaHead, plainHead } from "./item-reader";

const KEY = Buffer.from("größe");
const bytes = fc.uint8Array({ maxLength: 300 }).map((value) => Buffer.from(value));

function plainReply(value: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`VALUE größe 7 ${value.length} 12\r\n`),
    value,
    Buffer.from("\r\nEND\r\n"),
  ]);
}

function metaReply(value: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`VA ${value.length} s${value.length} f7\r\n`),
    value,
    Buffer.from("\r\n"),
  ]);
}

function read(
  parse: HeadParser,
  reply: Buffer,
  limit: number,
  cuts: readonly number[] = [],
): ItemReader | null {
  const reader = new ItemReader(parse, limit);
  let from = 0;
  for (const to of [...cuts, reply.length]) {
    const piece = Buffer.from(reply.subarray(from, to));
    const done = reader.push(piece, piece.length);
    piece.fill(0);
    if (done) return reader;
    from = to;
  }
  return null;
}

describe.each([
  ["a plain item", plainHead(KEY), plainReply],
  ["a meta item", metaHead, metaReply],
] as const)("%s", (_, parse, replyOf) => {
  it("is read the same wherever it is cut, and only when it is complete", () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.nat(), (value, a, b) => {
        const reply = replyOf(value);
        const cuts = [a % reply.length, b % reply.length].sort((x, y) => x - y);
        expect(read(parse, reply, 1_000, cuts)?.value.equals(value)).toBe(true);
        expect(
          read(
            parse,
            reply.subarray(0, -1),
            1_000,
            cuts.filter((cut) => cut < reply.length - 1),
          ),
        ).toBeNull();
      }),
    );
  });

  it("longer than the limit gives its beginning, and no more is waited for", () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 0, max: 299 }), (value, limit) => {
        fc.pre(limit < value.length);
        const reader = read(parse, replyOf(value), limit);
        expect(reader?.value.equals(value.subarray(0, limit))).toBe(true);
        expect(reader?.head.size).toBe(value.length);
      }),
    );
  });

  it("with extra bytes, or shorter than announced, is a protocol error", () => {
    const reply = replyOf(Buffer.from("value"));
    expect(() => read(parse, Buffer.concat([reply, Buffer.from("X")]), 100)).toThrow(ConnectionError);
    const shorter = Buffer.from(reply.toString("latin1").replace("value", "valu"), "latin1");
    expect(() => read(parse, Buffer.concat([shorter, Buffer.from("\r\n")]), 100)).toThrow(ConnectionError);
  });
});

describe("an item's reader", () => {
  it("distinguishes a miss from an item without a value", () => {
    expect(read(metaHead, Buffer.from("EN\r\n"), 0)?.head.hit).toBe(false);
    expect(read(plainHead(KEY), Buffer.from("END\r\n"), 0)?.head.hit).toBe(false);
    expect(read(metaHead, Buffer.from("HD s5 t-1\r\n"), 0)?.head).toMatchObject({
      hit: true,
      words: ["s5", "t-1"],
    });
  });

  it("keeps no more than the limit of a value of a gigabyte", () => {
    const reader = new ItemReader(metaHead, 1_000);
    const head = Buffer.from("VA 1073741824 s1073741824\r\n");
    expect(reader.push(head, head.length)).toBe(false);
    const piece = Buffer.alloc(65_536);
    expect(reader.push(piece, piece.length)).toBe(true);
    expect(reader.value.length).toBe(1_000);
  });

  it("treats an error line as a refusal", () => {
    expect(() => read(metaHead, Buffer.from("CLIENT_ERROR invalid flag\r\n"), 0)).toThrow(CommandError);
    expect(() => read(metaHead, Buffer.from("ERROR\r\n"), 0)).toThrow(CommandError);
  });

  it.each([
    "VALUE other 0 1\r\nx\r\nEND\r\n",
    "VALUE größe 0 -1\r\n",
    "VALUE größe 0 99999999999\r\n",
    "STORED\r\n",
    "\u0000garbage",
    `VALUE ${"x".repeat(9_000)}`,
    "END\nmore",
  ])("refuses %j", (reply) => {
    expect(() => read(plainHead(KEY), Buffer.from(reply), 100)).toThrow(ConnectionError);
  });

  it("throws only errors and refusals, whatever arrives", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
        for (const parse of [metaHead, plainHead(KEY)]) {
          try {
            new ItemReader(parse, 10).push(noise, noise.length);
          } catch (error) {
            expect(error instanceof ConnectionError || error instanceof CommandError).toBe(true);
          }
        }
      }),
    );
  });
});
