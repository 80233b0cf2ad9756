import type { NodeError } from "@/lib/model/errors";
import type { Connection } from "./connection";
import { Deadline } from "./deadline";
import { ConnectionError, toNodeError } from "./errors";

interface PendingRequest<Reply> {
  /** Whether the reply is to keep its bytes. */
  readonly keepsValue: boolean;
  readonly sentAtMs: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Requests under way on one connection, answered in order. What is asked in one turn of the event loop leaves in one
 * write. A request that is not answered within `timeoutMs` ends the connection, and with it every other.
 */
export class Pipeline<Reply> {
  private readonly waiting: PendingRequest<Reply>[] = [];
  private outgoing: Uint8Array[] = [];
  private deadline: Deadline | null = null;
  private error: unknown = null;

  /** `push` reads what comes in and calls `answer`; it throws a `Fault` for what breaks the protocol. */
  constructor(
    private readonly node: string,
    private readonly wire: Connection,
    private readonly timeoutMs: number,
    push: (bytes: Buffer, length: number) => void,
    private readonly onEnd: () => void,
  ) {
    wire.use(
      (bytes, length) => {
        try {
          push(bytes, length);
        } catch (error) {
          const fault =
            error instanceof ConnectionError
              ? error
              : new ConnectionError("malformedReply", undefined, { cause: error });
          wire.destroy(fault);
        }
      },
      (fault) => this.broken(fault),
    );
  }

  /** Why it ended; null while it stands. */
  get ended(): NodeError | null {
    return this.error as NodeError | null;
  }

  /** Whether the oldest request under way wants its reply's bytes. */
  get keeps(): boolean {
    return this.waiting[0]?.keepsValue ?? false;
  }

  /** Rejects with `NodeError`. */
  ask(request: Uint8Array, keeps: boolean): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.error !== null) return reject(this.error);
      this.waiting.push({ keepsValue: keeps, sentAtMs: performance.now(), resolve, reject });
      if (this.outgoing.push(request) === 1) queueMicrotask(() => this.send());
      if (this.deadline === null) this.watch(this.timeoutMs);
    });
  }

  /** The oldest request under way has its reply. */
  answer(reply: Reply): void {
    const request = this.waiting.shift();
    if (request === undefined) throw new ConnectionError("malformedReply", "bytes that were not asked for");
    if (this.waiting.length === 0) this.unwatch();
    request.resolve(reply);
  }

  close(): void {
    this.wire.destroy(new ConnectionError("connectionClosed", "it was closed from here"));
  }

  private send(): void {
    const { outgoing } = this;
    this.outgoing = [];
    const [first] = outgoing;
    if (first !== undefined) this.wire.write(outgoing.length === 1 ? first : Buffer.concat(outgoing));
  }

  /** One timer for the oldest request: it is wound again for the next one instead of once for each. */
  private watch(ms: number): void {
    const deadline = new Deadline(ms);
    this.deadline = deadline;
    deadline.guard(() => {
      const [oldest] = this.waiting;
      if (oldest === undefined) return this.unwatch();
      const leftMs = oldest.sentAtMs + this.timeoutMs - performance.now();
      if (leftMs > 0) this.watch(leftMs);
      else this.wire.destroy(new ConnectionError("replyTimeout"));
    });
  }

  private unwatch(): void {
    this.deadline?.clear();
    this.deadline = null;
  }

  private broken(fault: ConnectionError): void {
    if (this.error !== null) return;
    this.error = toNodeError(this.node, fault);
    this.unwatch();
    this.outgoing = [];
    for (const { reject } of this.waiting.splice(0)) reject(this.error);
    this.onEnd();
  }
}
