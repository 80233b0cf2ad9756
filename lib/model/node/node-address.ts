import ipaddr from "ipaddr.js";
import type { NodeAddress } from "@/lib/memcached/contract";
import { refusedNodeIp } from "@/lib/memcached/refused-addresses";

/** memcached's own default, `-p 11211`. */
export const DEFAULT_NODE_PORT = 11211;

/** `sockaddr_un` holds 108 bytes on Linux and 104 on macOS and the BSDs, the closing zero included. */
const UNIX_PATH_BYTES = 103;

const SHAPE = "host:port, [v6]:port or unix:/path";

export type AddressResult =
  | { readonly ok: true; readonly address: NodeAddress }
  | { readonly ok: false; readonly allowed: string };

/**
 * Reads a node's address: `10.0.0.11:11211`, `cache-1.example.net`, `[fd00::5]:11211`, `unix:/run/m.sock`. A
 * missing port is 11211. Names are lower-cased, IPv6 is shortened (RFC 5952) and an IPv4-mapped address becomes
 * the IPv4 address it stands for, so that one node has one writing. Refused with what is allowed instead: other
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

/** A node's id: `host:port`, `[v6]:port` or `unix:/path`. `parseNodeAddress` reads it back to the same address. */
export function formatNodeAddress(address: NodeAddress): string {
  return address.kind === "unix" ? `unix:${address.path}` : formatHostPort(address.host, address.port);
}

/** `host:port`, with brackets around IPv6. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

export interface HostPort {
  /** Without brackets. */
  readonly host: string;
  readonly bracketed: boolean;
  /** Digits as written, or null when no port was given. */
  readonly port: string | null;
}

/** Takes `host`, `host:port`, `[v6]` and `[v6]:port` apart without judging the parts; null for other shapes. */
export function splitHostPort(text: string): HostPort | null {
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]+))(?::(\d+))?$/.exec(text);
  if (match === null) return null;
  const host = match[1] ?? match[2] ?? "";
  return { host, bracketed: match[1] !== undefined, port: match[3] ?? null };
}

/** A port from 1 to 65535 written in digits, or null. */
export function parsePort(digits: string): number | null {
  const port = Number(digits);
  return /^\d{1,5}$/.test(digits) && port >= 1 && port <= 65_535 ? port : null;
}

/**
 * Whether a text is a host name: labels of letters, digits, `-` and `_` (RFC 1123; the underscore occurs in
 * container names). A last label of digits, or `0x…`, is not: resolvers read such names as IPv4 numbers.
 */
export function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, "").split(".");
  const last = labels.at(-1) ?? "";
  if (text.length > 253 || /^(\d+|0x[0-9a-f]*)$/i.test(last)) return false;
  return labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
}

function parseUnix(path: string): AddressResult {
  if (!path.startsWith("/")) return refuse("an absolute path after unix:, as in unix:/run/memcached.sock");
  for (const character of path) {
    if (character < " " || character === "\u007f") return refuse("a path without control characters");
  }
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
  return refused === null ? ip : { allowed: `the address of one machine; this is ${refused}` };
}

function refuse(allowed: string): AddressResult {
  return { ok: false, allowed };
}
