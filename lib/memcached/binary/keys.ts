import type { Response } from "memjs";
import type { Connection } from "../connection/connection";
import { ConnectionError, printable } from "../connection/errors";
import {
  type CounterReply,
  type ItemInfo,
  type KeyCommands,
  type KeyReply,
  MAX_EXPTIME,
  type StoreOptions,
} from "../key-contract";
import { checkedInteger, MAX_KEY_BYTES } from "../text/encoder";
import { FrameGuard, type FrameHeader, OPCODE, STATUS } from "./frames";
import { MemjsSession } from "./memjs";

/** What a get brings besides the value: four bytes of flags. */
const GET_EXTRAS = 4;
/** `incr` and `decr` with this expiration make no item. */
const NEVER_MAKE = 0xffff_ffff;
/**
 * Here an exptime has no sign: -1 would be the year 2106. The first Unix time that is none of the 30 days of relative
 * ones lies in 1970, which every server takes for over.
 */
const EXPIRED = 2_592_001;

/** Source: `doc/protocol-binary.txt`, "Response Status", in the words of the text protocol. */
const REPLY_TEXT: Readonly<Record<number, string>> = {
  1: "NOT_FOUND",
  2: "EXISTS",
  3: "SERVER_ERROR object too large for cache",
  4: "CLIENT_ERROR invalid arguments",
  5: "NOT_STORED",
  6: "CLIENT_ERROR cannot increment or decrement non-numeric value",
  129: "ERROR unknown command",
  130: "SERVER_ERROR out of memory storing object",
};

interface Request {
  readonly opcode: number;
  readonly key: Uint8Array;
  readonly extras?: Buffer;
  readonly value?: Uint8Array;
  /** Longest body of the answer, in bytes. */
  readonly bodyBytes?: number;
}

interface Exchange {
  readonly request: Request;
  readonly resolve: (response: Response) => void;
  readonly reject: (fault: ConnectionError) => void;
}

/** The commands of one key over a binary connection that was opened for them, through memjs. Keys are any bytes. */
export class BinaryKeys implements KeyCommands {
  /** A get is a use, and the protocol has nothing that tells of an item without being one. */
  readonly inspectsSilently = false;
  private readonly session: MemjsSession;
  private readonly guard: FrameGuard;
  private exchange: Exchange | null = null;
  /** The frame that answers has begun: no other may come. */
  private answered = false;
  /** Length of the body that the answer announced. */
  private announced = 0;

  /** Takes the connection over from the transport that signed in. */
  constructor(private readonly wire: Connection) {
    this.session = new MemjsSession(wire);
    // How long an answer may be depends on the request: `judge` knows.
    this.guard = new FrameGuard((header) => this.judge(header), Number.POSITIVE_INFINITY);
    wire.use(this.receive, this.ended);
  }

  async inspect(key: Uint8Array, valueBytes: number): Promise<ItemInfo | null> {
    const told = { ttlSeconds: null, lastAccessSeconds: null, fetched: null, bumped: true };
    const bodyBytes = GET_EXTRAS + valueBytes;
    try {
      const { header, extras, val } = await this.ask({ opcode: OPCODE.get, key, bodyBytes });
      if (header.status === STATUS.notFound) return null;
      if (header.status !== STATUS.ok)
        throw new ConnectionError("unsupported", replyText(header.status, val));
      if (extras.length !== GET_EXTRAS) throw this.malformed("an item without its flags");
      const value = valueBytes > 0 ? val : null;
      const cas = casOf(header);
      return { ...told, flags: extras.readUInt32BE(0), size: val.length, cas, value };
    } catch (error) {
      // The frame is all or nothing, and more than was asked for is not let in: its length is known all the same.
      const tooLong =
        error instanceof ConnectionError && error.reason === "replyTooLarge" && this.announced > bodyBytes;
      if (!tooLong) throw error;
      return { ...told, flags: null, size: this.announced - GET_EXTRAS, cas: null, value: null };
    }
  }

  async exists(key: Uint8Array): Promise<boolean> {
    return (await this.inspect(key, 0)) !== null;
  }

  store(key: Uint8Array, value: Uint8Array, { mode, flags, exptime }: StoreOptions): Promise<KeyReply> {
    const appends = mode === "append" || mode === "prepend";
    const extras = Buffer.alloc(8);
    extras.writeUInt32BE(Number(checkedInteger("flags", flags, 0, 0xffff_ffff)));
    extras.writeUInt32BE(expirationOf(exptime), 4);
    const request = { opcode: OPCODE[mode], key, value };
    // The protocol's words for what text calls NOT_STORED differ by command.
    const words: Readonly<Record<string, string>> =
      mode === "add" ? { EXISTS: "NOT_STORED" } : { NOT_FOUND: "NOT_STORED" };
    return this.answer(appends ? request : { ...request, extras }, "STORED", words);
  }

