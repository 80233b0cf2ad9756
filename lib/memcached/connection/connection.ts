/** A connection to a node, once it stands: bytes out, bytes in, and the one fault that ends it. */
import type { Socket } from "node:net";
import { Fault } from "./errors";
import { faultOf } from "./socket-errors";

/** Takes the first `length` bytes of `bytes`, which are only valid during the call. */
export type Receiver = (bytes: Buffer, length: number) => void;

export class Wire {
  private receiver: Receiver | null = null;
  private onBroken: ((fault: Fault) => void) | null = null;
  private fault: Fault | null = null;

  constructor(readonly socket: Socket) {
    socket.on("error", (error) => this.destroy(faultOf(error)));
    socket.on("end", () => this.destroy(new Fault("connectionClosed")));
    socket.on("close", () => this.destroy(new Fault("connectionClosed")));
  }

  /** Why the connection ended; null while it stands. */
  get broken(): Fault | null {
    return this.fault;
  }

  /** Who gets the bytes, and who hears, once, that the connection has ended. Replaces the one before. */
  use(receiver: Receiver, onBroken: (fault: Fault) => void): void {
    this.receiver = receiver;
    this.onBroken = onBroken;
    if (this.fault) onBroken(this.fault);
  }

  write(request: Uint8Array): void {
    if (this.fault === null) this.socket.write(request);
  }

  /** Ends the connection at once; nothing that arrives later is looked at. */
  destroy(fault: Fault): void {
    if (this.fault !== null) return;
    this.fault = fault;
    this.socket.destroy();
    this.onBroken?.(fault);
  }

  /** For the socket's own reader: hands on what came in. */
  readonly receive: Receiver = (bytes, length) => {
    if (this.fault !== null) return;
    if (this.receiver) this.receiver(bytes, length);
    else this.destroy(new Fault("malformedReply", "bytes that were not asked for"));
  };
}
