import ipaddr from "ipaddr.js";
import { isHostName, parsePort, splitHostPort } from "@/lib/model/node/node-address";
import type { Configuration } from "./contract";
import { isLoopback } from "./listen";

/** The part of the configuration that defines which host names are allowed. */
export type HostRules = Pick<Configuration, "listen" | "publicUrl" | "allowedHosts">;

/**
 * Whether a request's `Host` header is allowed; otherwise the response is 421. A foreign page can point its own name at
 * 127.0.0.1 (DNS rebinding), but it cannot make the browser send another name, so the name decides. Allowed are
 * `localhost`, 127.0.0.0/8 and `[::1]`, the literal listen address, the literal address at which the connection arrived
 * (`localAddress`, such as a pod's), the host of `publicUrl`, and `allowedHosts`. The port matters only where an entry of
 * `allowedHosts` names one: tunnels change it. Names of the form `*.localhost` are not loopback here, and a trailing dot
 * never matches.
 */
export function isAllowedHost(
  hostHeader: string | null,
  rules: HostRules,
  localAddress: string | null = null,
): boolean {
  const requested = readHost(hostHeader ?? "");
  if (requested === null) return false;
  const { host, port } = requested;
  if (isLoopback(host) || host === canonical(rules.listen.host)) return true;
  if (localAddress !== null && isSameAddress(host, localAddress)) return true;
  if (rules.publicUrl !== null && host === readHost(new URL(rules.publicUrl).host)?.host) return true;
  return rules.allowedHosts.some((entry) => isAllowedBy(entry, host, port));
}

/** Whether an entry of `allowedHosts` allows a host: its name or address, a network it is in, or a suffix it has. */
function isAllowedBy(entry: string, host: string, port: number | null): boolean {
  if (ipaddr.isValidCIDR(entry)) return isWithin(host, entry);
  const suffix = readSuffix(entry);
  const allowed = readHost(suffix ?? entry);
  if (allowed === null || (allowed.port !== null && allowed.port !== port)) return false;
  return suffix === null ? allowed.host === host : host.endsWith(`.${allowed.host}`) && !ipaddr.isValid(host);
}

/** Whether a text is an entry of `allowedHosts`: a host, a network in CIDR form, or `*.` and a name, which needs a dot. */
export function isHostEntry(text: string): boolean {
  if (ipaddr.isValidCIDR(text)) return true;
  const suffix = readSuffix(text);
  const host = readHost(suffix ?? text);
  return host !== null && (suffix === null || !ipaddr.isValid(host.host));
}

/** The name in `*.name`, with a port if it has one; null for other texts. */
function readSuffix(text: string): string | null {
  return text.startsWith("*.") ? text.slice(2) : null;
}

function isWithin(host: string, network: string): boolean {
  if (!ipaddr.isValid(host)) return false;
  const address = ipaddr.process(host);
  const [base, bits] = ipaddr.parseCIDR(network);
  return base.kind() === address.kind() && address.match(base, bits);
}

function isSameAddress(host: string, address: string): boolean {
  if (!ipaddr.isValid(host) || !ipaddr.isValid(address)) return false;
  return ipaddr.process(host).toString() === ipaddr.process(address).toString();
}

/**
 * A `Host` value (RFC 9110, section 7.2) as canonical host and port; null when it is not one. User info, zones,
 * spaces, several values and IPv4 notations other than four decimals are rejected.
 */
export function readHost(text: string): { host: string; port: number | null } | null {
  const parts = splitHostPort(text);
  if (parts === null) return null;
  const port = parts.port === null ? null : parsePort(parts.port);
  if (parts.port !== null && port === null) return null;
  if (parts.bracketed) {
    if (parts.host.includes("%") || !ipaddr.IPv6.isValid(parts.host)) return null;
    return { host: canonical(parts.host), port };
  }
  if (!ipaddr.IPv4.isValidFourPartDecimal(parts.host) && !isHostName(parts.host)) return null;
  return { host: canonical(parts.host), port };
}

function canonical(host: string): string {
  return host.includes(":") ? ipaddr.IPv6.parse(host).toRFC5952String() : host.toLowerCase();
}
