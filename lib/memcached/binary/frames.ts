/**
 * Frames of the binary protocol. Source: memcached `doc/protocol-binary.txt`, "Packet Structure": 24 bytes of
 * header (magic, opcode, key length, extras length, data type, status, body length, opaque, cas), then body.
 */
import { ConnectionError } from "../connection/errors";
import { MAX_REPLY_BYTES } from "../limits";
import { CONNECTIONS_FULL } from "../text/reply-line";

export const HEADER_BYTES = 24;
export const RESPONSE_MAGIC = 0x81;

export const OPCODE = {
  get: 0x00,
  set: 0x01,
  add: 0x02,
  replace: 0x03,
  delete: 0x04,
  increment: 0x05,
  decrement: 0x06,
  flush: 0x08,
  getq: 0x09,
  noop: 0x0a,
  version: 0x0b,
  getk: 0x0c,
  getkq: 0x0d,
  append: 0x0e,
  prepend: 0x0f,
  stat: 0x10,
  setq: 0x11,
  addq: 0x12,
  replaceq: 0x13,
  deleteq: 0x14,
  incrementq: 0x15,
  decrementq: 0x16,
  appendq: 0x19,
  prependq: 0x1a,
  touch: 0x1c,
  gat: 0x1d,
  saslList: 0x20,
  saslAuth: 0x21,
} as const;
export const STATUS = {
  ok: 0,
  notFound: 1,
  exists: 0x02,
  notStored: 0x05,
  nonNumeric: 0x06,
  authError: 0x20,
  authContinue: 0x21,
  unknownCommand: 0x81,
} as const;

/** The header of the frame that a guard has just passed. */
export interface FrameHeader {
  readonly opcode: number;
  readonly status: number;
  readonly bodyLength: number;
}

/**
 * Follows the frames of one connection without keeping their bodies, and refuses what must not reach memjs:
 * it would buffer a body of any announced length and answer any frame with opcode 0x20 with the password.
 */
export class FrameGuard {
  private readonly header = Buffer.alloc(HEADER_BYTES);
  private filled = 0;
  private bodyRemaining = 0;
  private replyBytes = 0;

  /**
   * `onHeader` sees each header as soon as it is complete, before its body; it may throw a `Fault`. `limit`: bytes of
   * one reply.
   */
  constructor(
    private readonly onHeader: (header: FrameHeader) => void,
    private readonly limit = MAX_REPLY_BYTES,
  ) {}

  /** A new request goes out: counts its reply from zero. */
  begin(): void {
    this.replyBytes = 0;
  }

  get started(): boolean {
    return this.replyBytes > 0;
  }

  /** Whether the bytes so far end with a whole frame. */
  get atBoundary(): boolean {
    return this.filled === 0 && this.bodyRemaining === 0;
  }

  /** Throws a `Fault` for what is not a response frame or exceeds the limit of a reply. */
  push(chunk: Uint8Array, length: number): void {
    this.replyBytes += length;
    if (this.replyBytes > this.limit)
      throw new ConnectionError("replyTooLarge", `more than ${this.limit} bytes`);
    let at = 0;
    while (at < length) {
      if (this.bodyRemaining > 0) {
        const taken = Math.min(this.bodyRemaining, length - at);
        this.bodyRemaining -= taken;
        at += taken;
        continue;
      }
      this.header[this.filled++] = chunk[at++] as number;
      if (this.filled === 1 && this.header[0] !== RESPONSE_MAGIC)
        throw foreign(chunk.subarray(at - 1, length));
      if (this.filled === HEADER_BYTES) this.complete();
    }
  }

  private complete(): void {
    this.filled = 0;
    const { header } = this;
    const bodyLength = header.readUInt32BE(8);
    if (header.readUInt16BE(2) + header.readUInt8(4) > bodyLength) {
      throw new ConnectionError("malformedReply", "a frame whose parts are longer than its body");
    }
    if (bodyLength > this.limit)
      throw new ConnectionError("replyTooLarge", "a frame that announces too long a body");
    this.bodyRemaining = bodyLength;
    this.onHeader({ opcode: header.readUInt8(1), status: header.readUInt16BE(6), bodyLength });
  }
}

function foreign(bytes: Uint8Array): ConnectionError {
  const full = Buffer.from(bytes).toString("latin1").startsWith(CONNECTIONS_FULL);
  return full
    ? new ConnectionError("connectionsFull")
    : new ConnectionError("malformedReply", "not a binary frame");
}
