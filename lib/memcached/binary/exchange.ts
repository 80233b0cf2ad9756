import type { Connection } from "../connection/connection";
import { ConnectionError, toReplyError } from "../connection/errors";
import { FrameGuard, type FrameHeader } from "./frames";
import { MemjsSession } from "./memjs";

type Reject = (error: unknown) => void;

/** One request at a time over a connection through memjs. Bytes reach memjs only after the guard accepted them. */
export abstract class MemjsExchange {
  protected readonly memjs: MemjsSession;
  protected readonly guard: FrameGuard;
  private pending: Reject | null = null;

  /** Takes over the connection. Without `maxReplyBytes` a reply has the limit of a stats reply. */
  constructor(
    protected readonly connection: Connection,
    maxReplyBytes?: number,
  ) {
    this.memjs = new MemjsSession(connection);
    this.guard = new FrameGuard((header) => this.checkHeader(header), maxReplyBytes);
    connection.use(this.receive, this.onClosed);
  }

  /** Throws a `ConnectionError` for a frame that does not belong to the current request. */
  protected abstract checkHeader(header: FrameHeader): void;

  /** Passes on bytes that the guard accepted. */
  protected feed(bytes: Buffer): void {
    this.memjs.feed(bytes);
  }

  /** Runs `send`, which must call `resolve` or `reject` once; rejects when the connection closes before that. */
  protected exchange<Result>(
    send: (resolve: (result: Result) => void, reject: Reject) => void,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.pending = reject;
      this.guard.begin();
      if (this.connection.closedBy) return this.onClosed(this.connection.closedBy);
      const once =
        <Value>(finish: (value: Value) => void) =>
        (value: Value) => {
          if (this.pending !== reject) return;
          this.pending = null;
          finish(value);
        };
      send(once(resolve), once(reject));
    });
  }

  private readonly receive = (bytes: Buffer, length: number): void => {
    try {
      if (this.pending === null) throw new ConnectionError("malformedReply", "unrequested bytes");
      this.guard.push(bytes, length);
      this.feed(bytes.subarray(0, length));
      if (this.pending === null && !this.guard.atBoundary)
        throw new ConnectionError("malformedReply", "bytes after the end of the reply");
    } catch (error) {
      this.connection.destroy(toReplyError(error));
    }
  };

  private readonly onClosed = (error: ConnectionError): void => {
    const reject = this.pending;
    this.pending = null;
    reject?.(error);
  };
}