  touch(key: Uint8Array, exptime: number): Promise<KeyReply> {
    const extras = Buffer.alloc(4);
    extras.writeUInt32BE(expirationOf(exptime));
    return this.answer({ opcode: OPCODE.touch, key, extras }, "TOUCHED");
  }

  delete(key: Uint8Array): Promise<KeyReply> {
    return this.answer({ opcode: OPCODE.delete, key }, "DELETED");
  }

  async count(direction: "incr" | "decr", key: Uint8Array, by: bigint): Promise<CounterReply> {
    const extras = Buffer.alloc(20);
    extras.writeBigUInt64BE(BigInt.asUintN(64, by));
    extras.writeUInt32BE(NEVER_MAKE, 16);
    const opcode = direction === "incr" ? OPCODE.increment : OPCODE.decrement;
    const { header, val } = await this.ask({ opcode, key, extras });
    if (header.status !== STATUS.ok) return { ok: false, reply: replyText(header.status, val), value: null };
    if (val.length !== 8) throw this.malformed("a counter that is not 64 bits");
    const value = val.readBigUInt64BE(0);
    return { ok: true, reply: value.toString(), value };
  }

  private async answer(
    request: Request,
    success: string,
    words: Readonly<Record<string, string>> = {},
  ): Promise<KeyReply> {
    const { header, val } = await this.ask(request);
    if (header.status === STATUS.ok) return { ok: true, reply: success };
    const text = replyText(header.status, val);
    return { ok: false, reply: words[text] ?? text };
  }

  private ask(request: Request): Promise<Response> {
    const { opcode, extras = "", value } = request;
    checkedInteger("key length", request.key.length, 1, MAX_KEY_BYTES);
    return new Promise((resolve, reject) => {
      this.exchange = { request, resolve, reject };
      this.answered = false;
      this.announced = 0;
      this.guard.begin();
      if (this.wire.closedBy) return this.ended(this.wire.closedBy);
      const key = Buffer.from(request.key);
      const reply = (response: Response) => this.settled()?.resolve(response);
      this.session.send(opcode, key, reply, extras, value === undefined ? "" : Buffer.from(value));
    });
  }

  private settled(): Exchange | null {
    const { exchange } = this;
    this.exchange = null;
    return exchange;
  }

  private readonly receive = (bytes: Buffer, length: number): void => {
    try {
      if (this.exchange === null)
        throw new ConnectionError("malformedReply", "bytes that were not asked for");
      this.guard.push(bytes, length);
      this.session.feed(bytes.subarray(0, length));
      if (this.exchange === null && !this.guard.atBoundary)
        throw new ConnectionError("malformedReply", "bytes after the end of the reply");
    } catch (error) {
      const known = error instanceof ConnectionError ? error : null;
      this.wire.destroy(known ?? new ConnectionError("malformedReply", undefined, { cause: error }));
    }
  };

  private judge({ opcode, status, bodyLength }: FrameHeader): void {
    const request = this.exchange?.request;
    if (request === undefined || this.answered)
      throw new ConnectionError("malformedReply", "bytes after the end of the reply");
    this.answered = true;
    if (opcode !== request.opcode) throw new ConnectionError("malformedReply", "a frame of another command");
    if (status === STATUS.authError) throw new ConnectionError("saslRequired");
    this.announced = status === STATUS.ok ? bodyLength : 0;
    const most = status === STATUS.ok ? (request.bodyBytes ?? MAX_ANSWER_BYTES) : MAX_ANSWER_BYTES;
    if (bodyLength > most)
      throw new ConnectionError("replyTooLarge", "a value that is longer than was asked for");
  }

  private malformed(seen: string): ConnectionError {
    const fault = new ConnectionError("malformedReply", seen);
    this.wire.destroy(fault);
    return fault;
  }

  private readonly ended = (fault: ConnectionError): void => {
    this.settled()?.reject(fault);
  };
}

/** Longest answer to anything but a get, in bytes: an explanation. */
const MAX_ANSWER_BYTES = 1_024;

function expirationOf(exptime: number): number {
  const seconds = Number(checkedInteger("exptime", exptime, -1, MAX_EXPTIME));
  return seconds === -1 ? EXPIRED : seconds;
}

function replyText(status: number, explanation: Buffer): string {
  const words = REPLY_TEXT[status];
  if (words !== undefined) return words;
  return printable(`status 0x${status.toString(16)} ${explanation.toString("latin1", 0, 120)}`.trimEnd());
}

/** memjs cuts the cas out of the header; its types do not know it. */
function casOf(header: object): bigint | null {
  const cas: unknown = "cas" in header ? header.cas : null;
  return Buffer.isBuffer(cas) && cas.length === 8 ? cas.readBigUInt64BE(0) : null;
}
