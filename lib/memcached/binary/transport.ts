import type { Response } from "memjs";
import { CommandError, ConnectionError } from "../connection/errors";
import type { NodeCredentials, PollReply, StatsEntries, Tuning } from "../contract";
import { StatPairs } from "../stats/pairs";
import { checkedInteger, MAX_FLUSH_DELAY } from "../text/encoder";
import type { Transport } from "../transport";
import { MemjsExchange } from "./exchange";
import { commandError, type FrameHeader, HEADER_BYTES, OPCODE, STATUS } from "./frames";
import type { ReplyCallback } from "./memjs";

/** The binary protocol over one connection, through memjs. */
export class BinaryTransport extends MemjsExchange implements Transport {
  readonly protocol = "binary";
  private readonly pairs = new StatPairs();
  private signingIn = false;
  /** Whether the last frame of the reply has arrived. */
  private replied = false;
  /** The opcode of the current request. */
  private opcode: number = OPCODE.stat;
  /** The frame with the SASL mechanisms, as far as it has arrived; null outside that exchange. */
  private mechanismsFrame: Buffer[] | null = null;

  get broken(): ConnectionError | null {
    return this.connection.closedBy;
  }

  get replyStarted(): boolean {
    return this.guard.started;
  }

  /**
   * Signs in with SASL PLAIN. Rejects with `saslMissing`, before the password is sent, if the node does not offer PLAIN,
   * and with `saslRefused` if it rejects user name and password.
   */
  signIn(credentials: NodeCredentials): Promise<void> {
    return this.exchange<void>((resolve) => {
      this.signingIn = true;
      this.mechanismsFrame = [];
      this.memjs.signIn(credentials.username, credentials.password, () => {
        this.signingIn = false;
        resolve();
      });
    });
  }

  async poll(into: Float64Array): Promise<PollReply> {
    this.pairs.begin(into);
    const sentAt = performance.now();
    await this.stat("", (name, value) => this.pairs.take(name, value));
    this.pairs.finish();
    const latencyMs = performance.now() - sentAt;
    return { version: this.pairs.version, latencyMs, unlisted: this.pairs.unlisted };
  }

  async stats(argument: string): Promise<StatsEntries> {
    const entries: [string, string][] = [];
    await this.stat(argument, (name, value) => entries.push([name.toString("utf8"), value.toString("utf8")]));
    return entries;
  }

  /** The group is text only. */
  async listeners(): Promise<readonly string[]> {
    throw new CommandError("unknownCommand", "stats conns");
  }

  async refusesWatch(): Promise<boolean> {
    return false;
  }

  /** Protocol-binary.txt, "Flush": the delay is four bytes of extras, optional if 0. */
  flushAll(delaySeconds: number): Promise<void> {
    const delay = Number(checkedInteger("delaySeconds", delaySeconds, 0, MAX_FLUSH_DELAY));
    const extras = Buffer.alloc(4);
    extras.writeUInt32BE(delay);
    return this.command(OPCODE.flush, delay === 0 ? "" : extras);
  }

  ping(): Promise<void> {
    return this.command(OPCODE.noop);
  }

  /**
   * `stats reset` only. The protocol has a verbosity request (0x1b), but 1.6.18 never answers it and changes nothing;
   * the other commands have no opcode.
   */
  async tune(tuning: Tuning): Promise<string> {
    if (tuning.command !== "stats reset") throw new CommandError("unknownCommand", tuning.command);
    await this.stat("reset", () => undefined);
    return "RESET";
  }

  destroy(error: ConnectionError): void {
    this.connection.destroy(error);
  }

  private command(opcode: number, extras: Buffer | "" = ""): Promise<void> {
    return this.request(opcode, "", extras, (resolve, reject) => ({ header, val }: Response) => {
      if (header.status === STATUS.ok) resolve();
      else reject(commandError(header.status, val.toString("latin1")));
    });
  }

  /** One frame for each stat, then one without a body. */
  private stat(argument: string, take: (name: Buffer, value: Buffer) => void): Promise<void> {
    return this.request(OPCODE.stat, argument, "", (resolve, reject) => {
      const reply: ReplyCallback = ({ header, key, val }: Response) => {
        if (header.status === STATUS.ok && header.totalBodyLength > 0) return take(key, val);
        reply.quiet = false;
        if (header.status === STATUS.ok) resolve();
        else reject(commandError(header.status, val.toString("latin1")));
      };
      reply.quiet = true;
      return reply;
    });
  }

  private request(
    opcode: number,
    key: string,
    extras: Buffer | "",
    onReply: (resolve: () => void, reject: (error: CommandError) => void) => ReplyCallback,
  ): Promise<void> {
    this.opcode = opcode;
    this.replied = false;
    return this.exchange<void>((resolve, reject) =>
      this.memjs.send(opcode, key, onReply(resolve, reject), extras),
    );
  }

  /** memjs sends the password as soon as it gets the list, so it gets the list only if PLAIN is in it. */
  protected override feed(chunk: Buffer): void {
    if (this.mechanismsFrame === null) {
      super.feed(chunk);
      return;
    }
    this.mechanismsFrame.push(Buffer.from(chunk));
    if (!this.guard.atBoundary) return;
    const frame = Buffer.concat(this.mechanismsFrame);
    const offered = frame.toString("latin1", HEADER_BYTES).split(" ");
    if (!offered.includes("PLAIN")) throw new ConnectionError("saslMissing", "SASL without PLAIN");
    this.mechanismsFrame = null;
    super.feed(frame);
  }

  /** Accepts only frames of the current request: SASL frames at any other time would make memjs respond to them. */
  protected checkHeader({ opcode, status, bodyLength }: FrameHeader): void {
    const gettingMechanisms = this.mechanismsFrame !== null;
    if (!this.signingIn) {
      if (this.replied) throw new ConnectionError("malformedReply", "bytes after the end of the reply");
      this.replied = bodyLength === 0 || status !== STATUS.ok;
    }
    const signInOpcode = gettingMechanisms ? OPCODE.saslList : OPCODE.saslAuth;
    if (opcode !== (this.signingIn ? signInOpcode : this.opcode))
      throw new ConnectionError("malformedReply", "a frame of another command");
    if (!this.signingIn && status === STATUS.authError) throw new ConnectionError("saslRequired");
    if (!this.signingIn || status === STATUS.ok) return;
    throw new ConnectionError(gettingMechanisms ? "saslMissing" : "saslRefused");
  }
}
