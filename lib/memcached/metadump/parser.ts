/**
 * Parses the reply to `lru_crawler metadump` as a stream. Pure and incremental: chunks can be split anywhere. Its memory
 * is bounded by one incomplete line.
 *
 * Lines end with `\n` or `\r\n`. From 1.6.43, `OK` comes first. A refusal is one line without `END`: `BUSY …`,
 * `ERROR locked try again later`, `ERROR metadump not allowed`, `BADCLASS …`, `CLIENT_ERROR …`.
 */

import { printable } from "../connection/errors";
import type { MetadumpItem } from "../contract";
import { MAX_LINE_BYTES } from "../limits";
import { CR, LF } from "../text/line-end";
import { malformed, tooLarge } from "../text/reply-line";
import { keyBeginsWith, MetadumpLine } from "./item";

const REFUSALS = ["BUSY", "ERROR", "CLIENT_ERROR", "SERVER_ERROR", "BADCLASS"] as const;
/** With more unreadable lines, the reply is not from a memcached. */
const MAX_UNREADABLE = 1_000;

/** The end of a dump, or its refusal with the complete line, bounded and printable. */
export type MetadumpOutcome =
  | { readonly kind: "end" }
  | { readonly kind: "refused"; readonly word: (typeof REFUSALS)[number]; readonly line: string };

/** Takes a matching item; returns whether to pass on further ones. The rest is only counted. */
export type ItemVisitor = (item: MetadumpItem) => boolean;

export class MetadumpParser {
  /** Items so far. */
  itemCount = 0;
  /** Items so far whose key begins with the prefix. */
  matched = 0;
  /** Unreadable lines so far. */
  unreadable = 0;
  /** Null until the reply is complete. */
  outcome: MetadumpOutcome | null = null;
  /** Whether the dump has started: an item has arrived, or `END`. */
  began = false;
  private hasStatusLine = false;
  private visiting = true;
  private readonly item = new MetadumpLine();
  private readonly pending = Buffer.allocUnsafe(MAX_LINE_BYTES + 2);
  private pendingLength = 0;

  constructor(
    private readonly prefix: Uint8Array,
    private readonly visit: ItemVisitor,
  ) {}

  /** Only counts further items. */
  stop(): void {
    this.visiting = false;
  }

  /**
   * Parses the first `length` bytes of a chunk, without keeping the chunk. Returns whether the reply is complete.
   * @throws ConnectionError for what no memcached sends: a line of more than 8 kB, or another kind of line
   */
  push(chunk: Buffer, length: number): boolean {
    const bytes = length === chunk.length ? chunk : chunk.subarray(0, length);
    let at = 0;
    if (this.pendingLength > 0) {
      const feed = bytes.indexOf(LF);
      this.buffer(bytes, 0, feed < 0 ? length : feed);
      if (feed < 0) return false;
      const lineLength = this.pendingLength;
      this.pendingLength = 0;
      at = feed + 1;
      if (this.line(this.pending, 0, lineLength)) return true;
    }
    let feed = bytes.indexOf(LF, at);
    while (feed >= 0) {
      if (this.line(bytes, at, feed)) return true;
      at = feed + 1;
      feed = bytes.indexOf(LF, at);
    }
    if (at < length) this.buffer(bytes, at, length);
    return false;
  }

  private buffer(bytes: Buffer, from: number, to: number): void {
    if (this.pendingLength + to - from > MAX_LINE_BYTES) throw longLine();
    this.pendingLength += bytes.copy(this.pending, this.pendingLength, from, to);
  }

  /** One line without its `\n`. Returns whether it ends the answer. */
  private line(bytes: Buffer, from: number, feed: number): boolean {
    if (feed - from > MAX_LINE_BYTES) throw longLine();
    const to = feed > from && bytes[feed - 1] === CR ? feed - 1 : feed;
    if (isItem(bytes, from, to)) {
      this.take(bytes, from, to);
      return false;
    }
    return this.word(bytes.toString("latin1", from, to));
  }

  private take(bytes: Buffer, from: number, to: number): void {
    this.began = true;
    this.itemCount++;
    if (!keyBeginsWith(bytes, from, to, this.prefix)) return;
    if (!this.visiting) {
      this.matched++;
      return;
    }
    if (this.item.read(bytes, from, to)) {
      this.matched++;
      this.visiting = this.visit(this.item) && this.visiting;
    } else this.unreadableLine();
  }

  private unreadableLine(): void {
    if (++this.unreadable > MAX_UNREADABLE) throw malformed("too many unreadable lines");
  }

  private word(line: string): boolean {
    if (line === "END") {
      this.began = true;
      this.outcome = { kind: "end" };
      return true;
    }
    if (line === "OK" && !this.began && !this.hasStatusLine) {
      this.hasStatusLine = true;
      return false;
    }
    const word = REFUSALS.find((refusal) => line === refusal || line.startsWith(`${refusal} `));
    if (word !== undefined) {
      this.outcome = { kind: "refused", word, line: printable(line) };
      return true;
    }
    if (!this.began) throw malformed("not a reply to a metadump");
    this.unreadableLine();
    return false;
  }
}

function isItem(bytes: Buffer, from: number, to: number): boolean {
  return (
    to - from > 4 &&
    bytes[from] === 0x6b &&
    bytes[from + 1] === 0x65 &&
    bytes[from + 2] === 0x79 &&
    bytes[from + 3] === 0x3d
  );
}

function longLine(): Error {
  return tooLarge(`a line of more than ${MAX_LINE_BYTES} bytes`);
}
