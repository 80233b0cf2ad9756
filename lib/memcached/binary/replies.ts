/**
 * Response frames to pipelined binary requests. Pure and incremental: chunks in, frames out, cut anywhere. Source:
 * memcached `doc/protocol-binary.txt`, "Packet Structure".
 */

import { Fault } from "../connection/errors";
import { MAX_REPLY_BYTES } from "../limits";
import { HEADER_BYTES, RESPONSE_MAGIC } from "./frames";

export interface BinaryReply {
  readonly opcode: number;
  readonly status: number;
  readonly opaque: number;
  readonly cas: bigint;
  /** Bytes of the value. */
  readonly size: number;
  /** Null when nobody wanted to keep the body. */
  readonly body: { readonly extras: Buffer; readonly key: Buffer; readonly value: Buffer } | null;
}

export class BinaryReplies {
  private readonly header = Buffer.alloc(HEADER_BYTES);
  private filled = 0;
  private bodyLeft = 0;
  private kept: Buffer[] | null = null;

  /** `keeps` tells whether the reply that comes now is to keep its body. */
  constructor(
    private readonly take: (reply: BinaryReply) => void,
    private readonly keeps: () => boolean,
  ) {}

  /**
   * Takes the first `length` bytes of a chunk, which is not kept.
   * @throws Fault for what is no response frame, or too long a one
   */
  push(chunk: Buffer, length: number): void {
    let at = 0;
    while (at < length) {
      const inHeader = this.filled < HEADER_BYTES;
      const wanted = inHeader ? HEADER_BYTES - this.filled : this.bodyLeft;
      const end = Math.min(length, at + wanted);
      const piece = chunk.subarray(at, end);
      if (inHeader) this.takeHeader(piece);
      else {
        this.kept?.push(Buffer.from(piece));
        this.bodyLeft -= piece.length;
      }
      at = end;
      if (this.filled === HEADER_BYTES && this.bodyLeft === 0) this.finish();
    }
  }

  private takeHeader(piece: Buffer): void {
    piece.copy(this.header, this.filled);
    this.filled += piece.length;
    if (this.header[0] !== RESPONSE_MAGIC) throw new Fault("malformedReply", "not a binary frame");
    if (this.filled < HEADER_BYTES) return;
    this.bodyLeft = this.header.readUInt32BE(8);
    if (this.header.readUInt16BE(2) + this.header.readUInt8(4) > this.bodyLeft) {
      throw new Fault("malformedReply", "a frame whose parts are longer than its body");
    }
    if (this.bodyLeft > MAX_REPLY_BYTES) {
      throw new Fault("replyTooLarge", `a frame of more than ${MAX_REPLY_BYTES} bytes`);
    }
    this.kept = this.keeps() ? [] : null;
  }

  private finish(): void {
    const { header, kept } = this;
    const extrasLength = header.readUInt8(4);
    const keyEnd = extrasLength + header.readUInt16BE(2);
    const body = kept === null ? null : Buffer.concat(kept);
    this.filled = 0;
    this.kept = null;
    this.take({
      opcode: header.readUInt8(1),
      status: header.readUInt16BE(6),
      opaque: header.readUInt32BE(12),
      cas: header.readBigUInt64BE(16),
      size: header.readUInt32BE(8) - keyEnd,
      body: body && {
        extras: body.subarray(0, extrasLength),
        key: body.subarray(extrasLength, keyEnd),
        value: body.subarray(keyEnd),
      },
    });
  }
}
