/** The address of this machine at which a request arrived, which the launcher passes as it passes the client's. */
import ipaddr from "ipaddr.js";

const KEY = Symbol.for("memfleet.localHeader");

/** The socket's own address, without a zone; null when the server was started without the launcher. */
export function localAddress(headers: { get(name: string): string | null }): string | null {
  const name = (globalThis as { [KEY]?: unknown })[KEY];
  const address = typeof name === "string" ? headers.get(name)?.replace(/%.*$/, "") : undefined;
  return address !== undefined && ipaddr.isValid(address) ? ipaddr.process(address).toString() : null;
}
