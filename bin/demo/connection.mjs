import { createConnection } from "node:net";
import { connect as connectTls } from "node:tls";

const TRY_AGAIN_MS = 1_000;
/** With this much unsent the node is slow or stopped, and gets nothing more for now. */
const FULL_BYTES = 64 * 1024;

/** A connection to one node that reconnects when it is lost. Replies are discarded. */
export class DemoConnection {
  #socket = null;
  #closed = false;
  #timer = null;

  /**
   * @param {{host: string, port: number} | {path: string}} address
   * @param {Buffer | null} tlsAuthority PEM of the node's certificate; null without TLS
   * @param {Buffer | null} greeting sent first, on every new connection
   */
  constructor(address, tlsAuthority, greeting) {
    this.open = () => {
      const socket =
        tlsAuthority === null ? createConnection(address) : connectTls({ ...address, ca: tlsAuthority });
      this.#socket = socket;
      socket.setNoDelay(true);
      if (greeting !== null) socket.write(greeting);
      socket.resume();
      socket.on("error", () => {});
      socket.once("close", () => {
        if (!this.#closed) this.#timer = setTimeout(this.open, TRY_AGAIN_MS);
      });
    };
    this.open();
  }

  /**
   * Sends when the node keeps up; else drops.
   * @param {Buffer} bytes
   * @returns {boolean} whether it was sent
   */
  send(bytes) {
    const socket = this.#socket;
    if (socket.connecting || socket.destroyed || socket.writableLength > FULL_BYTES) return false;
    socket.write(bytes);
    return true;
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket.destroy();
  }
}
