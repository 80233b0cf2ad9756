import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConnectionError } from "../connection/errors";
import { encodeFrame, storeExtras } from "./encoder";
import { BinaryReplies, type BinaryReply } from "./replies";

interface Frame {
  readonly opcode: number;
  readonly status: number;
  readonly opaque: number;
  readonly cas: bigint;
  readonly extras: Buffer;
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Written out by hand from the packet structure of the protocol. */
function bytesOf({ opcode, status, opaque, cas, extras, key, value }: Frame): Buffer {
  const header = Buffer.from([0x81, opcode, 0, 0, extras.length, 0, 0, 0, ...new Array<number>(16).fill(0)]);
  header.writeUInt16BE(key.length, 2);
  header.writeUInt16BE(status, 6);
  header.writeUInt32BE(extras.length + key.length + value.length, 8);
  header.writeUInt32BE(opaque, 12);
  header.writeBigUInt64BE(cas, 16);
  return Buffer.concat([header, extras, key, value]);
}

const buffer = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));
const frame: fc.Arbitrary<Frame> = fc.record({
  opcode: fc.nat(255),
  status: fc.nat(0xffff),
  opaque: fc.nat(0xffff_ffff),
  cas: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  extras: buffer(30),
  key: buffer(60),
  value: buffer(60),
});

function read(chunks: readonly Buffer[], keeps = true): BinaryReply[] {
  const replies: BinaryReply[] = [];
  const reader = new BinaryReplies(
    (reply) => replies.push(reply),
    () => keeps,
  );
  const shared = Buffer.alloc(4_096);
  for (const chunk of chunks) {
    shared.fill(0xee);
    chunk.copy(shared);
    reader.push(shared, chunk.length);
  }
  return replies;
}

describe("pipelined binary replies", () => {
  it("are the same wherever they are cut", () => {
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 50 }),
        (frames, step) => {
          const bytes = Buffer.concat(frames.map(bytesOf));
          const pieces: Buffer[] = [];
          for (let at = 0; at < bytes.length; at += step) pieces.push(bytes.subarray(at, at + step));
          const wanted = frames.map(({ extras, key, value, ...head }) => ({
            ...head,
            size: value.length,
            body: { extras, key, value },
          }));
          expect(read([bytes])).toEqual(wanted);
          expect(read(pieces)).toEqual(wanted);
          expect(read(pieces, false)).toEqual(wanted.map((one) => ({ ...one, body: null })));
        },
      ),
    );
  });

  it("an invalid or oversized response frame is an error", () => {
    const reasonOf = (bytes: Buffer) => {
      try {
        read([bytes]);
      } catch (error) {
        return error instanceof ConnectionError ? error.reason : error;
      }
      return "nothing was thrown";
    };
    expect(reasonOf(Buffer.from("ERROR\r\n"))).toBe("malformedReply");
    const header = Buffer.alloc(24);
    header.writeUInt8(0x81, 0);
    header.writeUInt32BE(0x4000_0000, 8);
    expect(reasonOf(header)).toBe("replyTooLarge");
    header.writeUInt16BE(9, 2);
    header.writeUInt32BE(8, 8);
    expect(reasonOf(header)).toBe("malformedReply");
  });
});

describe("a binary request", () => {
  it("has the bytes of the protocol's own example of an add", () => {
    // doc/protocol-binary.txt, "Add": key "Hello", value "World", flags 0xdeadbeef, expiry 0x1c20.
    const extras = storeExtras(0xdead_beef, 0x1c20);
    const bytes = encodeFrame({ opcode: 0x02, opaque: 0, key: "Hello", value: Buffer.from("World"), extras });
    expect(bytes.toString("hex")).toBe(
      `${"80020005080000000000001200000000"}${"0000000000000000"}deadbeef00001c20${Buffer.from("HelloWorld").toString("hex")}`,
    );
  });

  it("refuses a key that the text protocol could not name", () => {
    for (const key of ["", "a b", "a\r\n", "x".repeat(251)]) {
      expect(() => encodeFrame({ opcode: 0, opaque: 1, key })).toThrow(/key/);
    }
  });
});
