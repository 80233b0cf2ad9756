/**
 * The shell commands that show what a panel shows. Pure text: Memfleet never runs them.
 *
 * A secret is always a shell variable (`$MEMCACHED_USER`, `$MEMCACHED_PASSWORD`), never a value. Every form was
 * tried on memcached 1.6.18 with Debian's tools. `memcstat` is called `memstat` outside Debian. memcached-tool
 * cannot reach an IPv6 address, neither it nor memcstat speaks TLS, and only memcstat speaks SASL.
 */
import type { StatsGroup } from "@/lib/model/node/capability";

/** What the browser knows about reaching a node. */
export interface CommandTarget {
  /** `host:port`, `[v6]:port` or `unix:/path`. */
  readonly id: string;
  readonly auth: "none" | "sasl" | "ascii";
  readonly tls: boolean;
}

type NodePlace =
  | { readonly kind: "tcp"; readonly host: string; readonly port: string }
  | { readonly kind: "unix"; readonly path: string };

/** memcached-tool's word for a group; the other groups it does not know. */
const TOOL_MODES: Partial<Record<StatsGroup, string>> = {
  general: "stats",
  settings: "settings",
  slabs: "display",
  sizes: "sizes",
};

/**
 * Commands that print one stats group of a node, the most direct one first. Empty when no usual tool can do
 * it: SASL over TLS, for instance. Works in a POSIX shell.
 */
export function groupCommands(target: CommandTarget, group: StatsGroup): string[] {
  const place = placeOf(target.id);
  const words = group === "general" ? "" : ` ${group}`;
  if (target.auth === "sasl") return target.tls ? [] : [saslCommand("memcstat", place, words)];
  const direct = `${request(target, `stats${words}`)} | ${pipe(place, target.tls)}`;
  if (target.tls || target.auth === "ascii") return [direct];
  const mode = TOOL_MODES[group];
  const tool =
    mode !== undefined && !isIpv6(place) ? [`memcached-tool ${quoted(toolAddress(place))} ${mode}`] : [];
  return [direct, ...tool, `memcstat --servers=${quoted(toolAddress(place))}${words}`];
}

/**
 * Commands that flush a node at once, the most direct one first. Empty when no usual tool can do it.
 * `memcflush` is called `memflush` outside Debian.
 */
export function flushCommands(target: CommandTarget): string[] {
  const place = placeOf(target.id);
  if (target.auth === "sasl") return target.tls ? [] : [saslCommand("memcflush", place, "")];
  const direct = `${request(target, "flush_all")} | ${pipe(place, target.tls)}`;
  if (target.tls || target.auth === "ascii") return [direct];
  return [direct, `memcflush --servers=${quoted(toolAddress(place))}`];
}

/**
 * Commands that read one key, the most direct one first. Empty when no usual tool can do it, or when the key has
 * bytes that the text protocol forbids. `memccat` is called `memcat` outside Debian.
 */
export function keyCommands(target: CommandTarget, key: string): string[] {
  if (/[\s\p{Cc}]/u.test(key)) return [];
  const place = placeOf(target.id);
  if (target.auth === "sasl") return target.tls ? [] : [saslCommand("memccat", place, ` ${quoted(key)}`)];
  // The key is an argument of printf: nothing in it is read as a format.
  const name = target.auth === "ascii" ? null : `printf 'get %s\\r\\nquit\\r\\n' ${quoted(key)}`;
  if (name === null) return [];
  const direct = `${name} | ${pipe(place, target.tls)}`;
  return target.tls ? [direct] : [direct, `memccat --servers=${quoted(toolAddress(place))} ${quoted(key)}`];
}

/** Asks Memfleet itself for a single value, as scripts do. `origin` is Memfleet's own address. */
export function valueCommand(origin: string, node: string, group: StatsGroup, name: string): string {
  const path = `/api/v1/nodes/${encodeURIComponent(node)}/stats/${group}/${encodeURIComponent(name)}`;
  return `curl -fsS ${quoted(origin + path)}`;
}

/** Asks Memfleet for the series that a chart draws. */
export function seriesCommand(origin: string, path: string): string {
  return `curl -fsS ${quoted(`${origin}/api/v1${path}`)}`;
}

/** A word for a POSIX shell: as it is when nothing in it is special, else in single quotes. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function request(target: CommandTarget, command: string): string {
  if (target.auth !== "ascii") return `printf '${command}\\r\\nquit\\r\\n'`;
  // memcached doc/protocol.txt, "Authentication": a set whose value is "user password". Bytes, not characters.
  const secret = '"$MEMCACHED_USER $MEMCACHED_PASSWORD"';
  return `printf 'set auth 0 0 %d\\r\\n%s\\r\\n${command}\\r\\nquit\\r\\n' "$(printf %s ${secret} | wc -c)" ${secret}`;
}

function pipe(place: NodePlace, tls: boolean): string {
  if (place.kind === "unix")
    return tls ? `openssl s_client -quiet -unix ${quoted(place.path)}` : `nc -w 3 -U ${quoted(place.path)}`;
  if (!tls) return `nc -w 3 ${quoted(place.host)} ${quoted(place.port)}`;
  return `openssl s_client -quiet -connect ${quoted(`${bracketed(place.host)}:${place.port}`)}`;
}

function saslCommand(tool: "memcstat" | "memcflush" | "memccat", place: NodePlace, words: string): string {
  const sign = '--binary --username="$MEMCACHED_USER" --password="$MEMCACHED_PASSWORD"';
  return `${tool} --servers=${quoted(toolAddress(place))} ${sign}${words}`;
}

function toolAddress(place: NodePlace): string {
  return place.kind === "unix" ? place.path : `${bracketed(place.host)}:${place.port}`;
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function isIpv6(place: NodePlace): boolean {
  return place.kind === "tcp" && place.host.includes(":");
}

function placeOf(id: string): NodePlace {
  if (id.startsWith("unix:")) return { kind: "unix", path: id.slice("unix:".length) };
  const [, bracketedHost, host = id, port = "11211"] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(id) ?? [];
  return { kind: "tcp", host: bracketedHost ?? host, port };
}
