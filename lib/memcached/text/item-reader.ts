/**
 * The text reply about one item: a line, and the value's bytes if the line announces a value. Pure and incremental:
 * chunks can be split anywhere. Holds at most `limit` bytes of a value, however long it is announced. Source: memcached
 * `doc/protocol.txt`, "Retrieval command", "Meta Get", "Meta Arithmetic".
 */
import { MAX_LINE_BYTES } from "../limits";
import { CRLF, LF } from "./line-end";
import { malformed, refusalOf, tooLarge } from "./reply-line";

/** The first line. */
export interface ItemHead {
  /** Bytes of the value that follows; null without a value. */
  readonly size: number | null;
  /** The bytes after the value: its line end, and `END` if the reply has one. */
  readonly tail: string;
  /** Return flags of a meta reply, `s3 t-1 …`; `[flags, cas]` of a plain one. */
  readonly words: readonly string[];
  /** Whether the item exists. */
  readonly hit: boolean;
}

/** Parses a head line; null for any other line. */
export type HeadParser = (line: string) => ItemHead | null;

const MISS: ItemHead = { size: null, tail: "", words: [], hit: false };

/** `VALUE <key> <flags> <bytes> [<cas>]`, or `END` for a miss. `key` is the requested one. */
export function plainHead(key: Uint8Array): HeadParser {
  const beginning = `VALUE ${Buffer.from(key).toString("latin1")} `;
  return (line) => {
    if (line === "END") return MISS;
    const rest = line.startsWith(beginning) ? line.slice(beginning.length) : "";
    const [, flags, size, cas] = /^(-?\d{1,10}) (\d{1,10})(?: (\d{1,20}))?$/.exec(rest) ?? [];
    if (flags === undefined) return null;
    const words = cas === undefined ? [flags] : [flags, cas];
    return { size: Number(size), tail: `${CRLF}END${CRLF}`, words, hit: true };
  };
}

/** `VA <size> <flags>*`, `HD <flags>*` (`OK` before 1.6.10), or `EN` and `NF` for a miss. */
export const metaHead: HeadParser = (line) => {
  const [code, ...words] = line.split(" ").filter((word) => word !== "");
  if (code === "EN" || code === "NF") return MISS;
  if (code === "HD" || code === "OK") return { size: null, tail: "", words, hit: true };
  const [size = "", ...flags] = words;
  if (code !== "VA" || !/^\d{1,10}$/.test(size)) return null;
  return { size: Number(size), tail: CRLF, words: flags, hit: true };
};

export class ItemReader {
  private unfinished: Buffer = Buffer.alloc(0);
  private received: ItemHead | null = null;
  private readonly pieces: Buffer[] = [];
  private collectedBytes = 0;
  private remainingBytes = 0;
  private tailAt = 0;
  started = false;

  constructor(
    private readonly parse: HeadParser,
    private readonly limit: number,
  ) {}

  /** Complete once `push` returned true. */
  get head(): ItemHead {
    return this.received ?? MISS;
  }

  /** The value, or its first `limit` bytes. */
  get value(): Buffer {
    return Buffer.concat(this.pieces);
  }

  /**
   * Parses the first `length` bytes of a chunk, without keeping the chunk. Returns whether it is done; with a value
   * longer than `limit`, the rest of the reply is still to come then.
   * @throws CommandError for an error line, ConnectionError for a protocol violation
   */
  push(chunk: Uint8Array, length: number): boolean {
    if (length === 0) return false;
    this.started = true;
    let at = 0;
    if (this.received === null) {
      at = this.takeHead(chunk, length);
      if (this.received === null) return false;
    }
    const { size, tail } = this.head;
    if (size !== null) {
      at = this.takeValue(chunk, at, length);
      if (this.remainingBytes > 0) return this.collectedBytes === this.limit;
      for (; at < length && this.tailAt < tail.length; at++, this.tailAt++) {
        if (chunk[at] !== tail.charCodeAt(this.tailAt)) {
          throw malformed("a value of another length than announced");
        }
      }
      if (this.tailAt < tail.length) return false;
    }
    if (at < length) throw malformed("bytes after the end of the reply");
    return true;
  }

  /** Reads to the end of the line or of the chunk. Returns the offset after it. */
  private takeHead(chunk: Uint8Array, length: number): number {
    const feed = chunk.subarray(0, length).indexOf(LF);
    const end = feed < 0 ? length : feed + 1;
    if (this.unfinished.length + end > MAX_LINE_BYTES)
      throw tooLarge(`a line of more than ${MAX_LINE_BYTES} bytes`);
    const bytes = Buffer.concat([this.unfinished, chunk.subarray(0, end)]);
    this.unfinished = bytes;
    if (!/^[A-Z]/.test(bytes.toString("latin1", 0, 1))) throw malformed("not a memcached reply");
    if (feed < 0) return end;
    const text = bytes.toString("latin1");
    if (!text.endsWith(CRLF)) throw malformed("a line without its carriage return");
    this.takeLine(text.slice(0, -2), end === length);
    return end;
  }

  private takeLine(line: string, last: boolean): void {
    const refusal = refusalOf(line);
    if (refusal !== null && !last) throw malformed("bytes after the end of the reply");
    if (refusal !== null) throw refusal;
    const head = this.parse(line);
    if (head === null) throw malformed("a reply of another command");
    this.received = head;
    this.remainingBytes = head.size ?? 0;
  }

  private takeValue(chunk: Uint8Array, at: number, length: number): number {
    const available = Math.min(this.remainingBytes, this.limit - this.collectedBytes, length - at);
    const count = Math.max(0, available);
    if (count > 0) this.pieces.push(Buffer.from(chunk.subarray(at, at + count)));
    this.collectedBytes += count;
    this.remainingBytes -= count;
    return at + count;
  }
}
