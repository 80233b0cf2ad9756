import { CapabilityError } from "@/lib/model/errors";
import { CommandError, ConnectionError, printable } from "../connection/errors";
import type { CounterReply, ItemInfo, KeyCommands, KeyReply, StoreOptions } from "../key-contract";
import { isAtLeast, type ServerVersion } from "../server-version";
import { type HeadParser, ItemReader, metaHead, plainHead } from "./item-reader";
import {
  encodeCount,
  encodeDelete,
  encodeGets,
  encodeMetaGet,
  encodeStore,
  encodeTouch,
  type WireKey,
  wireKey,
} from "./key-encoder";
import { CounterLineReader } from "./parser";
import type { TextTransport } from "./transport";

/** Meta get as it is read here. */
const META_SINCE: ServerVersion = [1, 6, 9];
/**
 * Base64 keys came with 1.6.10; this is the first version on which they were seen to work. An older one would take the
 * value of such a set for commands.
 */
const BASE64_SINCE: ServerVersion = [1, 6, 18];

/** Size, time to live, seconds since the last use, whether fetched, flags, cas: before they are updated. */
const METADATA = ["s", "t", "l", "h", "f", "c"];
/** Neither moves the item in the LRU nor marks it as fetched. */
const UNNOTICED = "u";

/** What a meta command answers with, in the words of the plain ones. */
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

/** The commands of one key over a text connection that was opened for them. */
export class TextKeys implements KeyCommands {
  private readonly meta: boolean;
  /** False once the node has refused the flag that leaves an item untouched. */
  private unnoticed: boolean;

  /** `version` as this very connection told it; null when it did not. */
  constructor(
    private readonly transport: TextTransport,
    private readonly version: ServerVersion | null,
  ) {
    this.meta = isAtLeast(version, META_SINCE);
    this.unnoticed = this.meta;
  }

  get inspectsSilently(): boolean {
    return this.unnoticed;
  }

  async inspect(key: Uint8Array, valueBytes: number): Promise<ItemInfo | null> {
    const wire = this.named(key);
    if (!this.meta) return this.inspectWithGet(key, wire, valueBytes);
    const wanted = valueBytes > 0 ? [...METADATA, "v"] : METADATA;
    const reader = await this.metaGet(wire, wanted, valueBytes);
    if (!reader.head.hit) return null;
    const told = new Map(reader.head.words.map((word) => [word.slice(0, 1), word.slice(1)]));
    const size = numberOf(told.get("s")) ?? reader.head.size;
    if (size === null) throw new ConnectionError("malformedReply", "an item without its size");
    return {
      flags: numberOf(told.get("f")),
      size,
      ttlSeconds: numberOf(told.get("t")),
      lastAccessSeconds: numberOf(told.get("l")),
      fetched: told.has("h") ? told.get("h") === "1" : null,
      cas: bigintOf(told.get("c")),
      bumped: !this.unnoticed,
      value: valueBytes > 0 ? reader.value : null,
    };
  }

  async exists(key: Uint8Array): Promise<boolean> {
    const wire = this.named(key);
    const reader = this.meta ? await this.metaGet(wire, ["s"], 0) : await this.gets(key, wire, 0);
    return reader.head.hit;
  }

  async store(key: Uint8Array, value: Uint8Array, options: StoreOptions): Promise<KeyReply> {
    return this.answer(encodeStore(this.named(key), value, options), STORING);
  }

  async touch(key: Uint8Array, exptime: number): Promise<KeyReply> {
    return this.answer(encodeTouch(this.named(key), exptime), TOUCH_REPLIES);
  }

  async delete(key: Uint8Array): Promise<KeyReply> {
    return this.answer(encodeDelete(this.named(key)), DELETE_REPLIES);
  }

