/**
 * Splits the replies to pipelined text requests: an error line, values up to `END`, one meta value, or one line. The
 * shape of a reply is known without its request. Pure and incremental: chunks can be split anywhere. Source:
 * memcached `doc/protocol.txt`, "Retrieval command" and "Meta Get".
 */
import type { CommandError } from "../connection/errors";
import { MAX_LINE_BYTES, MAX_REPLY_BYTES } from "../limits";
import { CR, LF } from "./line-end";
import { malformed, refusalOf, tooLarge } from "./reply-line";

/** Most values of one reply. */
const MAX_VALUES = 1_000;

export interface TextValue {
  /** The words of its line, `VALUE` or `VA` first. */
  readonly words: readonly string[];
  readonly size: number;
  /** Null if the request does not keep it. */
  readonly data: Buffer | null;
}

export interface TextReply {
  /** The last line, without trailing blanks: `END`, `STORED`, `HD …`; for a meta value its `VA` line. */
  readonly line: string;
  readonly values: readonly TextValue[];
  readonly refusal: CommandError | null;
}

const NO_VALUES: readonly TextValue[] = [];

export class TextReplies {
  private incomplete: Buffer = Buffer.alloc(0);
  private values: TextValue[] = [];
  /** The words of the line of the value that is being read. */
  private words: string[] | null = null;
  private size = 0;
  private blockRemaining = 0;
  private value: Buffer[] | null = null;

  /** `keepsValues`: whether to keep the values of the reply that begins now. */
  constructor(
    private readonly take: (reply: TextReply) => void,
    private readonly keepsValues: () => boolean,
  ) {}

  /**
   * Parses the first `length` bytes of a chunk, without keeping the chunk.
   * @throws ConnectionError for a protocol violation or a reply over a limit
   */
  push(chunk: Buffer, length: number): void {
    let at = 0;
    while (at < length)
      at = this.words === null ? this.line(chunk, at, length) : this.block(chunk, at, length);
  }

  /** Reads to the end of a line or of the chunk. Returns the offset after it. */
  private line(chunk: Buffer, at: number, length: number): number {
    const feed = chunk.indexOf(LF, at);
    const complete = feed >= 0 && feed < length;
    const end = complete ? feed + 1 : length;
    if (this.incomplete.length + end - at > MAX_LINE_BYTES) {
      throw tooLarge(`a line of more than ${MAX_LINE_BYTES} bytes`);
    }
    const piece = chunk.subarray(at, end);
    const bytes = this.incomplete.length === 0 ? piece : Buffer.concat([this.incomplete, piece]);
    if (!complete) {
      this.incomplete = Buffer.from(bytes);
      return end;
    }
    this.incomplete = Buffer.alloc(0);
    if (bytes.length < 3 || bytes[bytes.length - 2] !== CR)
      throw malformed("a line without its carriage return");
    // Before 1.6.18, `md` and `ma` end their lines with a blank.
    this.takeLine(bytes.toString("latin1", 0, bytes.length - 2).trimEnd());
    return end;
  }

  private takeLine(line: string): void {
    const refusal = refusalOf(line);
    if (refusal === null && !/^[A-Z0-9]/.test(line)) throw malformed("not a memcached reply");
    const sizeAt = line.startsWith("VALUE ") ? 3 : line.startsWith("VA ") ? 1 : -1;
    if (refusal !== null || sizeAt < 0) {
      const incompleteList = this.values.length > 0 && refusal === null && line !== "END";
      if (incompleteList) throw malformed("a line between values");
      this.finish(line, refusal);
      return;
    }
    const words = line.split(" ");
    const size = words[sizeAt] ?? "";
    if (!/^\d{1,10}$/.test(size)) throw malformed("a value without a size");
    this.size = Number(size);
    if (this.size > MAX_REPLY_BYTES) throw tooLarge(`a value of more than ${MAX_REPLY_BYTES} bytes`);
    this.words = words;
    this.blockRemaining = this.size + 2;
    this.value = this.keepsValues() ? [] : null;
  }

  /** Reads a value's block with its line end, as far as it has arrived. */
  private block(chunk: Buffer, at: number, length: number): number {
    const end = Math.min(length, at + this.blockRemaining);
    for (let i = Math.max(at, end - 2); i < end; i++) {
      const remaining = this.blockRemaining - (i - at);
      if ((remaining === 2 && chunk[i] !== CR) || (remaining === 1 && chunk[i] !== LF)) {
        throw malformed("a value of another length than announced");
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
    if (this.values.length > MAX_VALUES) throw tooLarge(`more than ${MAX_VALUES} values`);
    if (words[0] === "VA") this.finish(words.join(" "), null);
  }

  private finish(line: string, refusal: CommandError | null): void {
    const values = this.values.length === 0 ? NO_VALUES : this.values;
    if (values !== NO_VALUES) this.values = [];
    this.take({ line, values, refusal });
  }
}
