import ipaddr from "ipaddr.js";
import { isHostName, parsePort, splitHostPort } from "@/lib/model/node/node-address";
import type { Configuration } from "./contract";
import { isLoopback } from "./listen";

/** The part of the configuration that defines which host names are allowed. */
export type HostRules = Pick<Configuration, "listen" | "publicUrl" | "allowedHosts">;

/**
 * Whether a request's `Host` header is allowed; otherwise the response is 421. A foreign page can point its own name at
 * 127.0.0.1 (DNS rebinding), but it cannot make the browser send another name, so the name decides. Allowed are
 * `localhost`, 127.0.0.0/8 and `[::1]`, the literal listen address, the host of `publicUrl`, and `allowedHosts`. The port matters only where an entry of `allowedHosts` names one: tunnels change it.
 * Names of the form `*.localhost` are not loopback here, and a trailing dot never matches.
 */
export function isAllowedHost(hostHeader: string | null, rules: HostRules): boolean {
  const requested = readHost(hostHeader ?? "");
  if (requested === null) return false;
  if (isLoopback(requested.host) || requested.host === canonical(rules.listen.host)) return true;
  if (rules.publicUrl !== null && requested.host === readHost(new URL(rules.publicUrl).host)?.host)
    return true;
  return rules.allowedHosts.some((entry) => {
    const allowed = readHost(entry);
    return allowed?.host === requested.host && (allowed.port === null || allowed.port === requested.port);
  });
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
