/**
 * Frames of the binary protocol. Source: memcached `doc/protocol-binary.txt`, "Packet Structure": 24 bytes of
 * header (magic, opcode, key length, extras length, data type, status, body length, opaque, cas), then body.
 */
import { CommandError, ConnectionError, printable } from "../connection/errors";
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

/** Replies in the words of the text protocol. Source: `doc/protocol-binary.txt`, "Response Status". */
const STATUS_TEXT: Readonly<Record<number, string>> = {
  1: "NOT_FOUND",
  2: "EXISTS",
  3: "SERVER_ERROR object too large for cache",
  4: "CLIENT_ERROR invalid arguments",
  5: "NOT_STORED",
  6: "CLIENT_ERROR cannot increment or decrement non-numeric value",
  129: "ERROR unknown command",
  130: "SERVER_ERROR out of memory storing object",
};

/** A status or opcode as memcached's documentation writes it: `0x81`. */
export function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, "0")}`;
}

/** A status in words, with the node's explanation if the status has no text form. */
export function statusText(status: number, explanation = ""): string {
  return STATUS_TEXT[status] ?? printable(`status ${hex(status)} ${explanation}`.trimEnd());
}

/** The error for a reply with a status other than 0. An unknown stats group has the status of a missing key. */
export function commandError(status: number, explanation = ""): CommandError {
  const unknown = status === STATUS.notFound || status === STATUS.unknownCommand;
  const kind = unknown ? "unknownCommand" : "serverError";
  return new CommandError(kind, printable(explanation), statusText(status, explanation));
}

/** The header of a frame that a guard has accepted. */
export interface FrameHeader {
  readonly opcode: number;
  readonly status: number;
  readonly bodyLength: number;
}

/**
 * Follows the frames of one connection without keeping their bodies, and stops what must not reach memjs, which would
 * buffer a body of any announced length and answer any frame with opcode 0x20 with the password.
 */
export class FrameGuard {
  private readonly header = Buffer.alloc(HEADER_BYTES);
  private filled = 0;
  private bodyRemaining = 0;
  private replyBytes = 0;

  /**
   * Calls `onHeader` for each complete header, before its body; it may throw a `ConnectionError`. `limit`: bytes of one
   * reply.
   */
  constructor(
    private readonly onHeader: (header: FrameHeader) => void,
    private readonly limit = MAX_REPLY_BYTES,
  ) {}

  /** Starts the reply to a new request: resets the count of its bytes. */
  begin(): void {
    this.replyBytes = 0;
  }

  get started(): boolean {
    return this.replyBytes > 0;
  }

  /** Whether the last byte ended a frame. */
  get atBoundary(): boolean {
    return this.filled === 0 && this.bodyRemaining === 0;
  }

  /** @throws ConnectionError for anything but response frames, and for a reply over the limit */
  push(chunk: Uint8Array, length: number): void {
    this.replyBytes += length;
    if (this.replyBytes > this.limit)
      throw new ConnectionError("replyTooLarge", `more than ${this.limit} bytes`);
    let at = 0;
    while (at < length) {
      if (this.bodyRemaining > 0) {
        const count = Math.min(this.bodyRemaining, length - at);
        this.bodyRemaining -= count;
        at += count;
        continue;
      }
      this.header[this.filled++] = chunk[at++] as number;
      if (this.filled === 1 && this.header[0] !== RESPONSE_MAGIC)
        throw notAFrame(chunk.subarray(at - 1, length));
      if (this.filled === HEADER_BYTES) this.complete();
    }
  }

  private complete(): void {
    this.filled = 0;
    const { header } = this;
    const bodyLength = bodyLengthOf(header);
    if (bodyLength > this.limit)
      throw new ConnectionError("replyTooLarge", `a frame of more than ${this.limit} bytes`);
    this.bodyRemaining = bodyLength;
    this.onHeader({ opcode: header.readUInt8(1), status: header.readUInt16BE(6), bodyLength });
  }
}

/** @throws ConnectionError if the parts do not fit the body */
export function bodyLengthOf(header: Buffer): number {
  const bodyLength = header.readUInt32BE(8);
  if (header.readUInt16BE(2) + header.readUInt8(4) <= bodyLength) return bodyLength;
  throw new ConnectionError("malformedReply", "a frame with parts longer than its body");
}

/** A full node replies with a line of text, whatever the protocol. */
function notAFrame(bytes: Uint8Array): ConnectionError {
  const full = Buffer.from(bytes).toString("latin1").startsWith(CONNECTIONS_FULL);
  return full
    ? new ConnectionError("connectionsFull")
    : new ConnectionError("malformedReply", "not a binary frame");
}
