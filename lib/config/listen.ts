import ipaddr from "ipaddr.js";
import { isHostName, parsePort, splitHostPort } from "@/lib/model/node/node-address";

interface ListenAddress {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

export const DEFAULT_LISTEN: ListenAddress = { host: "127.0.0.1", port: 3000 };

/** `127.0.0.1:3000`, `[::1]:3000`, `localhost:3000`; the port is optional (3000). Null for anything else. */
export function parseListen(text: string): ListenAddress | null {
  const parts = splitHostPort(text);
  if (parts === null) return null;
  const port = parts.port === null ? DEFAULT_LISTEN.port : parsePort(parts.port);
  if (port === null) return null;
  if (parts.bracketed) {
    const valid = ipaddr.IPv6.isValid(parts.host) && !parts.host.includes("%");
    return valid ? { host: ipaddr.IPv6.parse(parts.host).toRFC5952String(), port } : null;
  }
  const valid = ipaddr.IPv4.isValidFourPartDecimal(parts.host) || isHostName(parts.host);
  return valid ? { host: parts.host.toLowerCase(), port } : null;
}

/** Whether a host (name or literal IP without brackets) is a loopback address. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === "localhost") return true;
  if (ipaddr.IPv4.isValidFourPartDecimal(host)) return ipaddr.IPv4.parse(host).range() === "loopback";
  if (host.includes("%") || !ipaddr.IPv6.isValid(host)) return false;
  return ipaddr.IPv6.parse(host).range() === "loopback";
}

/** Whether the address means all of the machine’s: `0.0.0.0` or `::`. Nobody can open a link to it. */
export function isUnspecified(host: string): boolean {
  return ipaddr.isValid(host) && ipaddr.process(host).range() === "unspecified";
}

/** Why only loopback is accepted without sign-in, and the alternatives. */
export const LISTEN_NEEDS_SIGN_IN =
  "a loopback address such as 127.0.0.1:3000, because no sign-in is configured and anyone who can reach the port would " +
  "be admin; either configure `auth` (users, tokens, oidc or proxyHeader; `npm run hash-password` prints a user's " +
  "passwordHash), or keep loopback and connect with `ssh -L 3000:127.0.0.1:3000 this-machine`";
