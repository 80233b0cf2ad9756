/**
 * One memjs `Server` on a Memfleet connection. memjs builds requests, splits replies into messages, matches each to its
 * request, and runs the SASL exchange; connecting, deadlines, and limits are Memfleet's.
 *
 * On its own, memjs opens sockets, runs rejected requests again after a later success, has only an idle timeout, and
 * takes credentials from the environment. Here it does none of that: it gets a connected socket, credentials are set
 * explicitly (empty outside the sign-in), and the object is discarded with its connection.
 */
import memjs, { type Response } from "memjs";
import type { Connection } from "../connection/connection";

/** Fields of memjs' `Server` for Memfleet's socket; its published types omit them or make them readonly. */
interface ServerFields {
  _socket: unknown;
  connected: boolean;
  username: string;
  password: string;
}

export type ReplyCallback = ((response: Response) => void) & { quiet?: boolean };

export class MemjsSession {
  private readonly server: memjs.Server & ServerFields;
  private sequence = 0;

  constructor(private readonly connection: Connection) {
    const server = new memjs.Server("", 0, "", "", {});
    const fields: ServerFields = { _socket: connection.socket, connected: true, username: "", password: "" };
    this.server = Object.assign(server, fields);
  }

  /** Passes memjs bytes that a `FrameGuard` accepted. They are copied. */
  feed(bytes: Buffer): void {
    this.server.responseHandler(bytes);
  }

  /** Requests the mechanisms; memjs responds to the reply with SASL PLAIN. Calls `done` once that is accepted. */
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
   * Sends a request. While `reply.quiet` is true, memjs expects more messages; the callback sets it to false for the
   * last one.
   */
  send(
    opcode: number,
    key: string | Buffer,
    reply: ReplyCallback,
    extras: Buffer | "" = "",
    value: Buffer | "" = "",
  ): void {
    // memjs reads the number as unsigned 32 bits, but writes it as signed.
    this.sequence = (this.sequence % 0x7fff_fff0) + 1;
    this.server.onResponse(this.sequence, reply);
    this.connection.write(memjs.Utils.makeRequestBuffer(opcode, key, extras, value, this.sequence));
  }
}
