import type { Response } from "memjs";
import type { Connection } from "../connection/connection";
import { ConnectionError } from "../connection/errors";
import { MAX_KEY_BYTES } from "../key-bytes";
import {
  type CounterReply,
  type ItemInfo,
  type KeyCommands,
  type KeyReply,
  MAX_EXPTIME,
  type StoreOptions,
} from "../key-contract";
import { checkedInteger } from "../text/encoder";
import { storeExtras } from "./encoder";
import { MemjsExchange } from "./exchange";
import { type FrameHeader, OPCODE, STATUS, statusText } from "./frames";

/** Extras of a get reply: four bytes of flags. */
const GET_EXTRAS = 4;
/** With this expiration, `incr` and `decr` do not create an item. */
const DO_NOT_CREATE = 0xffff_ffff;
/**
 * The exptime is unsigned here: -1 would be the year 2106. The smallest value that is not relative (30 days and one
 * second) is a Unix time in 1970, which every server treats as expired.
 */
const EXPIRED = 2_592_001;
/** Longest reply to anything but a get, in bytes: an explanation. */
const MAX_STATUS_BYTES = 1_024;

interface Request {
  readonly opcode: number;
  readonly key: Uint8Array;
  readonly extras?: Buffer;
  readonly value?: Uint8Array;
  /** Longest body of a successful reply, in bytes. */
  readonly bodyBytes?: number;
}

/** The commands for one key over a binary connection opened for them, through memjs. Keys are any bytes. */
export class BinaryKeys extends MemjsExchange implements KeyCommands {
  /** The protocol has no request that reads an item without counting as a use. */
  readonly inspectsSilently = false;
  private request: Request | null = null;
  /** Whether the reply has begun; it has one frame. */
  private replied = false;
  /** Body length announced by a successful reply. */
  private announced = 0;

  /** Takes over the connection from the transport that signed in. */
  constructor(connection: Connection) {
    // `checkHeader` knows the limit of each request.
    super(connection, Number.POSITIVE_INFINITY);
  }

  async inspect(key: Uint8Array, valueBytes: number): Promise<ItemInfo | null> {
    const unknown = { ttlSeconds: null, lastAccessSeconds: null, fetched: null, bumped: true };
    const bodyBytes = GET_EXTRAS + valueBytes;
    try {
      const { header, extras, val } = await this.send({ opcode: OPCODE.get, key, bodyBytes });
      if (header.status === STATUS.notFound) return null;
      if (header.status !== STATUS.ok)
        throw new ConnectionError("unsupported", statusText(header.status, val.toString("latin1")));
      if (extras.length !== GET_EXTRAS) throw this.malformed("an item without flags");
      const value = valueBytes > 0 ? val : null;
      return {
        ...unknown,
        flags: extras.readUInt32BE(0),
        size: val.length,
        cas: casOf(header),
        value,
      };
    } catch (error) {
      // A frame is read completely or not at all, but its header tells the size of a value that is too long.
      const tooLong =
        error instanceof ConnectionError && error.reason === "replyTooLarge" && this.announced > bodyBytes;
      if (!tooLong) throw error;
      return { ...unknown, flags: null, size: this.announced - GET_EXTRAS, cas: null, value: null };
    }
  }

  async exists(key: Uint8Array): Promise<boolean> {
    return (await this.inspect(key, 0)) !== null;
  }

  store(key: Uint8Array, value: Uint8Array, { mode, flags, exptime }: StoreOptions): Promise<KeyReply> {
    const appends = mode === "append" || mode === "prepend";
    const checkedFlags = Number(checkedInteger("flags", flags, 0, 0xffff_ffff));
    const extras = storeExtras(checkedFlags, expirationOf(exptime));
    const request = { opcode: OPCODE[mode], key, value };
    // Where text replies NOT_STORED, the binary status depends on the command.
    const words: Readonly<Record<string, string>> =
      mode === "add" ? { EXISTS: "NOT_STORED" } : { NOT_FOUND: "NOT_STORED" };
    return this.reply(appends ? request : { ...request, extras }, "STORED", words);
  }

  touch(key: Uint8Array, exptime: number): Promise<KeyReply> {
    const extras = Buffer.alloc(4);
    extras.writeUInt32BE(expirationOf(exptime));
    return this.reply({ opcode: OPCODE.touch, key, extras }, "TOUCHED");
  }

  delete(key: Uint8Array): Promise<KeyReply> {
    return this.reply({ opcode: OPCODE.delete, key }, "DELETED");
  }

  async count(direction: "incr" | "decr", key: Uint8Array, by: bigint): Promise<CounterReply> {
    const extras = Buffer.alloc(20);
    extras.writeBigUInt64BE(BigInt.asUintN(64, by));
    extras.writeUInt32BE(DO_NOT_CREATE, 16);
    const opcode = direction === "incr" ? OPCODE.increment : OPCODE.decrement;
    const { header, val } = await this.send({ opcode, key, extras });
    if (header.status !== STATUS.ok) {
      return { ok: false, reply: statusText(header.status, val.toString("latin1")), value: null };
    }
    if (val.length !== 8) throw this.malformed("a counter that is not 64 bits");
    const value = val.readBigUInt64BE(0);
    return { ok: true, reply: value.toString(), value };
  }

  private async reply(
    request: Request,
    success: string,
    words: Readonly<Record<string, string>> = {},
  ): Promise<KeyReply> {
    const { header, val } = await this.send(request);
    if (header.status === STATUS.ok) return { ok: true, reply: success };
    const text = statusText(header.status, val.toString("latin1"));
    return { ok: false, reply: words[text] ?? text };
  }

  private send(request: Request): Promise<Response> {
    const { opcode, extras = "", value } = request;
    checkedInteger("key length", request.key.length, 1, MAX_KEY_BYTES);
    this.request = request;
    this.replied = false;
    this.announced = 0;
    return this.exchange<Response>((resolve) => {
      const key = Buffer.from(request.key);
      this.memjs.send(opcode, key, resolve, extras, value === undefined ? "" : Buffer.from(value));
    });
  }

  protected checkHeader({ opcode, status, bodyLength }: FrameHeader): void {
    const { request } = this;
    if (request === null || this.replied)
      throw new ConnectionError("malformedReply", "bytes after the end of the reply");
    this.replied = true;
    if (opcode !== request.opcode) throw new ConnectionError("malformedReply", "a frame of another command");
    if (status === STATUS.authError) throw new ConnectionError("saslRequired");
    this.announced = status === STATUS.ok ? bodyLength : 0;
    const limit = status === STATUS.ok ? (request.bodyBytes ?? MAX_STATUS_BYTES) : MAX_STATUS_BYTES;
    if (bodyLength > limit) throw new ConnectionError("replyTooLarge", `a frame of more than ${limit} bytes`);
  }

  private malformed(detail: string): ConnectionError {
    const error = new ConnectionError("malformedReply", detail);
    this.connection.destroy(error);
    return error;
  }
}

function expirationOf(exptime: number): number {
  const seconds = Number(checkedInteger("exptime", exptime, -1, MAX_EXPTIME));
  return seconds === -1 ? EXPIRED : seconds;
}

/** memjs cuts the CAS out of the header; its types do not declare it. */
function casOf(header: object): bigint | null {
  const cas: unknown = "cas" in header ? header.cas : null;
  return Buffer.isBuffer(cas) && cas.length === 8 ? cas.readBigUInt64BE(0) : null;
}
