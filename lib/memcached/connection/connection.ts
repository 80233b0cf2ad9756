/** An open connection to a node: bytes out, bytes in, and the one error that ends it. */
import type { Socket } from "node:net";
import { ConnectionError } from "./errors";
import { toConnectionError } from "./socket-errors";

/** Takes the first `length` bytes of `bytes`, which are only valid during the call. */
export type Receiver = (bytes: Buffer, length: number) => void;

export class Connection {
  private receiver: Receiver | null = null;
  private onClosed: ((error: ConnectionError) => void) | null = null;
  private error: ConnectionError | null = null;

  constructor(
    readonly socket: Socket,
    /** The address that it leads to, if the host of the node is a name. */
    readonly ip: string | null = null,
  ) {
    socket.on("error", (error) => this.destroy(toConnectionError(error)));
    socket.on("end", () => this.destroy(new ConnectionError("connectionClosed")));
    socket.on("close", () => this.destroy(new ConnectionError("connectionClosed")));
  }

  /** Why the connection ended; null while it is open. */
  get closedBy(): ConnectionError | null {
    return this.error;
  }

  /** Sets the receiver of the bytes, and the callback for the end of the connection, which runs once. Replaces earlier ones. */
  use(receiver: Receiver, onClosed: (error: ConnectionError) => void): void {
    this.receiver = receiver;
    this.onClosed = onClosed;
    if (this.error) onClosed(this.error);
  }

  write(request: Uint8Array): void {
    if (this.error === null) this.socket.write(request);
  }

  /** Closes the connection immediately; bytes that arrive later are ignored. */
  destroy(error: ConnectionError): void {
    if (this.error !== null) return;
    this.error = error;
    this.socket.destroy();
    this.onClosed?.(error);
  }

  /** For the reader of the socket: passes on received bytes. */
  readonly receive: Receiver = (bytes, length) => {
    if (this.error !== null) return;
    if (this.receiver) this.receiver(bytes, length);
    else this.destroy(new ConnectionError("malformedReply", "unrequested bytes"));
  };
}
