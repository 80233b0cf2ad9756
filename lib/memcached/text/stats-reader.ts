/**
 * The hot path: parses a general `stats` reply from socket bytes directly into a sample's slots.
 *
 * Invariants: between chunks only the bytes of one incomplete line are buffered; a line is parsed only once its `\r\n` has
 * arrived; the caller's chunk is never retained, so its memory can be reused.
 */
import { MAX_GENERAL_LINES, MAX_LINE_BYTES, MAX_REPLY_BYTES } from "../limits";
import { EMPTY_LAYOUT, IGNORED, layoutOf, type StatLayout, slotIndex, VERSION } from "../stats/layout";
import { readNumber } from "../stats/number";
import { VersionCache } from "../version-cache";
import { CR, LF } from "./line-end";
import { malformed, mayOpenStatsLine, refusalOf, tooLarge } from "./reply-line";

const EMPTY = new Uint8Array(0);

/** The layout learned last, from any node: a new node most likely runs the same version. */
let latestLayout: StatLayout = EMPTY_LAYOUT;

export class StatsReader {
  private layout: StatLayout = latestLayout;
  private into: Float64Array = new Float64Array(0);
  private line = 0;
  private received = 0;
  private incomplete: Uint8Array = EMPTY;
  /** Names of this reply once a line differed from the layout; null while all have matched. */
  private names: string[] | null = null;
  private readonly versions = new VersionCache();

  /** Starts a reply. Its numbers go into `into`, whose slots are set to NaN first. */
  begin(into: Float64Array): void {
    into.fill(Number.NaN);
    this.into = into;
    this.line = 0;
    this.received = 0;
    this.incomplete = EMPTY;
    this.names = null;
    this.versions.begin();
  }

  /** The version in the last complete reply, or null. */
  get version(): string | null {
    return this.versions.current;
  }

  /** Names in the last complete reply that are not in the catalogue. */
  get unlisted(): readonly string[] {
    return this.layout.unlisted;
  }

  /** Whether any byte of the reply has arrived. */
  get started(): boolean {
    return this.received > 0;
  }

  /**
   * Parses the first `length` bytes of a chunk. Returns whether the reply is complete. Call `begin` after an error.
   * @throws CommandError for an error line, ConnectionError for a protocol violation or a reply over a limit
   */
  push(chunk: Uint8Array, length: number): boolean {
    this.received += length;
    if (this.received > MAX_REPLY_BYTES) throw tooLarge(`more than ${MAX_REPLY_BYTES} bytes`);
    if (this.incomplete.length === 0) return this.scan(chunk, length);
    const joined = new Uint8Array(this.incomplete.length + length);
    joined.set(this.incomplete);
    joined.set(chunk.subarray(0, length), this.incomplete.length);
    return this.scan(joined, joined.length);
  }

  private scan(bytes: Uint8Array, end: number): boolean {
    let at = 0;
    while (at < end) {
      const next = this.expectedLine(bytes, at, end);
      if (next > at) {
        at = next;
        continue;
      }
      const feed = next < 0 ? -1 : bytes.indexOf(LF, at);
      if (feed < 0 || feed >= end) {
        this.keep(bytes, at, end);
        return false;
      }
      if (this.otherLine(bytes, at, feed, end)) return true;
      at = feed + 1;
    }
    this.incomplete = EMPTY;
    return false;
  }

  /**
   * Reads the line at `at` if it is the expected one. Returns the start of the next line, `at` for another line, -1 if
   * the line is incomplete.
   */
  private expectedLine(bytes: Uint8Array, at: number, end: number): number {
    const { prefixes, starts, slots } = this.layout;
    const line = this.line;
    if (this.names !== null || line >= slots.length) return at;
    let expected = starts[line] as number;
    const stop = starts[line + 1] as number;
    let from = at;
    while (expected < stop && from < end && bytes[from] === prefixes[expected]) {
      from++;
      expected++;
    }
    if (expected < stop) return from === end ? -1 : at;
    let to = from;
    while (to < end && bytes[to] !== CR) {
      if (bytes[to] === LF) throw malformed("a line without its carriage return");
      to++;
    }
    if (to + 1 >= end) return -1;
    if (bytes[to + 1] !== LF) throw malformed("a carriage return inside a line");
    if (to - at > MAX_LINE_BYTES) throw tooLarge(`a line of more than ${MAX_LINE_BYTES} bytes`);
    this.put(slots[line] as number, bytes, from, to);
    this.line = line + 1;
    return to + 2;
  }

  /** Reads an unexpected line, up to its `\n` at `feed`. Returns whether it ends the reply. */
  private otherLine(bytes: Uint8Array, at: number, feed: number, end: number): boolean {
    if (feed - at > MAX_LINE_BYTES) throw tooLarge(`a line of more than ${MAX_LINE_BYTES} bytes`);
    const line = latin1(bytes, at, feed);
    if (!line.endsWith("\r")) throw malformed("a line without its carriage return");
    const text = line.slice(0, -1);
    if (text.includes("\r")) throw malformed("a carriage return inside a line");
    const refusal = refusalOf(text);
    if (refusal || text === "END") {
      if (feed + 1 !== end) throw malformed("bytes after the end of the reply");
      if (refusal) throw refusal;
      this.finish();
      return true;
    }
    if (!text.startsWith("STAT ")) throw malformed("a line that is neither STAT nor END");
    const space = text.indexOf(" ", 5);
    const name = text.slice(5, space < 0 ? undefined : space);
    if (name === "") throw malformed("a STAT line without a name");
    this.names ??= this.layout.names.slice(0, this.line);
    if (this.names.push(name) > MAX_GENERAL_LINES) throw tooLarge(`more than ${MAX_GENERAL_LINES} lines`);
    if (space >= 0) this.put(slotIndex(name), bytes, at + space + 1, feed - 1);
    return false;
  }

  private put(slot: number, bytes: Uint8Array, from: number, to: number): void {
    if (slot >= 0) this.into[slot] = readNumber(bytes, from, to);
    else if (slot === VERSION) this.versions.set(bytes, from, to);
    else if (slot !== IGNORED) throw new Error(`no such slot: ${slot}`);
  }

  private finish(): void {
    this.incomplete = EMPTY;
    this.versions.finish();
    if (this.names === null && this.line === this.layout.names.length) return;
    this.layout = layoutOf(this.names ?? this.layout.names.slice(0, this.line));
    latestLayout = this.layout;
  }

  private keep(bytes: Uint8Array, at: number, end: number): void {
    if (end - at > MAX_LINE_BYTES) throw tooLarge(`a line of more than ${MAX_LINE_BYTES} bytes`);
    if (!mayOpenStatsLine(latin1(bytes, at, Math.min(end, at + 16)))) throw malformed("not a stats reply");
    this.incomplete = new Uint8Array(bytes.subarray(at, end));
  }
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1");
}
