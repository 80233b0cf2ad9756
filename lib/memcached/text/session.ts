import { CommandError, ConnectionError } from "../connection/errors";
import { Pipeline } from "../connection/pipeline";
import type { CommandCheckResult, PipelinedSession } from "../contract";
import { checkTextCommands } from "./command-checks";
import { encodeDelete, encodeGet, encodeSet, VERSION_REQUEST } from "./encoder";
import { TextReplies, type TextReply, type TextValue } from "./replies";

/** Replies to `set` that leave the connection usable, though the value was not stored. */
const NOT_STORED: ReadonlySet<string> = new Set(["NOT_STORED", "EXISTS", "NOT_FOUND"]);

/** A session over the text protocol; see `PipelinedSession`. */
export class TextSession extends Pipeline<TextReply> implements PipelinedSession {
  readonly protocol = "text";
  private readonly replies = new TextReplies(
    (reply) => this.answer(reply),
    () => this.keepsValue,
  );

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

  check(prefix: string): Promise<readonly CommandCheckResult[]> {
    return checkTextCommands((request) => this.send(request, true), prefix);
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
