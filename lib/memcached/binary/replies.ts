/**
 * Response frames to pipelined binary requests. Pure and incremental: chunks in, frames out, cut anywhere. Source:
 * memcached `doc/protocol-binary.txt`, "Packet Structure".
 */

import { ConnectionError } from "../connection/errors";
import { MAX_REPLY_BYTES } from "../limits";
import { bodyLengthOf, HEADER_BYTES, RESPONSE_MAGIC } from "./frames";

export interface BinaryReply {
  readonly opcode: number;
  readonly status: number;
  readonly opaque: number;
  readonly cas: bigint;
  /** Bytes of the value. */
  readonly size: number;
  /** Null if the request does not keep the body. */
  readonly body: { readonly extras: Buffer; readonly key: Buffer; readonly value: Buffer } | null;
}

/** The replies to a request: the frame that ends them, and the frames before it. */
export interface BinaryAnswer {
  readonly last: BinaryReply;
  readonly before: readonly BinaryReply[];
}

export class BinaryReplies {
  private readonly header = Buffer.alloc(HEADER_BYTES);
  private filled = 0;
  private bodyRemaining = 0;
  private body: Buffer[] | null = null;

  /** `keepsValues`: whether to keep the body of the reply that begins now. */
  constructor(
    private readonly take: (reply: BinaryReply) => void,
    private readonly keepsValues: () => boolean,
  ) {}

  /**
   * Takes the first `length` bytes of a chunk, which is not retained.
   * @throws ConnectionError for anything but response frames, and for a frame over the limit
   */
  push(chunk: Buffer, length: number): void {
    let at = 0;
    while (at < length) {
      const inHeader = this.filled < HEADER_BYTES;
      const missing = inHeader ? HEADER_BYTES - this.filled : this.bodyRemaining;
      const end = Math.min(length, at + missing);
      const piece = chunk.subarray(at, end);
      if (inHeader) this.takeHeader(piece);
      else {
        this.body?.push(Buffer.from(piece));
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
    this.bodyRemaining = bodyLengthOf(this.header);
    if (this.bodyRemaining > MAX_REPLY_BYTES) {
      throw new ConnectionError("replyTooLarge", `a frame of more than ${MAX_REPLY_BYTES} bytes`);
    }
    this.body = this.keepsValues() ? [] : null;
  }

  private finish(): void {
    const { header } = this;
    const extrasLength = header.readUInt8(4);
    const keyEnd = extrasLength + header.readUInt16BE(2);
    const body = this.body && Buffer.concat(this.body);
    this.filled = 0;
    this.body = null;
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
