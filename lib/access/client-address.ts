/**
 * The client's address. Handlers have no access to the socket, and any client can send a header, so the launcher
 * passes the socket's addresses in headers whose names are random and known to this process alone.
 */
import ipaddr from "ipaddr.js";

const PEER_KEY = Symbol.for("memfleet.peerHeader");
const LOCAL_KEY = Symbol.for("memfleet.localHeader");

export interface HeaderReader {
  get(name: string): string | null;
}

/** The socket's address; null when the server was started without the launcher. */
export function peerAddress(headers: HeaderReader): string | null {
  return addressIn(headers, PEER_KEY);
}

/** The address of this machine at which the request arrived; null when the server was started without the launcher. */
export function localAddress(headers: HeaderReader): string | null {
  return addressIn(headers, LOCAL_KEY);
}

function addressIn(headers: HeaderReader, key: typeof PEER_KEY | typeof LOCAL_KEY): string | null {
  const name = (globalThis as { [PEER_KEY]?: unknown; [LOCAL_KEY]?: unknown })[key];
  return typeof name === "string" ? canonical(headers.get(name)) : null;
}

/** Whether the peer's address is in one of the trusted networks. */
export function isFromTrusted(headers: HeaderReader, networks: readonly string[]): boolean {
  const peer = peerAddress(headers);
  return peer !== null && isWithin(peer, networks);
}

/**
 * The client's address: the socket's, or, when that is a trusted proxy, the last one of `X-Forwarded-For` that is
 * not itself a trusted proxy. Empty when unknown.
 */
export function clientAddress(headers: HeaderReader, networks: readonly string[]): string {
  let address = peerAddress(headers);
  if (address === null) return "";
  const forwarded = (headers.get("x-forwarded-for") ?? "").split(",").reverse();
  for (const hop of forwarded) {
    if (!isWithin(address, networks)) return address;
    const next = canonical(hop.trim());
    if (next === null) return address;
    address = next;
  }
  return address;
}

/** The key that a limit counts by: for IPv6 the /64, which one customer has. */
export function addressKey(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  return ipaddr.IPv6.parse(address)
    .parts.slice(0, 4)
    .map((part) => part.toString(16))
    .join(":");
}

/** IPv4-mapped IPv6 as IPv4; null for anything that is not an address. */
function canonical(text: string | null): string | null {
  if (text === null) return null;
  const bare = text.replace(/%.*$/, "");
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : null;
}

function isWithin(address: string, networks: readonly string[]): boolean {
  const parsed = ipaddr.parse(address);
  return networks.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network);
    return base.kind() === parsed.kind() && parsed.match(base, bits);
  });
}
