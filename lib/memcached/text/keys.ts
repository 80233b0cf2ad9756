import { CapabilityError } from "@/lib/model/errors";
import { isAtLeast, isKnownBefore, type ServerVersion } from "@/lib/model/node/server-version";
import { CommandError, ConnectionError, printable } from "../connection/errors";
import type { CounterReply, ItemInfo, KeyCommands, KeyReply, StoreOptions } from "../key-contract";
import {
  encodeCount,
  encodeGets,
  encodeKey,
  encodeKeyDelete,
  encodeMetaGet,
  encodeStore,
  encodeTouch,
  type KeyToken,
} from "./encoder";
import { type HeadParser, ItemReader, metaHead, plainHead } from "./item-reader";
import { CounterLineReader } from "./parser";
import type { TextTransport } from "./transport";

/** First version whose meta get has the format read here. */
const META_SINCE: ServerVersion = [1, 6, 9];
/** First version with base64 keys. An older one would parse the value of such a set as commands. */
const BASE64_SINCE: ServerVersion = [1, 6, 10];

/** Size, time to live, seconds since last access, fetched, flags, CAS: their values before this access. */
const METADATA = ["s", "t", "l", "h", "f", "c"];
/** Do not bump the item in the LRU or mark it as fetched. */
const NO_BUMP = "u";

/** Replies to a command, with whether it succeeded; the success first. */
type ReplyWords = Readonly<Record<string, boolean>>;
const STORING: ReplyWords = { STORED: true, NOT_STORED: false, EXISTS: false, NOT_FOUND: false };
const TOUCH_REPLIES: ReplyWords = { TOUCHED: true, NOT_FOUND: false };
const DELETE_REPLIES: ReplyWords = { DELETED: true, NOT_FOUND: false };
const META_WORD: Readonly<Record<string, string>> = {
  NS: "NOT_STORED",
  EX: "EXISTS",
  NF: "NOT_FOUND",
  EN: "NOT_FOUND",
};

/** The commands for one key over a text connection opened for them. */
export class TextKeys implements KeyCommands {
  /** Whether items are looked up with meta get. False once the node has rejected it. */
  private meta: boolean;
  /** False once the node has rejected `NO_BUMP`. */
  private avoidsBump: boolean;
  private readonly version: ServerVersion | null;

  /** `version` as read over this connection; null if it is unknown: meta get, which harms no version, is then tried. */
  constructor(
    private readonly transport: TextTransport,
    { version, isProxy }: { readonly version: ServerVersion | null; readonly isProxy: boolean },
  ) {
    // A proxy that does not know a command closes the connection.
    this.version = isProxy ? null : version;
    this.meta = !isProxy && !isKnownBefore(version, META_SINCE);
    this.avoidsBump = this.meta;
  }

  get inspectsSilently(): boolean {
    return this.avoidsBump;
  }

  async inspect(key: Uint8Array, valueBytes: number): Promise<ItemInfo | null> {
    const token = this.encode(key);
    const flags = valueBytes > 0 ? [...METADATA, "v"] : METADATA;
    const reader = await this.metaGet(token, flags, valueBytes);
    if (reader === null) return this.inspectWithGet(key, token, valueBytes);
    if (!reader.head.hit) return null;
    const metadata = new Map(reader.head.words.map((word) => [word.slice(0, 1), word.slice(1)]));
    const size = numberOf(metadata.get("s")) ?? reader.head.size;
    if (size === null) throw new ConnectionError("malformedReply", "an item without a size");
    return {
      flags: numberOf(metadata.get("f")),
      size,
      ttlSeconds: numberOf(metadata.get("t")),
      lastAccessSeconds: numberOf(metadata.get("l")),
      fetched: metadata.has("h") ? metadata.get("h") === "1" : null,
      cas: bigintOf(metadata.get("c")),
      bumped: !this.avoidsBump,
      value: valueBytes > 0 ? reader.value : null,
    };
  }

  async exists(key: Uint8Array): Promise<boolean> {
    const token = this.encode(key);
    const reader = (await this.metaGet(token, ["s"], 0)) ?? (await this.gets(key, token, 0));
    return reader.head.hit;
  }

  async store(key: Uint8Array, value: Uint8Array, options: StoreOptions): Promise<KeyReply> {
    return this.reply(encodeStore(this.encode(key), value, options), STORING);
  }

  async touch(key: Uint8Array, exptime: number): Promise<KeyReply> {
    return this.reply(encodeTouch(this.encode(key), exptime), TOUCH_REPLIES);
  }

