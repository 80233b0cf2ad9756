/**
 * Replies to pipelined text requests, cut apart: an error line, values up to `END`, one meta value, or one line. A
 * reply's shape is known from itself, so the requests need not be. Pure and incremental: chunks in, replies out, cut
 * anywhere. Source: memcached `doc/protocol.txt`, "Retrieval command" and "Meta Get".
 */
import type { CommandError } from "../connection/errors";
import { MAX_LINE_BYTES, MAX_REPLY_BYTES } from "../limits";
import { malformed, refusalOf, tooLarge } from "./reply-line";

const LF = 10;
const CR = 13;

export interface TextValue {
  /** The words of its line, `VALUE` or `VA` first. */
  readonly words: readonly string[];
  readonly size: number;
  /** Null when nobody wanted to keep it. */
  readonly data: Buffer | null;
}

export interface TextReply {
  /** The line that ended it: `END`, `STORED`, `HD …`; of a meta value its `VA` line. */
  readonly line: string;
  readonly values: readonly TextValue[];
  readonly refusal: CommandError | null;
}

const NO_VALUES: readonly TextValue[] = [];

export class TextReplies {
  private unfinished: Buffer = Buffer.alloc(0);
  private values: TextValue[] = [];
  /** The value whose block is being read. */
  private words: string[] | null = null;
  private size = 0;
  private blockRemaining = 0;
  private value: Buffer[] | null = null;

  /** `keeps` tells whether the reply that comes now is to keep its values' bytes. */
  constructor(
    private readonly take: (reply: TextReply) => void,
    private readonly keepsValues: () => boolean,
  ) {}

  /**
   * Takes the first `length` bytes of a chunk, which is not kept.
   * @throws Fault for what breaks the protocol or a limit
   */
  push(chunk: Buffer, length: number): void {
    let at = 0;
    while (at < length)
      at = this.words === null ? this.line(chunk, at, length) : this.block(chunk, at, length);
  }

  /** Reads to the end of a line, or of the chunk. Returns where it stopped. */
  private line(chunk: Buffer, at: number, length: number): number {
    const feed = chunk.indexOf(LF, at);
    const whole = feed >= 0 && feed < length;
    const end = whole ? feed + 1 : length;
    if (this.unfinished.length + end - at > MAX_LINE_BYTES) {
      throw tooLarge(`a line of more than ${MAX_LINE_BYTES} bytes`);
    }
    const piece = chunk.subarray(at, end);
    const bytes = this.unfinished.length === 0 ? piece : Buffer.concat([this.unfinished, piece]);
    if (!whole) {
      this.unfinished = Buffer.from(bytes);
      return end;
    }
    this.unfinished = Buffer.alloc(0);
    if (bytes.length < 3 || bytes[bytes.length - 2] !== CR)
      throw malformed("a line without its carriage return");
    this.takeLine(bytes.toString("latin1", 0, bytes.length - 2));
    return end;
  }

  private takeLine(line: string): void {
    const refusal = refusalOf(line);
    if (refusal === null && !/^[A-Z0-9]/.test(line)) throw malformed("not a memcached reply");
    const sizeAt = line.startsWith("VALUE ") ? 3 : line.startsWith("VA ") ? 1 : -1;
    if (refusal !== null || sizeAt < 0) {
      const cut = this.values.length > 0 && refusal === null && line !== "END";
      if (cut) throw malformed("a line between values");
      this.finish(line, refusal);
      return;
    }
    const words = line.split(" ");
    const size = words[sizeAt] ?? "";
    if (!/^\d{1,10}$/.test(size)) throw malformed("a value without its size");
    this.size = Number(size);
    if (this.size > MAX_REPLY_BYTES) throw tooLarge(`a value of more than ${MAX_REPLY_BYTES} bytes`);
    this.words = words;
    this.blockRemaining = this.size + 2;
    this.value = this.keepsValues() ? [] : null;
  }

  /** Reads a value's block or what has come of it; its line end too. */
  private block(chunk: Buffer, at: number, length: number): number {
    const end = Math.min(length, at + this.blockRemaining);
    for (let i = Math.max(at, end - 2); i < end; i++) {
      // Of the block, `blockLeft` bytes are left at `at`: the last two must be the line end.
      const left = this.blockRemaining - (i - at);
      if ((left === 2 && chunk[i] !== CR) || (left === 1 && chunk[i] !== LF)) {
        throw malformed("a value that is not as long as announced");
      }
    }
    this.value?.push(Buffer.from(chunk.subarray(at, end)));
    this.blockRemaining -= end - at;
    if (this.blockRemaining === 0) this.finishValue();
    return end;
  }

  private finishValue(): void {
    const words = this.words ?? [];
    const data = this.value === null ? null : Buffer.concat(this.value).subarray(0, this.size);
    this.words = null;
    this.value = null;
    this.values.push({ words, size: this.size, data });
    if (this.values.length > 1_000) throw tooLarge("more than 1000 values");
    if (words[0] === "VA") this.finish(words.join(" "), null);
  }

  private finish(line: string, refusal: CommandError | null): void {
    const values = this.values.length === 0 ? NO_VALUES : this.values;
    if (this.values.length > 0) this.values = [];
    this.take({ line, values, refusal });
  }
}
