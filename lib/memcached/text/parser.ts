/**
 * Text replies as strings, except for polls. Pure and incremental: chunks can be split anywhere. Source: memcached
 * `doc/protocol.txt`.
 */
import type { StatsEntries } from "../contract";
import { MAX_CONNS_BYTES, MAX_LINE_BYTES, MAX_LISTENERS, MAX_REPLY_BYTES } from "../limits";
import { CR, LF } from "./line-end";
import { malformed, mayOpenStatsLine, refusalOf, tooLarge } from "./reply-line";

/** Splits chunks into lines. Keeps at most one incomplete line. */
abstract class LineReader {
  private incomplete: Buffer = Buffer.alloc(0);
  private received = 0;
  /** Longest reply, in bytes. */
  protected readonly maxBytes: number = MAX_REPLY_BYTES;

  /** Takes one line without its `\r\n`; returns whether it ends the reply. */
  protected abstract take(line: string): boolean;
  /** Whether an incomplete line can be the start of a line of this reply. */
  protected abstract plausible(beginning: string): boolean;

  /** Whether any byte of the reply has arrived. */
  get started(): boolean {
    return this.received > 0;
  }

  /**
   * Parses the first `length` bytes of a chunk, without keeping the chunk. Returns whether the reply is complete.
   * @throws CommandError for an error line, ConnectionError for a protocol violation or a reply over a limit
   */
  push(chunk: Uint8Array, length: number): boolean {
    this.received += length;
    if (this.received > this.maxBytes) throw tooLarge(`more than ${this.maxBytes} bytes`);
    const bytes = Buffer.concat([this.incomplete, chunk.subarray(0, length)]);
    let at = 0;
    for (;;) {
      const feed = bytes.indexOf(LF, at);
      if (feed < 0) break;
      const line = this.line(bytes, at, feed);
      at = feed + 1;
      const refusal = refusalOf(line);
      if (refusal === null && !this.take(line)) continue;
      if (at !== bytes.length) throw malformed("bytes after the end of the reply");
      if (refusal) throw refusal;
      return true;
    }
    this.incomplete = bytes.subarray(at);
    this.checkIncomplete();
    return false;
  }

  private line(bytes: Buffer, at: number, feed: number): string {
    if (feed - at > MAX_LINE_BYTES) throw tooLarge(`a line of more than ${MAX_LINE_BYTES} bytes`);
    if (bytes[feed - 1] !== CR || feed === at) throw malformed("a line without its carriage return");
    const line = bytes.toString("utf8", at, feed - 1);
    if (line.includes("\r")) throw malformed("a carriage return inside a line");
    return line;
  }

  private checkIncomplete(): void {
    if (this.incomplete.length > MAX_LINE_BYTES)
      throw tooLarge(`a line of more than ${MAX_LINE_BYTES} bytes`);
    const beginning = this.incomplete.toString("latin1", 0, Math.min(16, this.incomplete.length));
    if (beginning !== "" && !this.plausible(beginning)) throw malformed("not a memcached reply");
  }
}

/** A `STAT … END` reply as names and values in the server's order. */
export class EntriesReader extends LineReader {
  private readonly collected: [name: string, value: string][] = [];

  /** Complete once `push` returned true. */
  get entries(): StatsEntries {
    return this.collected;
  }

  protected take(line: string): boolean {
    if (line === "END") return true;
    if (!line.startsWith("STAT ")) throw malformed("a line that is neither STAT nor END");
    const space = line.indexOf(" ", 5);
    const name = line.slice(5, space < 0 ? undefined : space);
    if (name === "") throw malformed("a STAT line without a name");
    this.collected.push([name, space < 0 ? "" : line.slice(space + 1)]);
    return false;
  }

  protected plausible(beginning: string): boolean {
    return mayOpenStatsLine(beginning);
  }
}

/** `stats conns`, of which only the addresses of listening TCP sockets are kept: there can be 100,000 clients. */
export class ListenersReader extends LineReader {
  protected override readonly maxBytes = MAX_CONNS_BYTES;
  private readonly collected: string[] = [];
  /** The descriptor and address of the last `addr` line. */
  private latest: readonly [fd: string, address: string] | null = null;

  /** Complete once `push` returned true. */
  get listeners(): readonly string[] {
    return this.collected;
  }

  protected take(line: string): boolean {
    if (line === "END") return true;
    if (!line.startsWith("STAT ")) throw malformed("a line that is neither STAT nor END");
    const [, fd, field, value] = /^STAT (\d+):(\w+) (.*)$/s.exec(line) ?? [];
    if (fd === undefined || value === undefined) return false;
    if (field === "addr") this.latest = [fd, value];
    const listening = field === "state" && value === "conn_listening" && this.latest?.[0] === fd;
    if (listening && this.latest !== null && this.collected.length < MAX_LISTENERS)
      this.collected.push(this.latest[1]);
    return false;
  }

  protected plausible(beginning: string): boolean {
    return mayOpenStatsLine(beginning);
  }
}

/** A reply of exactly one line, such as `VERSION 1.6.18` or `STORED`. */
export class SingleLineReader extends LineReader {
  /** The line, once `push` returned true. */
  text = "";

  protected take(line: string): boolean {
    this.text = line;
    return true;
  }

  /** Every one-line reply of memcached starts with a capital letter. */
  protected plausible(beginning: string): boolean {
    return /^[A-Z]/.test(beginning);
  }
}

/** The one-line reply to `incr` and `decr`: a number, or a word such as `NOT_FOUND`. */
export class CounterLineReader extends SingleLineReader {
  protected override plausible(beginning: string): boolean {
    return /^[A-Z0-9]/.test(beginning);
  }
}
