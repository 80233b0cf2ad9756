import fc from "fast-check";
import { expect, it } from "vitest";
import { ConnectionError } from "../connection/errors";
import { FrameGuard, type FrameHeader } from "./frames";

/** A response frame, laid out by hand after protocol-binary.txt. */
function response(opcode: number, status: number, body: string, keyLength = 0): Buffer {
  const header = [0x81, opcode, keyLength >> 8, keyLength & 255, 0, 0, status >> 8, status & 255];
  const length = [0, 0, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([...header, ...length, ...Array(12).fill(0)]), Buffer.from(body)]);
}

function guarded(...chunks: readonly Buffer[]): { headers: FrameHeader[]; complete: boolean } {
  const headers: FrameHeader[] = [];
  const guard = new FrameGuard((header) => headers.push(header));
  for (const chunk of chunks) guard.push(chunk, chunk.length);
  return { headers, complete: guard.atBoundary };
}

function reasonOf(...chunks: readonly Buffer[]): unknown {
  try {
    guarded(...chunks);
  } catch (error) {
    return error instanceof ConnectionError ? error.reason : error;
  }
  return "nothing was thrown";
}

const stream = Buffer.concat([
  response(0x10, 0, "pid7", 3),
  response(0x10, 0, ""),
  response(0x0b, 0, "1.6.18"),
]);

it("frames are split correctly wherever the stream is cut", () => {
  const headers = [
    { opcode: 0x10, status: 0, bodyLength: 4 },
    { opcode: 0x10, status: 0, bodyLength: 0 },
    { opcode: 0x0b, status: 0, bodyLength: 6 },
  ];
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
      const offsets = [0, ...cuts.sort((a, b) => a - b), stream.length];
      const chunks = offsets.slice(1).map((to, index) => stream.subarray(offsets[index], to));
      expect(guarded(...chunks)).toEqual({ headers, complete: true });
    }),
  );
});

it("a truncated frame is incomplete", () => {
  for (let length = 1; length < 28; length++)
    expect(guarded(stream.subarray(0, length)).complete).toBe(false);
});

it("text, requests and impossible lengths are refused", () => {
  expect(reasonOf(Buffer.from("ERROR\r\n"))).toBe("malformedReply");
  expect(reasonOf(Buffer.from([0x80]))).toBe("malformedReply");
  expect(reasonOf(response(0x10, 0, "ab", 3))).toBe("malformedReply");
  const huge = response(0x10, 0, "");
  huge.writeUInt32BE(0xffff_ffff, 8);
  expect(reasonOf(huge)).toBe("replyTooLarge");
});

it("a reply of more than 1 MB is refused, however small its frames are", () => {
  const frames = Buffer.concat(Array.from({ length: 1_000 }, () => response(0x10, 0, "a1", 1)));
  expect(reasonOf(...Array.from({ length: 50 }, () => frames))).toBe("replyTooLarge");
});
