import type { NodeError } from "@/lib/model/errors";
import type { Connection } from "../connection/connection";
import { ConnectionError, toNodeError } from "../connection/errors";
import { Pipeline } from "../connection/pipeline";
import type { CheckedCommand, PipelinedSession } from "../contract";
import { checkTextCommands } from "./command-checks";
import { encodeDelete, encodeGet, encodeSet, VERSION_REQUEST } from "./encoder";
import { TextReplies, type TextReply } from "./replies";

/** A dialogue over the text protocol; see `Dialogue`. */
export class TextSession implements PipelinedSession {
  readonly protocol = "text";
  private readonly pipeline: Pipeline<TextReply>;

  constructor(
    private readonly node: string,
    wire: Connection,
    timeoutMs: number,
    onEnd: () => void,
  ) {
    const replies = new TextReplies(
      (reply) => this.pipeline.answer(reply),
      () => this.pipeline.keeps,
    );
    this.pipeline = new Pipeline(
      node,
      wire,
      timeoutMs,
      (bytes, length) => replies.push(bytes, length),
      onEnd,
    );
  }

  get ended(): NodeError | null {
    return this.pipeline.ended;
  }

  async version(): Promise<string> {
    const { line } = await this.granted(VERSION_REQUEST);
    if (line.startsWith("VERSION ")) return line.slice(8, 72);
    throw this.unexpected("version", line);
  }

  async set(key: string, value: Uint8Array, exptime: number): Promise<void> {
    const { line } = await this.granted(encodeSet(key, value, { exptime }));
    if (line !== "STORED") throw this.unexpected("set", line);
  }

  async get(key: string): Promise<number | null> {
    const { line, values } = await this.granted(encodeGet(key));
    if (line !== "END") throw this.unexpected("get", line);
    return values[0]?.size ?? null;
  }

  async delete(key: string): Promise<boolean> {
    const { line } = await this.granted(encodeDelete(key));
    if (line === "DELETED") return true;
    if (line === "NOT_FOUND") return false;
    throw this.unexpected("delete", line);
  }

  check(prefix: string): Promise<readonly CheckedCommand[]> {
    return checkTextCommands((request) => this.pipeline.ask(request, true), prefix);
  }

  close(): void {
    this.pipeline.close();
  }

  private async granted(request: Uint8Array): Promise<TextReply> {
    const reply = await this.pipeline.ask(request, false);
    if (reply.refusal !== null) throw toNodeError(this.node, reply.refusal);
    return reply;
  }

  private unexpected(command: string, line: string): unknown {
    const seen = `${command} was answered with ${line.slice(0, 20).replace(/[^\x20-\x7e]/g, "?")}`;
    return toNodeError(this.node, new ConnectionError("malformedReply", seen));
  }
}
