/** Facts that the remedies of a node are generated from, gathered once a run. Any text in them may be hostile. */
import { hostname } from "node:os";
import ipaddr from "ipaddr.js";
import { localAddressTowards } from "@/lib/memcached/connection/local-address";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { groupConnections, hostOf } from "@/lib/metrics/connections";
import type { Node } from "@/lib/model/node/node.schema";
import { parsePort } from "@/lib/model/node/node-address";
import { parseVersion } from "@/lib/model/node/server-version";
import type { ProbeTarget, SharedStats } from "../contract";
import { parseUpstreamVersion, type UpstreamVersion } from "../probes/advisories/upstream-version";
import { type Listener, listenersOf, scopeOfIp } from "../probes/listeners/scopes";

/** A client's normalized address. */
export interface ClientAddress {
  readonly ip: string;
  readonly family: 4 | 6;
  readonly connections: number;
  readonly isMemfleet: boolean;
}

export interface NodeFacts {
  readonly endpoint: Pick<NodeEndpoint, "id" | "address" | "tls" | "credentials">;
  readonly version: UpstreamVersion | null;
  readonly settings: ReadonlyMap<string, string> | null;
  readonly general: ReadonlyMap<string, string> | null;
  readonly listeners: readonly Listener[];
  /** TCP ports that are reachable over the network. */
  readonly ports: readonly number[];
  /** The node's private addresses: those it listens on, those clients connect to, the configured one. */
  readonly privateAddresses: readonly string[];
  /** Clients connected over the network, Memfleet included if its address is known; null when not reported. */
  readonly clients: readonly ClientAddress[] | null;
  /** The local address Memfleet connects from; null for a unix socket, or when unknown. */
  readonly memfleet: string | null;
  readonly memfleetHost: string;
  readonly view: Pick<Node, "currItems" | "bytes" | "hitRatio" | "getsPerSecond" | "lastRestartMs">;
}

const LOCAL_ADDRESS_DEADLINES = { connectTimeoutMs: 1_000, timeoutMs: 1_500 };
const factsByTarget = new WeakMap<ProbeTarget, Promise<NodeFacts>>();

/** The facts of a node under test; the same for every check of a run. */
export function factsOf(target: ProbeTarget): Promise<NodeFacts> {
  let facts = factsByTarget.get(target);
  if (facts === undefined) {
    facts = gather(target);
    factsByTarget.set(target, facts);
  }
  return facts;
}

async function gather(target: ProbeTarget): Promise<NodeFacts> {
  const { endpoint } = target.node;
  const stats = await target.stats();
  const address = await localAddressTowards(endpoint, LOCAL_ADDRESS_DEADLINES);
  return nodeFacts(endpoint, stats, target.view, { address, host: hostname() });
}

/** The same from stats that were read already. Pure. */
export function nodeFacts(
  endpoint: NodeFacts["endpoint"],
  stats: SharedStats,
  view: NodeFacts["view"] & Pick<Node, "version">,
  memfleet: { readonly address: string | null; readonly host: string },
): NodeFacts {
  const { settings, general, conns } = stats;
  const memfleetIp = memfleet.address === null ? null : (addressOf(memfleet.address)?.ip ?? null);
  const listeners = listenersOf(stats)?.listeners ?? [];
  return {
    endpoint,
    settings,
    general,
    listeners,
    view,
    version: versionOf(general?.get("version") ?? view.version),
    ports: portsOf(endpoint, listeners),
    privateAddresses: privateAddressesOf(endpoint, listeners, conns),
    clients: conns === null ? null : clientsOf(conns, memfleetIp),
    memfleet: memfleetIp,
    memfleetHost: memfleet.host.replaceAll(/[^A-Za-z0-9._-]/g, "?"),
  };
}

/** Null for a version that upstream did not number: its options and commands are not known then. */
function versionOf(text: string | null): UpstreamVersion | null {
  return parseVersion(text) === null ? null : parseUpstreamVersion(text);
}

/** A normalized IP address: without zone, IPv4-mapped as IPv4; null for anything else. */
export function addressOf(text: string): { ip: string; family: 4 | 6 } | null {
  const bare = text.replace(/%.*$/s, "");
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return { ip: ipaddr.IPv4.parse(bare).toString(), family: 4 };
  if (!ipaddr.IPv6.isValid(bare)) return null;
  const address = ipaddr.IPv6.parse(bare);
  return address.isIPv4MappedAddress()
    ? { ip: address.toIPv4Address().toString(), family: 4 }
    : { ip: address.toRFC5952String(), family: 6 };
}

function clientsOf(conns: ReadonlyMap<string, string>, memfleet: string | null): ClientAddress[] {
  const counts = new Map<string, ClientAddress>();
  const add = (text: string, connections: number) => {
    const address = addressOf(text);
    if (address === null || scopeOfIp(address.ip) === "loopback" || scopeOfIp(address.ip) === "all") return;
    const before = counts.get(address.ip)?.connections ?? 0;
    const isMemfleet = address.ip === memfleet;
    counts.set(address.ip, { ...address, connections: before + connections, isMemfleet });
  };
  for (const { address, connections } of groupConnections([...conns]).clients) add(address, connections);
  if (memfleet !== null && !counts.has(memfleet)) add(memfleet, 0);
  return [...counts.values()];
}

function portsOf({ address }: NodeFacts["endpoint"], listeners: readonly Listener[]): number[] {
  const listed = listeners
    .filter(({ transport, scope }) => transport === "tcp" && scope !== "loopback")
    .map((listener) => parsePort(listener.address.slice(listener.address.lastIndexOf(":") + 1)))
    .filter((port) => port !== null);
  const ports = [...new Set(listed)].slice(0, 8);
  if (ports.length > 0) return ports;
  return address.kind === "tcp" ? [address.port] : [];
}

function privateAddressesOf(
  { address }: NodeFacts["endpoint"],
  listeners: readonly Listener[],
  conns: ReadonlyMap<string, string> | null,
): string[] {
  const used =
    conns === null
      ? []
      : groupConnections([...conns]).connections.map((connection) => connection.listenAddress);
  const texts = [
    ...listeners.filter(({ transport }) => transport === "tcp").map((listener) => hostOf(listener.address)),
    ...used.filter((text) => text !== null).map(hostOf),
    ...(address.kind === "tcp" ? [address.host] : []),
  ];
  const ips = texts.map((text) => addressOf(text)?.ip).filter((ip) => ip !== undefined);
  return [...new Set(ips)].filter((ip) => scopeOfIp(ip) === "private").slice(0, 8);
}
