import { CommandError, ConnectionError } from "../connection/errors";
import { Pipeline } from "../connection/pipeline";
import type { CheckOptions, CommandCheckResult, PipelinedSession } from "../contract";
import { checkTextCommands } from "./command-checks";
import { encodeDelete, encodeGet, encodeSet, VERSION_REQUEST } from "./encoder";
import { TextReplies, type TextReply, type TextValue } from "./replies";

/** Replies to `set` that leave the connection usable, though the value was not stored. */
const NOT_STORED: ReadonlySet<string> = new Set(["NOT_STORED", "EXISTS", "NOT_FOUND"]);

/** More replies than any request of a check can have. */
const MAX_COLLECTED = 100;

/** A session over the text protocol; see `PipelinedSession`. */
export class TextSession extends Pipeline<TextReply> implements PipelinedSession {
  readonly protocol = "text";
  private readonly replies = new TextReplies(
    (reply) => this.take(reply),
    () => this.keepsValue,
  );
  /** Replies before that to the `version` at the end of a request; null for requests with one reply. */
  private collected: TextReply[] | null = null;

  async version(): Promise<string> {
    const { line } = await this.request(VERSION_REQUEST);
    if (line.startsWith("VERSION ")) return line.slice(8, 72);
    throw this.unexpected("version", line);
  }

  async set(key: string, value: Uint8Array, exptime: number): Promise<void> {
    const { line } = await this.request(encodeSet(key, value, exptime));
    if (NOT_STORED.has(line)) throw this.toError(new CommandError("serverError", line, line));
    if (line !== "STORED") throw this.unexpected("set", line);
  }

  async get(key: string): Promise<number | null> {
    return (await this.value(key, false))?.size ?? null;
  }

  async getValue(key: string): Promise<Buffer | null> {
    return (await this.value(key, true))?.data ?? null;
  }

  async delete(key: string): Promise<boolean> {
    const { line } = await this.request(encodeDelete(key));
    if (line === "DELETED") return true;
    if (line === "NOT_FOUND") return false;
    throw this.unexpected("delete", line);
  }

  check(prefix: string, options?: CheckOptions): Promise<readonly CommandCheckResult[]> {
    return checkTextCommands(
      {
        send: (request) => this.send(request, true),
        sendAll: (requests) => this.sendAll(requests),
      },
      prefix,
      options,
    );
  }

  /**
   * Sends requests together, some of which have no reply unless the node refuses them. Resolves with all replies; the
   * caller waits for it before it sends anything else.
   */
  private async sendAll(requests: Uint8Array): Promise<readonly TextReply[]> {
    const collected: TextReply[] = [];
    this.collected = collected;
    try {
      await this.send(Buffer.concat([requests, VERSION_REQUEST]), true);
      return collected;
    } finally {
      this.collected = null;
    }
  }

  private take(reply: TextReply): void {
    if (this.collected === null || reply.line.startsWith("VERSION ")) this.answer(reply);
    else if (this.collected.push(reply) > MAX_COLLECTED)
      throw new ConnectionError("malformedReply", "unrequested bytes");
  }

  protected push(bytes: Buffer, length: number): void {
    this.replies.push(bytes, length);
  }

  private async value(key: string, keepsValue: boolean): Promise<TextValue | undefined> {
    const { line, values } = await this.request(encodeGet(key), keepsValue);
    const [value] = values;
    if (line !== "END") throw this.unexpected("get", line);
    if (values.length > 1 || (value !== undefined && !isValueOf(value, key))) {
      throw this.toError(new ConnectionError("malformedReply", "unexpected reply to get: another key"));
    }
    return value;
  }

  private async request(bytes: Uint8Array, keepsValue = false): Promise<TextReply> {
    const reply = await this.send(bytes, keepsValue);
    if (reply.refusal !== null) throw this.toError(reply.refusal);
    return reply;
  }

  private unexpected(command: string, line: string): unknown {
    const start = line.slice(0, 20).replace(/[^\x20-\x7e]/g, "?");
    const detail = `unexpected reply to ${command}: ${start}`;
    return this.toError(new ConnectionError("malformedReply", detail));
  }
}

/** A reply line has the key's bytes as latin1. */
function isValueOf({ words }: TextValue, key: string): boolean {
  return words[1] === key || words[1] === Buffer.from(key).toString("latin1");
}
