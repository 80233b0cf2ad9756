/** What the remedies of one node are made from, gathered once a run. Everything in it may be hostile text. */
import { hostname } from "node:os";
import ipaddr from "ipaddr.js";
import { localAddressTowards } from "@/lib/memcached/connection/local-address";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { groupConnections, hostOf } from "@/lib/metrics/connections";
import type { Node } from "@/lib/model/node/node.schema";
import { parsePort } from "@/lib/model/node/node-address";
import type { ProbeTarget, SharedStats } from "../contract";
import { parseUpstreamVersion, type UpstreamVersion } from "../probes/advisories/upstream-version";
import { type Listener, listenersOf, scopeOfIp } from "../probes/listeners/scopes";

/** A client's address in its one writing. */
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
  /** TCP ports that the network reaches. */
  readonly ports: readonly number[];
  /** Addresses of its own that are private: what it listens on, what clients use, what Memfleet was told. */
  readonly privateAddresses: readonly string[];
  /** Who is connected over the network; null when it does not tell. Memfleet is among them where it is known. */
  readonly clients: readonly ClientAddress[] | null;
  /** Where Memfleet connects from, as its own machine sees it; null for a unix socket, or when it is not known. */
  readonly memfleet: string | null;
  readonly memfleetHost: string;
  readonly view: Pick<Node, "currItems" | "bytes" | "hitRatio" | "getsPerSecond" | "lastRestartMs">;
}

const TOWARDS = { connectTimeoutMs: 1_000, timeoutMs: 1_500 };
const gathered = new WeakMap<ProbeTarget, Promise<NodeFacts>>();

/** The facts of a node under test; the same for every check of a run. */
export function factsOf(target: ProbeTarget): Promise<NodeFacts> {
  const known = gathered.get(target);
  if (known !== undefined) return known;
  const facts = gather(target);
  gathered.set(target, facts);
  return facts;
}

async function gather(target: ProbeTarget): Promise<NodeFacts> {
  const statements = await target.stats();
  const local = await localAddressTowards(target.node.endpoint, TOWARDS);
  return nodeFacts(target.node.endpoint, statements, target.view, {
    address: local,
    host: hostname(),
  });
}

/** The same from what was asked already. Pure. */
export function nodeFacts(
  endpoint: NodeFacts["endpoint"],
  statements: SharedStats,
  view: NodeFacts["view"] & Pick<Node, "version">,
  memfleet: { readonly address: string | null; readonly host: string },
): NodeFacts {
  const { settings, general, conns } = statements;
  const own = memfleet.address === null ? null : (addressOf(memfleet.address)?.ip ?? null);
  const listeners = listenersOf(statements)?.listeners ?? [];
  return {
    ...{ endpoint, settings, general, listeners, view },
    version: parseUpstreamVersion(general?.get("version") ?? view.version),
    ports: portsOf(endpoint, listeners),
    privateAddresses: privateAddressesOf(endpoint, listeners, conns),
    clients: conns === null ? null : clientsOf(conns, own),
    memfleet: own,
    memfleetHost: memfleet.host.replaceAll(/[^A-Za-z0-9._-]/g, "?"),
  };
}

/** An IP address in its one writing: without zone, IPv4-mapped as IPv4; null for anything else. */
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
    const known = counts.get(address.ip)?.connections ?? 0;
    const isMemfleet = address.ip === memfleet;
    counts.set(address.ip, { ...address, connections: known + connections, isMemfleet });
  };
  for (const { address, connections } of groupConnections([...conns]).clients) add(address, connections);
  if (memfleet !== null && !counts.has(memfleet)) add(memfleet, 0);
  return [...counts.values()];
}

function portsOf({ address }: NodeFacts["endpoint"], listeners: readonly Listener[]): number[] {
  const told = listeners
    .filter(({ transport, scope }) => transport === "tcp" && scope !== "loopback")
    .map((one) => parsePort(one.address.slice(one.address.lastIndexOf(":") + 1)))
    .filter((port) => port !== null);
  const ports = [...new Set(told)].slice(0, 8);
  if (ports.length > 0) return ports;
  return address.kind === "tcp" ? [address.port] : [];
}

function privateAddressesOf(
  { address }: NodeFacts["endpoint"],
  listeners: readonly Listener[],
  conns: ReadonlyMap<string, string> | null,
): string[] {
  const used = conns === null ? [] : groupConnections([...conns]).connections.map((one) => one.listenAddress);
  const texts = [
    ...listeners.filter(({ transport }) => transport === "tcp").map((one) => hostOf(one.address)),
    ...used.filter((text) => text !== null).map(hostOf),
    ...(address.kind === "tcp" ? [address.host] : []),
  ];
  const ips = texts.map((text) => addressOf(text)?.ip).filter((ip) => ip !== undefined);
  return [...new Set(ips)].filter((ip) => scopeOfIp(ip) === "private").slice(0, 8);
}