  async count(direction: "incr" | "decr", key: Uint8Array, by: bigint): Promise<CounterReply> {
    const wire = this.named(key);
    const request = encodeCount(direction, wire, by);
    try {
      const said = wire.base64 ? await this.metaNumber(request) : await this.plainNumber(request);
      if (said === "NOT_FOUND") return { ok: false, reply: said, value: null };
      if (!/^\d{1,20}$/.test(said)) throw this.unexpected();
      return { ok: true, reply: said, value: BigInt(said) };
    } catch (error) {
      return { ...refusal(error), value: null };
    }
  }

  private named(key: Uint8Array): WireKey {
    const wire = wireKey(key);
    if (!wire.base64 || isAtLeast(this.version, BASE64_SINCE)) return wire;
    throw new CapabilityError(
      `this node's version does not take keys with such bytes over the text protocol; from ${BASE64_SINCE.join(".")} on they go as base64`,
    );
  }

  private async metaGet(wire: WireKey, flags: readonly string[], limit: number): Promise<ItemReader> {
    if (this.unnoticed) {
      try {
        return await this.read(encodeMetaGet(wire, [...flags, UNNOTICED]), metaHead, limit);
      } catch (error) {
        if (!(error instanceof CommandError) || !error.text.includes("invalid flag")) throw error;
        this.unnoticed = false;
      }
    }
    return this.read(encodeMetaGet(wire, flags), metaHead, limit);
  }

  private gets(key: Uint8Array, wire: WireKey, limit: number): Promise<ItemReader> {
    return this.read(encodeGets(wire), plainHead(key), limit);
  }

  private async inspectWithGet(key: Uint8Array, wire: WireKey, valueBytes: number): Promise<ItemInfo | null> {
    const reader = await this.gets(key, wire, valueBytes);
    const { size, words } = reader.head;
    if (size === null) return null;
    const unknown = { ttlSeconds: null, lastAccessSeconds: null, fetched: null };
    const value = valueBytes > 0 ? reader.value : null;
    return {
      ...unknown,
      size,
      flags: numberOf(words[0]),
      cas: bigintOf(words[1]),
      bumped: true,
      value,
    };
  }

  private async read(request: Uint8Array, parse: HeadParser, limit: number): Promise<ItemReader> {
    const reader = new ItemReader(parse, limit);
    await this.transport.ask(request, reader);
    return reader;
  }

  private async answer(request: Uint8Array, words: ReplyWords): Promise<KeyReply> {
    try {
      const line = await this.transport.line(request);
      const [success] = Object.keys(words);
      const said = line === "HD" ? (success as string) : (META_WORD[line] ?? line);
      const done = words[said];
      if (done === undefined) throw this.unexpected();
      return { ok: done, reply: said };
    } catch (error) {
      return refusal(error);
    }
  }

  /** `decr` keeps the length of what it shortens and answers old clients with blanks at the end. */
  private async plainNumber(request: Uint8Array): Promise<string> {
    const reader = new CounterLineReader();
    await this.transport.ask(request, reader);
    return reader.text.trimEnd();
  }

  private async metaNumber(request: Uint8Array): Promise<string> {
    const reader = await this.read(request, metaHead, 20);
    return reader.head.hit ? reader.value.toString("latin1").trimEnd() : "NOT_FOUND";
  }

  private unexpected(): ConnectionError {
    const fault = new ConnectionError("malformedReply", "another answer than this command has");
    this.transport.destroy(fault);
    return fault;
  }
}

/** A refusal as the node worded it; anything else goes on. */
function refusal(error: unknown): KeyReply {
  if (!(error instanceof CommandError)) throw error;
  const word = { unknownCommand: "ERROR", clientError: "CLIENT_ERROR", serverError: "SERVER_ERROR" }[
    error.kind
  ];
  return { ok: false, reply: printable(`${word} ${error.text}`.trimEnd()) };
}

/** Whole numbers, -1 included; null for anything else. */
function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^(-1|\d{1,10})$/.test(text) ? Number(text) : null;
}

function bigintOf(text: string | undefined): bigint | null {
  return text !== undefined && /^\d{1,20}$/.test(text) ? BigInt(text) : null;
}
