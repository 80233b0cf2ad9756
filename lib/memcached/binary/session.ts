import { ConnectionError } from "../connection/errors";
import { Pipeline } from "../connection/pipeline";
import type { CheckOptions, CommandCheckResult, PipelinedSession } from "../contract";
import { checkBinaryCommands } from "./command-checks";
import { encodeFrame, type FrameParts, storeExtras } from "./encoder";
import { commandError, OPCODE, STATUS } from "./frames";
import { type BinaryAnswer, BinaryReplies, type BinaryReply } from "./replies";

/** Most frames that quiet requests can cause before the one that ends the exchange. */
const MAX_BEFORE = 100;

/** A session over the binary protocol; see `PipelinedSession`. */
export class BinarySession extends Pipeline<BinaryAnswer> implements PipelinedSession {
  readonly protocol = "binary";
  /** Opaques of the pending requests, oldest first. */
  private readonly opaques: number[] = [];
  private opaque = 0;
  private before: BinaryReply[] = [];
  private readonly replies = new BinaryReplies(
    (reply) => this.take(reply),
    () => this.keepsValue,
  );

  async version(): Promise<string> {
    const { body } = await this.request({ opcode: OPCODE.version }, true);
    return (body?.value.toString("latin1") ?? "").slice(0, 64);
  }

  async set(key: string, value: Uint8Array, exptime: number): Promise<void> {
    await this.request({ opcode: OPCODE.set, key, value, extras: storeExtras(0, exptime) });
  }

  async get(key: string): Promise<number | null> {
    const { status, size } = await this.request({ opcode: OPCODE.get, key }, false, STATUS.notFound);
    return status === STATUS.ok ? size : null;
  }

  async getValue(key: string): Promise<Buffer | null> {
    const { status, body } = await this.request({ opcode: OPCODE.get, key }, true, STATUS.notFound);
    return status === STATUS.ok ? (body?.value ?? null) : null;
  }

  async delete(key: string): Promise<boolean> {
    const { status } = await this.request({ opcode: OPCODE.delete, key }, false, STATUS.notFound);
    return status === STATUS.ok;
  }

  check(prefix: string, options?: CheckOptions): Promise<readonly CommandCheckResult[]> {
    return checkBinaryCommands((frames) => this.sendFrames(frames, true), prefix, options);
  }

  protected push(bytes: Buffer, length: number): void {
    this.replies.push(bytes, length);
  }

  /** Rejects for every status but 0 and `allowed`. */
  private async request(
    frame: Omit<FrameParts, "opaque">,
    keepsValue = false,
    allowed: number = STATUS.ok,
  ): Promise<BinaryReply> {
    const { last } = await this.sendFrames([frame], keepsValue);
    if (last.opcode !== frame.opcode) {
      throw this.toError(new ConnectionError("malformedReply", "a frame of another command"));
    }
    if (last.status === STATUS.ok || last.status === allowed) return last;
    throw this.toError(commandError(last.status, last.body?.value.toString("latin1")));
  }

  /** Sends the frames together; the reply to the last one ends the exchange. */
  private sendFrames(
    frames: readonly Omit<FrameParts, "opaque">[],
    keepsValue: boolean,
  ): Promise<BinaryAnswer> {
    const bytes = frames.map((frame) => {
      this.opaque = (this.opaque % 0x7fff_fff0) + 1;
      return encodeFrame({ ...frame, opaque: this.opaque });
    });
    this.opaques.push(this.opaque);
    return this.send(Buffer.concat(bytes), keepsValue);
  }

  private take(reply: BinaryReply): void {
    if (reply.status === STATUS.authError) throw new ConnectionError("saslRequired");
    if (reply.opaque !== this.opaques[0]) {
      if (this.opaques.length === 0 || this.before.push(reply) > MAX_BEFORE) {
        throw new ConnectionError("malformedReply", "an unrequested frame");
      }
      return;
    }
    const { before } = this;
    if (before.length > 0) this.before = [];
    this.opaques.shift();
    this.answer({ last: reply, before });
  }
}
