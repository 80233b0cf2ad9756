import type { Response } from "memjs";
import type { Connection } from "../connection/connection";
import { CommandError, ConnectionError, printable } from "../connection/errors";
import type { NodeCredentials, PollReply, StatsEntries, Tuning } from "../contract";
import { StatPairs } from "../stats/pairs";
import { checkedInteger, MAX_FLUSH_DELAY } from "../text/encoder";
import type { Transport } from "../transport";
import { FrameGuard, type FrameHeader, OPCODE, STATUS } from "./frames";
import { MemjsSession, type ReplyCallback } from "./memjs";

interface Exchange {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The binary protocol over one connection, through memjs. */
export class BinaryTransport implements Transport {
  readonly protocol = "binary";
  private readonly session: MemjsSession;
  private readonly guard: FrameGuard;
  private readonly pairs = new StatPairs();
  private exchange: Exchange | null = null;
  private signingIn = false;
  /** Whether the frame that ends the reply has come. */
  private replied = false;
  /** The command whose frames may come now. */
  private expected: number = OPCODE.stat;
  private mechanismsFrame: Buffer[] | null = null;

  constructor(private readonly wire: Connection) {
    this.session = new MemjsSession(wire);
    this.guard = new FrameGuard((header) => this.judge(header));
    wire.use(this.receive, this.ended);
  }

  get broken(): ConnectionError | null {
    return this.wire.closedBy;
  }

  get replyStarted(): boolean {
    return this.guard.started;
  }

  /**
   * Signs in with SASL PLAIN. Rejects with `saslMissing` before the password has been sent when the node does
   * not offer PLAIN, with `saslRefused` when it refuses user name and password.
   */
  signIn(credentials: NodeCredentials): Promise<void> {
    return this.exchanged((resolve) => {
      this.signingIn = true;
      this.mechanismsFrame = [];
      this.session.signIn(credentials.username, credentials.password, () => {
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
    return { version: this.pairs.version, latencyMs: performance.now() - sentAt };
  }

  async stats(argument: string): Promise<StatsEntries> {
    const entries: [string, string][] = [];
    await this.stat(argument, (name, value) => entries.push([name.toString("utf8"), value.toString("utf8")]));
    return entries;
  }

  /** Protocol-binary.txt, "Flush": the delay as four bytes of extras, which may be left out for none. */
  flushAll(delaySeconds: number): Promise<void> {
    const delay = Number(checkedInteger("delaySeconds", delaySeconds, 0, MAX_FLUSH_DELAY));
    const extras = Buffer.alloc(4);
    extras.writeUInt32BE(delay);
    return this.exchanged((resolve, reject) => {
      this.expected = OPCODE.flush;
      const reply: ReplyCallback = ({ header, val }: Response) => {
        if (header.status === STATUS.ok) resolve();
        else reject(refusalOf(header.status, val));
      };
      this.session.send(OPCODE.flush, "", reply, delay === 0 ? "" : extras);
    });
  }

  ping(): Promise<void> {
    return this.exchanged((resolve, reject) => {
      this.expected = OPCODE.noop;
      const reply: ReplyCallback = ({ header, val }: Response) => {
        if (header.status === STATUS.ok) resolve();
        else reject(refusalOf(header.status, val));
      };
      this.session.send(OPCODE.noop, "", reply);
    });
  }

  /**
   * `stats reset` only. The protocol has a verbosity request (0x1b), but 1.6.18 never answers it and changes
   * nothing; the others have no opcode.
   */
  async tune(tuning: Tuning): Promise<string> {
    if (tuning.command !== "stats reset") throw new CommandError("unknownCommand", tuning.command);
    await this.stat("reset", () => undefined);
    return "RESET";
  }

  destroy(fault: ConnectionError): void {
    this.wire.destroy(fault);
  }

  private stat(argument: string, take: (name: Buffer, value: Buffer) => void): Promise<void> {
    return this.exchanged((resolve, reject) => {
      const reply: ReplyCallback = ({ header, key, val }: Response) => {
        if (header.status === STATUS.ok && header.totalBodyLength > 0) return take(key, val);
        reply.quiet = false;
        if (header.status === STATUS.ok) resolve();
        else reject(refusalOf(header.status, val));
      };
      reply.quiet = true;
      this.expected = OPCODE.stat;
      this.session.send(OPCODE.stat, argument, reply);
    });
  }

  private exchanged(start: (resolve: () => void, reject: (error: unknown) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.exchange = { resolve, reject };
      this.guard.begin();
      this.replied = false;
      if (this.wire.closedBy) return this.ended(this.wire.closedBy);
      start(
        () => this.settled()?.resolve(),
        (error) => this.settled()?.reject(error),
      );
    });
  }

  private settled(): Exchange | null {
    const { exchange } = this;
    this.exchange = null;
    return exchange;
  }

  private readonly receive = (bytes: Buffer, length: number): void => {
    try {
      if (this.exchange === null)
        throw new ConnectionError("malformedReply", "bytes that were not asked for");
      this.guard.push(bytes, length);
      const chunk = bytes.subarray(0, length);
      if (this.mechanismsFrame === null) this.session.feed(chunk);
      else this.gatherMechanisms(this.mechanismsFrame, chunk);
      if (this.exchange === null && !this.guard.atBoundary)
        throw new ConnectionError("malformedReply", "bytes after the end of the reply");
    } catch (error) {
      this.wire.destroy(
        error instanceof ConnectionError
          ? error
          : new ConnectionError("malformedReply", undefined, { cause: error }),
      );
    }
  };

  /** memjs sends the password as soon as it sees the list, so it sees it only when PLAIN is in it. */
  private gatherMechanisms(frame: Buffer[], chunk: Buffer): void {
    frame.push(Buffer.from(chunk));
    if (!this.guard.atBoundary) return;
    const whole = Buffer.concat(frame);
    const offered = whole.toString("latin1", 24).split(" ");
    if (!offered.includes("PLAIN")) throw new ConnectionError("saslMissing", "SASL without PLAIN");
    this.mechanismsFrame = null;
    this.session.feed(whole);
  }

  /** Lets through what the current exchange may bring. SASL frames at any other time would make memjs act. */
  private judge({ opcode, status, bodyLength }: FrameHeader): void {
    if (!this.signingIn) {
      if (this.replied) throw new ConnectionError("malformedReply", "bytes after the end of the reply");
      this.replied = bodyLength === 0 || status !== STATUS.ok;
      if (opcode !== this.expected) throw new ConnectionError("malformedReply", "a frame of another command");
      if (status === STATUS.authError) throw new ConnectionError("saslRequired");
      return;
    }
    if (this.mechanismsFrame !== null) {
      if (opcode !== OPCODE.saslList)
        throw new ConnectionError("malformedReply", "a frame of another command");
      if (status !== STATUS.ok) throw new ConnectionError("saslMissing");
      return;
    }
    if (opcode !== OPCODE.saslAuth) throw new ConnectionError("malformedReply", "a frame of another command");
    if (status !== STATUS.ok) throw new ConnectionError("saslRefused");
  }

  private readonly ended = (fault: ConnectionError): void => {
    this.settled()?.reject(fault);
  };
}

function refusalOf(status: number, explanation: Buffer): CommandError {
  const unknown = status === STATUS.notFound || status === STATUS.unknownCommand;
  return new CommandError(
    unknown ? "unknownCommand" : "serverError",
    printable(explanation.toString("latin1")),
  );
}
