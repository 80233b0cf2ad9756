/**
 * The answer to `lru_crawler metadump`, read as it streams: bytes in, items out, cut anywhere. Pure, and bounded
 * by one unfinished line however long the dump is.
 *
 * Lines end with `\n` or `\r\n`. Since 1.6.43 an `OK` comes first. A refusal is one line without `END`:
 * `BUSY …`, `ERROR locked try again later`, `ERROR metadump not allowed`, `BADCLASS …`, `CLIENT_ERROR …`.
 */

import { printable } from "../connection/errors";
import type { DumpedItem } from "../contract";
import { MAX_LINE_BYTES } from "../limits";
import { malformed, tooLarge } from "../text/reply-line";
import { keyBeginsWith, MetadumpItem } from "./item";

const LF = 10;
const CR = 13;
const REFUSALS = ["BUSY", "ERROR", "CLIENT_ERROR", "SERVER_ERROR", "BADCLASS"] as const;
/** More lines than this that cannot be read: no memcached wrote them. */
const MAX_UNREADABLE = 1_000;

/** How a dump ended, or how it was refused: the whole line, bounded and printable. */
export type MetadumpOutcome =
  | { readonly kind: "end" }
  | { readonly kind: "refused"; readonly word: (typeof REFUSALS)[number]; readonly line: string };

/** Takes an item that matches; returns whether it wants more of them. The rest is only counted. */
export type ItemVisitor = (item: DumpedItem) => boolean;

export class MetadumpParser {
  /** Items so far. */
  itemCount = 0;
  /** Items so far whose key begins with the prefix. */
  matched = 0;
  /** Lines so far that cannot be read. */
  unreadable = 0;
  /** Null until the answer is complete. */
  outcome: MetadumpOutcome | null = null;
  /** Whether the node has begun to answer with a dump: an item has come, or `END`. */
  began = false;
  private hasGreeting = false;
  private matches = true;
  private readonly item = new MetadumpItem();
  private readonly pending = Buffer.allocUnsafe(MAX_LINE_BYTES + 2);
  private pendingLength = 0;

  constructor(
    private readonly prefix: Uint8Array,
    private readonly visit: ItemVisitor,
  ) {}

  /** From now on items are only counted. */
  stop(): void {
    this.matches = false;
  }

  /**
   * Takes the first `length` bytes of a chunk; the chunk is not kept. Returns whether the answer is complete.
   * Throws a `ConnectionError` for what no memcached says: a line of more than 8 kB, or another kind of line.
   */
  push(chunk: Buffer, length: number): boolean {
    const bytes = length === chunk.length ? chunk : chunk.subarray(0, length);
    let at = 0;
    if (this.pendingLength > 0) {
      const feed = bytes.indexOf(LF);
      this.keep(bytes, 0, feed < 0 ? length : feed);
      if (feed < 0) return false;
      const whole = this.pendingLength;
      this.pendingLength = 0;
      at = feed + 1;
      if (this.line(this.pending, 0, whole)) return true;
    }
    for (let feed = bytes.indexOf(LF, at); feed >= 0; feed = bytes.indexOf(LF, at)) {
      if (this.line(bytes, at, feed)) return true;
      at = feed + 1;
    }
    if (at < length) this.keep(bytes, at, length);
    return false;
  }

  private keep(bytes: Buffer, from: number, to: number): void {
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
    if (!this.matches) {
      this.matched++;
      return;
    }
    if (this.item.read(bytes, from, to)) {
      this.matched++;
      this.matches = this.visit(this.item) && this.matches;
    } else this.unreadableLine();
  }

  private unreadableLine(): void {
    if (++this.unreadable > MAX_UNREADABLE) throw malformed("too many lines of the dump cannot be read");
  }

  private word(line: string): boolean {
    if (line === "END") {
      this.began = true;
      this.outcome = { kind: "end" };
      return true;
    }
    if (line === "OK" && !this.began && !this.hasGreeting) {
      this.hasGreeting = true;
      return false;
    }
    const word = REFUSALS.find((known) => line === known || line.startsWith(`${known} `));
    if (word !== undefined) {
      this.outcome = { kind: "refused", word, line: printable(line) };
      return true;
    }
    if (!this.began) throw malformed("not an answer to a metadump");
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
