/**
 * One memjs `Server` on a connection of ours. memjs builds requests, cuts replies into messages, hands each
 * to its request and holds the SASL conversation; connecting, deadlines and limits stay with us.
 *
 * Left to itself memjs opens its own sockets, runs rejected requests again after a later success, times out
 * on idleness only, and takes credentials from the environment. So it never gets to: the socket is handed to
 * it connected, credentials are set explicitly (empty outside the sign-in), and the object is thrown away
 * with its connection.
 */
import memjs, { type Response } from "memjs";
import type { Connection } from "../connection/connection";

/** The fields of memjs' `Server` that owning its socket needs; its published types lack or freeze them. */
interface Owned {
  _socket: unknown;
  connected: boolean;
  username: string;
  password: string;
}

export type ReplyCallback = ((response: Response) => void) & { quiet?: boolean };

export class MemjsSession {
  private readonly server: memjs.Server & Owned;
  private sequence = 0;

  constructor(private readonly wire: Connection) {
    const server = new memjs.Server("", 0, "", "", {});
    const owned: Owned = { _socket: wire.socket, connected: true, username: "", password: "" };
    this.server = Object.assign(server, owned);
  }

  /** Bytes for memjs, already judged by a `FrameGuard`. They are copied. */
  feed(bytes: Buffer): void {
    this.server.responseHandler(bytes);
  }

  /** Asks for the mechanisms; memjs answers the reply with SASL PLAIN. Calls back when that was accepted. */
  signIn(username: string, password: string, done: () => void): void {
    this.server.username = username;
    this.server.password = password;
    this.server.once("authenticated", () => {
      this.server.username = "";
      this.server.password = "";
      done();
    });
    this.server.listSasl();
  }

  /**
   * Sends a request. `reply.quiet` says that messages go on coming until one without a body; setting it to
   * false inside the call ends the exchange.
   */
  send(
    opcode: number,
    key: string | Buffer,
    reply: ReplyCallback,
    extras: Buffer | "" = "",
    value: Buffer | "" = "",
  ): void {
    // memjs reads the number back as unsigned 32 bits, but writes it as signed.
    this.sequence = (this.sequence % 0x7fff_fff0) + 1;
    this.server.onResponse(this.sequence, reply);
    this.wire.write(memjs.Utils.makeRequestBuffer(opcode, key, extras, value, this.sequence));
  }
}
