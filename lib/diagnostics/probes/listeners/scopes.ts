/**
 * Where a node reports to listen, and how widely those addresses can be reached. Pure.
 *
 * `stats conns` lists the sockets themselves. SASL and binary-only nodes don't offer it; then `stats settings`
 * decides: `inter` is the `-l` option as given, or `NULL` without one, which means every interface.
 */
import ipaddr from "ipaddr.js";
import { isCutSetting } from "@/lib/catalogue/settings";
import { groupConnections, hostOf } from "@/lib/metrics/connections";
import { EXPOSURES, type Exposure } from "@/lib/model/findings/finding";
import { splitHostPort } from "@/lib/model/node/node-address";
import type { SharedStats } from "../../contract";

export interface Listener {
  readonly transport: "tcp" | "udp" | "unix";
  /** `127.0.0.1:11211`, `[::1]:11211`, or the path of a unix socket. */
  readonly address: string;
  /** Null for a host name: only the node's machine knows its address. */
  readonly scope: Exposure | null;
}

export interface Listeners {
  readonly source: "stats conns" | "stats settings";
  readonly listeners: readonly Listener[];
}

/** The listeners of a node, without duplicates; null when not reported. */
export function listenersOf({ conns, settings }: Pick<SharedStats, "conns" | "settings">): Listeners | null {
  const sockets = conns === null ? [] : fromConns(conns, settings?.get("domain_socket") ?? null);
  if (sockets.length > 0) return { source: "stats conns", listeners: unique(sockets) };
  const options = settings === null ? [] : fromSettings(settings);
  return options.length > 0 ? { source: "stats settings", listeners: unique(options) } : null;
}

/**
 * How exposed a node is: the widest scope of its listeners. Null when not reported, or when a host name among them
 * could have a wider one.
 */
export function exposureOf(stats: Pick<SharedStats, "conns" | "settings">): Exposure | null {
  const scopes = (listenersOf(stats)?.listeners ?? []).map(({ scope }) => scope);
  const widest = EXPOSURES.findLast((exposure) => scopes.includes(exposure)) ?? null;
  return !scopes.includes(null) || widest === "all" || widest === "public" ? widest : null;
}

/** Ranges of ipaddr.js that stay within an organization's own networks. */
const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  "private",
  "uniqueLocal",
  "linkLocal",
  "carrierGradeNat",
]);

/**
 * How widely an IP address can be reached: `loopback`, `private` (RFC 1918, unique local, link-local, carrier-grade
 * NAT), `all` for the unspecified address, else `public`, including reserved and documentation ranges, because they may
 * be routed. IPv4-mapped addresses count as their IPv4 address. Null for text that is no IP address.
 */
export function scopeOfIp(text: string): Exposure | null {
  const bare = text.replace(/%.*$/s, "");
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return scopeOfRange(ipaddr.IPv4.parse(bare).range());
  if (!ipaddr.IPv6.isValid(bare)) return null;
  const address = ipaddr.IPv6.parse(withoutDots(bare));
  return scopeOfRange(address.isIPv4MappedAddress() ? address.toIPv4Address().range() : address.range());
}

/** An IPv6 address with an IPv4 ending, rewritten as groups: ipaddr.js parses `::1.2.3.4` as `::ffff:1.2.3.4`. */
function withoutDots(ip: string): string {
  const [, head, ...octets] = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip) ?? [];
  if (head === undefined) return ip;
  const bytes = Buffer.from(octets.map(Number));
  return `${head}${bytes.readUInt16BE(0).toString(16)}:${bytes.readUInt16BE(2).toString(16)}`;
}

function scopeOfRange(range: string): Exposure {
  if (range === "loopback") return "loopback";
  if (range === "unspecified") return "all";
  return PRIVATE_RANGES.has(range) ? "private" : "public";
}

function scopeOfHost(host: string): Exposure | null {
  // RFC 6761, section 6.3: this name is the loopback interface everywhere.
  return host.toLowerCase() === "localhost" ? "loopback" : scopeOfIp(host);
}

/**
 * Bytes of a path that `stats conns` reports correctly: it reads a socket's name into a `sockaddr_in6` (memcached
 * `memcached.c`, `conn_to_str`; observed on 1.6.18) and then prints the memory that follows it.
 */
const RELIABLE_PATH_BYTES = 26;

function unixPath(listed: string, setting: string | null): string {
  const bytes = Buffer.from(listed);
  if (bytes.length < RELIABLE_PATH_BYTES) return listed;
  const beginning = bytes.toString("latin1", 0, RELIABLE_PATH_BYTES);
  const same = setting !== null && Buffer.from(setting).toString("latin1").startsWith(beginning);
  return same ? setting : `${beginning}...`;
}

function fromConns(conns: ReadonlyMap<string, string>, pathSetting: string | null): Listener[] {
  return groupConnections([...conns]).listeners.flatMap(({ transport, address }): Listener[] => {
    if (transport === "unix") {
      return [{ transport, address: unixPath(address, pathSetting), scope: "unix" }];
    }
    if (transport !== "tcp" && transport !== "udp") return [];
    return [{ transport, address, scope: scopeOfHost(hostOf(address)) }];
  });
}

function fromSettings(settings: ReadonlyMap<string, string>): Listener[] {
  const path = settings.get("domain_socket");
  // With a unix socket memcached opens no other, whatever the port settings say.
  if (path !== undefined && path !== "NULL") return [{ transport: "unix", address: path, scope: "unix" }];
  const inter = settings.get("inter");
  const tcpPort = portIn(settings, "tcpport");
  if (inter === undefined || tcpPort === null) return [];
  const udpPort = portIn(settings, "udpport");
  const listed = inter === "NULL" ? ["0.0.0.0"] : inter.split(/[;,]/);
  // The last one is incomplete then.
  const entries = (isCutSetting(inter) ? listed.slice(0, -1) : listed).filter((entry) => entry !== "");
  return entries.flatMap((entry) => {
    const { host, port } = listenEntry(entry);
    const listener = (transport: "tcp" | "udp", listenPort: string): Listener => ({
      transport,
      address: `${host.includes(":") ? `[${host}]` : host}:${listenPort}`,
      scope: scopeOfHost(host),
    });
    const tcp = listener("tcp", port ?? tcpPort);
    return udpPort === null || udpPort === "0" ? [tcp] : [tcp, listener("udp", udpPort)];
  });
}

/** Prefixes of an address in `-l`: memcached `memcached.c`, `server_sockets`. */
const LISTEN_TAGS = /^(?:notls:|proto\[\w+\]:|tag_[^:]*_:)+/;

/** An entry of `-l` without its prefixes; the host without brackets. */
export function listenEntry(entry: string): { host: string; port: string | null } {
  const bare = entry.trim().replace(LISTEN_TAGS, "");
  const parts = splitHostPort(bare);
  return parts === null ? { host: bare, port: null } : { host: parts.host, port: parts.port };
}

function portIn(settings: ReadonlyMap<string, string>, name: string): string | null {
  const value = settings.get(name);
  return value !== undefined && /^\d{1,5}$/.test(value) ? value : null;
}

function unique(listeners: readonly Listener[]): Listener[] {
  return [
    ...new Map(listeners.map((listener) => [`${listener.transport} ${listener.address}`, listener])).values(),
  ];
}
