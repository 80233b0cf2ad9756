import type { NodeError } from "@/lib/model/errors";
import type { Connection } from "../connection/connection";
import { CommandError, ConnectionError, toNodeError } from "../connection/errors";
import { Pipeline } from "../connection/pipeline";
import type { CheckedCommand, PipelinedSession } from "../contract";
import { checkBinaryCommands } from "./command-checks";
import { encodeFrame, type FrameParts, storeExtras } from "./encoder";
import { OPCODE, STATUS } from "./frames";
import { BinaryReplies, type BinaryReply } from "./replies";

/** What a request brought: the frame that answers it last, and those that came before. */
export interface BinaryAnswer {
  readonly last: BinaryReply;
  readonly before: readonly BinaryReply[];
}

/** Frames that quiet requests may bring before the one that ends the exchange. */
const MAX_BEFORE = 100;

/** A dialogue over the binary protocol; see `Dialogue`. */
export class BinarySession implements PipelinedSession {
  readonly protocol = "binary";
  private readonly pipeline: Pipeline<BinaryAnswer>;
  /** Opaques of what is under way, oldest first. */
  private readonly opaques: number[] = [];
  private opaque = 0;
  private before: BinaryReply[] = [];

  constructor(
    private readonly node: string,
    wire: Connection,
    timeoutMs: number,
    onEnd: () => void,
  ) {
    const replies = new BinaryReplies(
      (reply) => this.take(reply),
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
    const { last } = await this.ask([{ opcode: OPCODE.version }], true);
    if (last.status !== STATUS.ok) throw this.refused(last);
    return (last.body?.value.toString("latin1") ?? "").slice(0, 64);
  }

  async set(key: string, value: Uint8Array, exptime: number): Promise<void> {
    const frame = { opcode: OPCODE.set, key, value, extras: storeExtras(0, exptime) };
    const { last } = await this.ask([frame], false);
    if (last.status !== STATUS.ok) throw this.refused(last);
  }

  async get(key: string): Promise<number | null> {
    const { last } = await this.ask([{ opcode: OPCODE.get, key }], false);
    if (last.status === STATUS.ok) return last.size;
    if (last.status === STATUS.notFound) return null;
    throw this.refused(last);
  }

  async delete(key: string): Promise<boolean> {
    const { last } = await this.ask([{ opcode: OPCODE.delete, key }], false);
    if (last.status === STATUS.ok) return true;
    if (last.status === STATUS.notFound) return false;
    throw this.refused(last);
  }

  check(prefix: string): Promise<readonly CheckedCommand[]> {
    return checkBinaryCommands((frames) => this.ask(frames, true), prefix);
  }

  close(): void {
    this.pipeline.close();
  }

  /** Sends the frames together; the last one's reply ends the exchange. */
  private ask(frames: readonly Omit<FrameParts, "opaque">[], keeps: boolean): Promise<BinaryAnswer> {
    const bytes = frames.map((frame) => {
      this.opaque = (this.opaque % 0x7fff_fff0) + 1;
      return encodeFrame({ ...frame, opaque: this.opaque });
    });
    this.opaques.push(this.opaque);
    return this.pipeline.ask(Buffer.concat(bytes), keeps);
  }

  private take(reply: BinaryReply): void {
    if (reply.status === STATUS.authError) throw new ConnectionError("saslRequired");
    if (reply.opaque !== this.opaques[0]) {
      if (this.opaques.length === 0 || this.before.push(reply) > MAX_BEFORE) {
        throw new ConnectionError("malformedReply", "a frame that was not asked for");
      }
      return;
    }
    const { before } = this;
    if (before.length > 0) this.before = [];
    this.opaques.shift();
    this.pipeline.answer({ last: reply, before });
  }

  private refused({ opcode, status }: BinaryReply): unknown {
    const words = `status 0x${status.toString(16).padStart(2, "0")} to 0x${opcode.toString(16).padStart(2, "0")}`;
    const kind = status === STATUS.unknownCommand ? "unknownCommand" : "serverError";
    return toNodeError(this.node, new CommandError(kind, words));
  }
}
