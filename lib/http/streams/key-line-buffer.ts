/**
 * The lines of a key list between a node and a reader of another speed. Lines wait here up to the requested number and
 * a bound in bytes; the rest of the dump is only counted.
 */
import { isUtf8 } from "node:buffer";
import type { Metadump, MetadumpItem } from "@/lib/memcached/contract";
import { isTextKey } from "@/lib/memcached/key-bytes";
import type { KeyLine, KeyListEnd } from "@/lib/model/node/keys.schema";

/** Bytes that may wait for the reader. 100,000 lines with ordinary keys take 15 MB. */
const MOST_WAITING = 32 * 1024 * 1024;
/** Lines are joined into pieces of about this many characters. */
const PIECE_CHARACTERS = 32_768;

export class KeyLineBuffer {
  private listed = 0;
  private text = "";
  private pieces: Buffer[] = [];
  private waitingBytes = 0;
  private lagged = false;
  private ended = false;
  private wake: (() => void) | null = null;

  constructor(
    private readonly limit: number,
    private readonly mostWaiting = MOST_WAITING,
  ) {}

  /** For `MetadumpRequest`. */
  readonly onItem = (item: MetadumpItem): boolean => {
    // One item more than the limit only shows that the list is truncated.
    if (this.listed >= this.limit) return false;
    if (this.waitingBytes + this.text.length > this.mostWaiting) {
      this.lagged = true;
      return false;
    }
    this.listed++;
    this.text += `${JSON.stringify(keyLine(item))}\n`;
    if (this.text.length >= PIECE_CHARACTERS) this.gather();
    this.wake?.();
    return true;
  };

  /** The waiting lines, at once or when the first arrives; null after the last line. */
  async take(): Promise<Buffer | null> {
    while (this.pieces.length === 0 && this.text === "") {
      if (this.ended) return null;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
    this.gather();
    const all = Buffer.concat(this.pieces);
    this.pieces = [];
    this.waitingBytes = 0;
    return all;
  }

  /** Adds the last line. `problem`: why the dump broke off; null when it was complete. */
  end({ itemCount: seen, matched, unreadable, walk }: Metadump, problem: string | null): void {
    const reason = problem ?? this.problem(unreadable);
    const truncated = reason !== null || matched > this.listed;
    const line: KeyListEnd = { done: true, seen, matched, truncated, walk, problem: reason };
    this.text += `${JSON.stringify(line)}\n`;
    this.ended = true;
    this.wake?.();
  }

  private problem(unreadable: number): string | null {
    if (this.lagged) return "the client read too slowly; the remaining keys were only counted";
    if (unreadable > 0) return `${unreadable} lines of the dump could not be read`;
    return null;
  }

  private gather(): void {
    if (this.text === "") return;
    const piece = Buffer.from(this.text);
    this.text = "";
    this.pieces.push(piece);
    this.waitingBytes += piece.length;
  }
}

/** An item as a line. The key is text where the text protocol can carry it, so that it can be used in a command as is. */
function keyLine(item: MetadumpItem): KeyLine {
  const key = item.key();
  const readable = isTextKey(key) && isUtf8(key);
  return {
    key: key.toString(readable ? "utf8" : "base64"),
    keyEncoding: readable ? "utf8" : "base64",
    exp: item.exp,
    la: item.la,
    cas: item.cas,
    fetched: item.fetched,
    cls: item.cls,
    size: item.size,
  };
}
