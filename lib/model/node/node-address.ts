/** Node addresses as values and as text. `lib/memcached/node-address.ts` parses and validates them. */

/** Where a node is. */
export type NodeAddress =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** memcached's own default, `-p 11211`. */
export const DEFAULT_NODE_PORT = 11211;

/** A node's id: `host:port`, `[v6]:port` or `unix:/path`. `parseNodeAddress` reads it back to the same address. */
export function formatNodeAddress(address: NodeAddress): string {
  return address.kind === "unix" ? `unix:${address.path}` : formatHostPort(address.host, address.port);
}

/** `host:port`, with brackets around IPv6. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

interface HostPort {
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
