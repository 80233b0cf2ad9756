import type { NodeError } from "@/lib/model/errors";
import type { Connection } from "./connection";
import { Deadline } from "./deadline";
import { ConnectionError, toNodeError, toReplyError } from "./errors";

interface PendingRequest<Reply> {
  /** Whether the reply keeps the bytes of its values. */
  readonly keepsValue: boolean;
  readonly sentAtMs: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Pending requests on one connection, answered in order. Requests of one tick of the event loop leave in one write. If
 * one gets no reply within `timeoutMs`, the connection ends, and all pending requests with it.
 */
export abstract class Pipeline<Reply> {
  private readonly pending: PendingRequest<Reply>[] = [];
  private outgoing: Uint8Array[] = [];
  private deadline: Deadline | null = null;
  private error: unknown = null;

  constructor(
    private readonly node: string,
    private readonly connection: Connection,
    private readonly timeoutMs: number,
    private readonly onEnd: () => void,
  ) {
    connection.use(
      (bytes, length) => {
        try {
          this.push(bytes, length);
        } catch (error) {
          connection.destroy(toReplyError(error));
        }
      },
      (error) => this.onClosed(error),
    );
  }

  /** Parses received bytes and calls `answer` for each reply. Throws a `ConnectionError` for a protocol violation. */
  protected abstract push(bytes: Buffer, length: number): void;

  /** Why the session ended; null while it is open. */
  get ended(): NodeError | null {
    return this.error as NodeError | null;
  }

  close(): void {
    this.connection.destroy(new ConnectionError("connectionClosed", "closed by Memfleet"));
  }

  /** Whether the reply to the oldest pending request keeps the bytes of its values. */
  protected get keepsValue(): boolean {
    return this.pending[0]?.keepsValue ?? false;
  }

  /** Rejects with `NodeError`. */
  protected send(request: Uint8Array, keepsValue: boolean): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.error !== null) return reject(this.error);
      this.pending.push({ keepsValue, sentAtMs: performance.now(), resolve, reject });
      if (this.outgoing.push(request) === 1) queueMicrotask(() => this.flush());
      if (this.deadline === null) this.startTimer(this.timeoutMs);
    });
  }

  /** Resolves the oldest pending request. */
  protected answer(reply: Reply): void {
    const request = this.pending.shift();
    if (request === undefined) throw new ConnectionError("malformedReply", "unrequested bytes");
    if (this.pending.length === 0) this.stopTimer();
    request.resolve(reply);
  }

  /** The error for callers. A `ConnectionError` ends the session. */
  protected toError(error: unknown): unknown {
    if (error instanceof ConnectionError) this.connection.destroy(error);
    return toNodeError(this.node, error);
  }

  private flush(): void {
    const { outgoing } = this;
    this.outgoing = [];
    const [first] = outgoing;
    if (first !== undefined) this.connection.write(outgoing.length === 1 ? first : Buffer.concat(outgoing));
  }

  /** One timer for the oldest request, restarted for the next one, instead of one timer each. */
  private startTimer(ms: number): void {
    const deadline = new Deadline(ms);
    this.deadline = deadline;
    deadline.guard(() => {
      const [oldest] = this.pending;
      if (oldest === undefined) return this.stopTimer();
      const remainingMs = oldest.sentAtMs + this.timeoutMs - performance.now();
      if (remainingMs > 0) this.startTimer(remainingMs);
      else this.connection.destroy(new ConnectionError("replyTimeout"));
    });
  }

  private stopTimer(): void {
    this.deadline?.clear();
    this.deadline = null;
  }

  private onClosed(error: ConnectionError): void {
    if (this.error !== null) return;
    this.error = toNodeError(this.node, error);
    this.stopTimer();
    this.outgoing = [];
    for (const { reject } of this.pending.splice(0)) reject(this.error);
    this.onEnd();
  }
}
