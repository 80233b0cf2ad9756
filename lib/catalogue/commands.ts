/**
 * Shell commands that print the data of a panel. Memfleet never runs them.
 *
 * A secret is always a shell variable (`$MEMCACHED_USER`, `$MEMCACHED_PASSWORD`), never a value. Every form was tested
 * with memcached 1.6.18 and Debian's tools. `memcstat` is called `memstat` outside Debian. memcached-tool does not support
 * IPv6 addresses, neither it nor memcstat supports TLS, and only memcstat supports SASL.
 */

import type { StatsGroup } from "./stats-groups";

/** What the browser knows about connecting to a node. */
export interface CommandTarget {
  /** `host:port`, `[v6]:port` or `unix:/path`. */
  readonly id: string;
  readonly auth: "none" | "sasl" | "ascii";
  readonly tls: boolean;
}

type Address =
  | { readonly kind: "tcp"; readonly host: string; readonly port: string }
  | { readonly kind: "unix"; readonly path: string };

/** The modes of memcached-tool for the groups that it supports. */
const TOOL_MODES: Partial<Record<StatsGroup, string>> = {
  general: "stats",
  settings: "settings",
  slabs: "display",
  sizes: "sizes",
};

/**
 * Commands for a POSIX shell that print one stats group of a node, the most direct one first. Empty if no common tool
 * supports it, such as for SASL over TLS.
 */
export function groupCommands(target: CommandTarget, group: StatsGroup): string[] {
  const address = parseId(target.id);
  const words = group === "general" ? "" : ` ${group}`;
  if (target.auth === "sasl") return target.tls ? [] : [saslCommand("memcstat", address, words)];
  const direct = `${request(target, `stats${words}`)} | ${pipe(address, target.tls)}`;
  if (target.tls || target.auth === "ascii") return [direct];
  const mode = TOOL_MODES[group];
  const tool =
    mode !== undefined && !isIpv6(address) ? [`memcached-tool ${quoted(toolAddress(address))} ${mode}`] : [];
  return [direct, ...tool, `memcstat --servers=${quoted(toolAddress(address))}${words}`];
}

/**
 * Commands that flush a node immediately, the most direct one first. Empty if no common tool supports it. `memcflush` is called `memflush` outside Debian.
 */
export function flushCommands(target: CommandTarget): string[] {
  const address = parseId(target.id);
  if (target.auth === "sasl") return target.tls ? [] : [saslCommand("memcflush", address, "")];
  const direct = `${request(target, "flush_all")} | ${pipe(address, target.tls)}`;
  if (target.tls || target.auth === "ascii") return [direct];
  return [direct, `memcflush --servers=${quoted(toolAddress(address))}`];
}

/**
 * Commands that read one key, the most direct one first. Empty if no common tool supports it, or the key has bytes that
 * are invalid in the text protocol. `memccat` is called `memcat` outside Debian.
 */
export function keyCommands(target: CommandTarget, key: string): string[] {
  if (/[\s\p{Cc}]/u.test(key)) return [];
  const address = parseId(target.id);
  if (target.auth === "sasl") return target.tls ? [] : [saslCommand("memccat", address, ` ${quoted(key)}`)];
  if (target.auth === "ascii") return [];
  // The key is an argument of printf, so it is not parsed as a format.
  const direct = `printf 'get %s\\r\\nquit\\r\\n' ${quoted(key)} | ${pipe(address, target.tls)}`;
  return target.tls ? [direct] : [direct, `memccat --servers=${quoted(toolAddress(address))} ${quoted(key)}`];
}

/** Reads a single value from Memfleet, for scripts. `origin` is the address of Memfleet, `node` a segment of its paths. */
export function valueCommand(origin: string, node: string, group: StatsGroup, name: string): string {
  const path = `/api/v1/nodes/${node}/stats/${group}/${encodeURIComponent(name)}`;
  return `curl -fsS ${quoted(origin + path)}`;
}

/** Reads the series of a chart from Memfleet. */
export function seriesCommand(origin: string, path: string): string {
  return `curl -fsS ${quoted(`${origin}/api/v1${path}`)}`;
}

/** A word for a POSIX shell, in single quotes if it has special characters. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function request(target: CommandTarget, command: string): string {
  if (target.auth !== "ascii") return `printf '${command}\\r\\nquit\\r\\n'`;
  // memcached doc/protocol.txt, "Authentication": a set whose value is "user password". Bytes, not characters.
  const secret = '"$MEMCACHED_USER $MEMCACHED_PASSWORD"';
  return `printf 'set auth 0 0 %d\\r\\n%s\\r\\n${command}\\r\\nquit\\r\\n' "$(printf %s ${secret} | wc -c)" ${secret}`;
}

function pipe(address: Address, tls: boolean): string {
  if (address.kind === "unix")
    return tls
      ? `openssl s_client -quiet -unix ${quoted(address.path)}`
      : `nc -w 3 -U ${quoted(address.path)}`;
  if (!tls) return `nc -w 3 ${quoted(address.host)} ${quoted(address.port)}`;
  return `openssl s_client -quiet -connect ${quoted(`${bracketed(address.host)}:${address.port}`)}`;
}

function saslCommand(tool: "memcstat" | "memcflush" | "memccat", address: Address, words: string): string {
  const options = '--binary --username="$MEMCACHED_USER" --password="$MEMCACHED_PASSWORD"';
  return `${tool} --servers=${quoted(toolAddress(address))} ${options}${words}`;
}

function toolAddress(address: Address): string {
  return address.kind === "unix" ? address.path : `${bracketed(address.host)}:${address.port}`;
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function isIpv6(address: Address): boolean {
  return address.kind === "tcp" && address.host.includes(":");
}

function parseId(id: string): Address {
  if (id.startsWith("unix:")) return { kind: "unix", path: id.slice("unix:".length) };
  const [, bracketedHost, host = id, port = "11211"] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(id) ?? [];
  return { kind: "tcp", host: bracketedHost ?? host, port };
}
