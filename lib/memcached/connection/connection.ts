/** A connection to a node, once it stands: bytes out, bytes in, and the one fault that ends it. */
import type { Socket } from "node:net";
import { ConnectionError } from "./errors";
import { toConnectionError } from "./socket-errors";

/** Takes the first `length` bytes of `bytes`, which are only valid during the call. */
export type Receiver = (bytes: Buffer, length: number) => void;

export class Connection {
  private receiver: Receiver | null = null;
  private onBroken: ((fault: ConnectionError) => void) | null = null;
  private error: ConnectionError | null = null;

  constructor(readonly socket: Socket) {
    socket.on("error", (error) => this.destroy(toConnectionError(error)));
    socket.on("end", () => this.destroy(new ConnectionError("connectionClosed")));
    socket.on("close", () => this.destroy(new ConnectionError("connectionClosed")));
  }

  /** Why the connection ended; null while it stands. */
  get closedBy(): ConnectionError | null {
    return this.error;
  }

  /** Who gets the bytes, and who hears, once, that the connection has ended. Replaces the one before. */
  use(receiver: Receiver, onBroken: (fault: ConnectionError) => void): void {
    this.receiver = receiver;
    this.onBroken = onBroken;
    if (this.error) onBroken(this.error);
  }

  write(request: Uint8Array): void {
    if (this.error === null) this.socket.write(request);
  }

  /** Ends the connection at once; nothing that arrives later is looked at. */
  destroy(fault: ConnectionError): void {
    if (this.error !== null) return;
    this.error = fault;
    this.socket.destroy();
    this.onBroken?.(fault);
  }

  /** For the socket's own reader: hands on what came in. */
  readonly receive: Receiver = (bytes, length) => {
    if (this.error !== null) return;
    if (this.receiver) this.receiver(bytes, length);
    else this.destroy(new ConnectionError("malformedReply", "bytes that were not asked for"));
  };
}
