/** Parses and validates the addresses of nodes. */
import ipaddr from "ipaddr.js";
import { HIDDEN } from "@/lib/model/hidden-characters";
import {
  DEFAULT_NODE_PORT,
  isHostName,
  type NodeAddress,
  parsePort,
  splitHostPort,
} from "@/lib/model/node/node-address";
import { refusedNodeIp } from "./refused-addresses";

/** `sockaddr_un` holds 108 bytes on Linux and 104 on macOS and the BSDs, the closing zero included. */
const UNIX_PATH_BYTES = 103;

const SHAPE = "host:port, [v6]:port or unix:/path";

export type AddressResult =
  | { readonly ok: true; readonly address: NodeAddress }
  | { readonly ok: false; readonly allowed: string };

/**
 * Reads a node's address: `10.0.0.11:11211`, `cache-1.example.net`, `[fd00::5]:11211`, `unix:/run/m.sock`. A
 * missing port is 11211. Names are lower-cased, IPv6 is shortened (RFC 5952) and an IPv4-mapped address becomes
 * the IPv4 address it contains, so that a node has one spelling. Refused with what is allowed instead: other
 * shapes, other writings of IPv4 (decimal, octal, hexadecimal), and addresses that name no single machine.
 */
export function parseNodeAddress(text: string): AddressResult {
  if (text.startsWith("unix:")) return parseUnix(text.slice("unix:".length));
  if (text.includes("@")) return refuse(`${SHAPE}; a user name and password belong under the pool's auth`);
  const parts = splitHostPort(text);
  if (parts === null) {
    return refuse(text.split(":").length > 2 ? `${SHAPE}, IPv6 in brackets as in [fd00::5]:11211` : SHAPE);
  }
  const port = parts.port === null ? DEFAULT_NODE_PORT : parsePort(parts.port);
  if (port === null) return refuse("a port from 1 to 65535");
  const host = parts.bracketed ? normaliseV6(parts.host) : normaliseHost(parts.host);
  if (typeof host !== "string") return refuse(host.allowed);
  return { ok: true, address: { kind: "tcp", host, port } };
}

function parseUnix(path: string): AddressResult {
  if (!path.startsWith("/")) return refuse("an absolute path after unix:, as in unix:/run/memcached.sock");
  if (HIDDEN.test(path)) return refuse("a path without control or invisible characters");
  if (Buffer.byteLength(path) > UNIX_PATH_BYTES) return refuse(`a path of at most ${UNIX_PATH_BYTES} bytes`);
  return { ok: true, address: { kind: "unix", path } };
}

function normaliseHost(host: string): string | { allowed: string } {
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return refusedOr(host);
  if (isHostName(host)) return host.toLowerCase();
  return { allowed: "a host name, or an IPv4 address as four decimal numbers" };
}

function normaliseV6(host: string): string | { allowed: string } {
  if (host.includes("%")) return { allowed: "an IPv6 address without a zone" };
  if (!ipaddr.IPv6.isValid(host)) return { allowed: "an IPv6 address in the brackets" };
  const address = ipaddr.IPv6.parse(host);
  return refusedOr(
    address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String(),
  );
}

function refusedOr(ip: string): string | { allowed: string } {
  const refused = refusedNodeIp(ip);
  return refused === null ? ip : { allowed: `the address of a single host; this is ${refused}` };
}

function refuse(allowed: string): AddressResult {
  return { ok: false, allowed };
}
