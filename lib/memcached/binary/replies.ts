/**
 * Response frames to pipelined binary requests. Pure and incremental: chunks in, frames out, cut anywhere. Source:
 * memcached `doc/protocol-binary.txt`, "Packet Structure".
 */

import { ConnectionError } from "../connection/errors";
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
  private bodyRemaining = 0;
  private value: Buffer[] | null = null;

  /** `keeps` tells whether the reply that comes now is to keep its body. */
  constructor(
    private readonly take: (reply: BinaryReply) => void,
    private readonly keepsValues: () => boolean,
  ) {}

  /**
   * Takes the first `length` bytes of a chunk, which is not kept.
   * @throws Fault for what is no response frame, or too long a one
   */
  push(chunk: Buffer, length: number): void {
    let at = 0;
    while (at < length) {
      const inHeader = this.filled < HEADER_BYTES;
      const wanted = inHeader ? HEADER_BYTES - this.filled : this.bodyRemaining;
      const end = Math.min(length, at + wanted);
      const piece = chunk.subarray(at, end);
      if (inHeader) this.takeHeader(piece);
      else {
        this.value?.push(Buffer.from(piece));
        this.bodyRemaining -= piece.length;
      }
      at = end;
      if (this.filled === HEADER_BYTES && this.bodyRemaining === 0) this.finish();
    }
  }

  private takeHeader(piece: Buffer): void {
    piece.copy(this.header, this.filled);
    this.filled += piece.length;
    if (this.header[0] !== RESPONSE_MAGIC) throw new ConnectionError("malformedReply", "not a binary frame");
    if (this.filled < HEADER_BYTES) return;
    this.bodyRemaining = this.header.readUInt32BE(8);
    if (this.header.readUInt16BE(2) + this.header.readUInt8(4) > this.bodyRemaining) {
      throw new ConnectionError("malformedReply", "a frame whose parts are longer than its body");
    }
    if (this.bodyRemaining > MAX_REPLY_BYTES) {
      throw new ConnectionError("replyTooLarge", `a frame of more than ${MAX_REPLY_BYTES} bytes`);
    }
    this.value = this.keepsValues() ? [] : null;
  }

  private finish(): void {
    const { header, value: kept } = this;
    const extrasLength = header.readUInt8(4);
    const keyEnd = extrasLength + header.readUInt16BE(2);
    const body = kept === null ? null : Buffer.concat(kept);
    this.filled = 0;
    this.value = null;
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