  async delete(key: Uint8Array): Promise<KeyReply> {
    return this.reply(encodeKeyDelete(this.encode(key)), DELETE_REPLIES);
  }

  async count(direction: "incr" | "decr", key: Uint8Array, by: bigint): Promise<CounterReply> {
    const token = this.encode(key);
    const request = encodeCount(direction, token, by);
    try {
      const reply = token.base64 ? await this.metaNumber(request) : await this.plainNumber(request);
      if (reply === "NOT_FOUND") return { ok: false, reply, value: null };
      if (!/^\d{1,20}$/.test(reply)) throw this.unexpected();
      return { ok: true, reply, value: BigInt(reply) };
    } catch (error) {
      return { ...rejection(error), value: null };
    }
  }

  private encode(key: Uint8Array): KeyToken {
    const token = encodeKey(key);
    if (!token.base64 || isAtLeast(this.version, BASE64_SINCE)) return token;
    throw new CapabilityError(
      `keys with blanks or control characters require memcached ${BASE64_SINCE.join(".")} or later over the text protocol`,
    );
  }

  /** Null when the node has no meta get. */
  private async metaGet(
    token: KeyToken,
    flags: readonly string[],
    limit: number,
  ): Promise<ItemReader | null> {
    if (!this.meta) return null;
    const words = this.avoidsBump ? [...flags, NO_BUMP] : flags;
    try {
      return await this.read(encodeMetaGet(token, words), metaHead, limit);
    } catch (error) {
      if (!(error instanceof CommandError) || error.kind === "serverError") throw error;
      if (this.avoidsBump && error.text.includes("invalid flag")) this.avoidsBump = false;
      else if (this.version === null) this.meta = this.avoidsBump = false;
      else throw error;
      return this.metaGet(token, flags, limit);
    }
  }

  private gets(key: Uint8Array, token: KeyToken, limit: number): Promise<ItemReader> {
    return this.read(encodeGets(token), plainHead(key), limit);
  }

  private async inspectWithGet(
    key: Uint8Array,
    token: KeyToken,
    valueBytes: number,
  ): Promise<ItemInfo | null> {
    const reader = await this.gets(key, token, valueBytes);
    const { size, words } = reader.head;
    if (size === null) return null;
    return {
      flags: flagsOf(words[0]),
      size,
      ttlSeconds: null,
      lastAccessSeconds: null,
      fetched: null,
      cas: bigintOf(words[1]),
      bumped: true,
      value: valueBytes > 0 ? reader.value : null,
    };
  }

  private async read(request: Uint8Array, parse: HeadParser, limit: number): Promise<ItemReader> {
    const reader = new ItemReader(parse, limit);
    await this.transport.send(request, reader);
    return reader;
  }

  private async reply(request: Uint8Array, words: ReplyWords): Promise<KeyReply> {
    try {
      const line = await this.transport.line(request);
      const [success] = Object.keys(words);
      const reply = line.trimEnd() === "HD" ? (success as string) : (META_WORD[line.trimEnd()] ?? line);
      const ok = words[reply];
      if (ok === undefined) throw this.unexpected();
      return { ok, reply };
    } catch (error) {
      return rejection(error);
    }
  }

  /** `decr` does not shorten the value: trailing blanks replace the digits. */
  private async plainNumber(request: Uint8Array): Promise<string> {
    const reader = new CounterLineReader();
    await this.transport.send(request, reader);
    return reader.text.trimEnd();
  }

  private async metaNumber(request: Uint8Array): Promise<string> {
    const reader = await this.read(request, metaHead, 20);
    return reader.head.hit ? reader.value.toString("latin1").trimEnd() : "NOT_FOUND";
  }

  private unexpected(): ConnectionError {
    const error = new ConnectionError("malformedReply", "a reply of another command");
    this.transport.destroy(error);
    return error;
  }
}

/** A rejected command as a reply in the node's own words; throws other errors. */
function rejection(error: unknown): KeyReply {
  if (!(error instanceof CommandError)) throw error;
  return { ok: false, reply: printable(error.message) };
}

/** A whole number or -1; null for anything else. */
function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^(-1|\d{1,10})$/.test(text) ? Number(text) : null;
}

/** Flags are unsigned, but 1.4 prints them as a signed number. */
function flagsOf(text: string | undefined): number | null {
  const flags = text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : null;
  return flags !== null && flags < 0 ? flags >>> 0 : flags;
}

function bigintOf(text: string | undefined): bigint | null {
  return text !== undefined && /^\d{1,20}$/.test(text) ? BigInt(text) : null;
}
