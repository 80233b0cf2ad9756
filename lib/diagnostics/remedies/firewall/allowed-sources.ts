/** Whom a firewall has to let in: the clients that are connected now, and Memfleet. Pure. */
import ipaddr from "ipaddr.js";
import type { ClientAddress, NodeFacts } from "../node-facts";
import { comment } from "../shell-quoting";

export interface Source {
  /** An address or a network, in its one writing; or the placeholder. */
  readonly text: string;
  readonly family: 4 | 6;
  /** Who that is, English. */
  readonly who: string;
  /** Neither Memfleet nor a placeholder. */
  readonly isClient: boolean;
}

export interface AllowedSources {
  readonly sources: readonly Source[];
  /** One English line each: how far the list can be trusted. */
  readonly notes: readonly string[];
  /** A placeholder is among them: as it stands, no text may be applied. */
  readonly incomplete: boolean;
}

/** To be filled in. No firewall takes it for an address. */
export const CLIENT_PLACEHOLDER = "CLIENT_IP";

/** More addresses than this are told as networks, and more networks than this not at all. */
export const MOST_SOURCES = 48;

export function allowedSources({ clients, memfleet, memfleetHost }: NodeFacts): AllowedSources {
  const own: Source[] =
    memfleet === null || isLoopback(memfleet)
      ? []
      : [
          {
            text: memfleet,
            family: memfleet.includes(":") ? 6 : 4,
            who: `Memfleet (${memfleetHost})`,
            isClient: false,
          },
        ];
  if (clients === null) {
    return withPlaceholder(own, "the node does not tell who is connected: add every client");
  }
  const others = clients.filter(({ isMemfleet }) => !isMemfleet);
  const single = others.map(sourceOf);
  const listed = single.length > MOST_SOURCES ? networksOf(others) : single;
  if (listed.length > MOST_SOURCES) {
    return withPlaceholder(
      own,
      `${others.length} clients are connected, too many to list: add their networks`,
    );
  }
  const wide = listed === single ? [] : [`${others.length} clients, told as networks, which are wider`];
  const notes = [
    "let in is who is connected now: add clients that are not, such as stand-by hosts and nightly jobs",
    ...wide,
    ...(others.length === 0 ? ["no client of another machine is connected now"] : []),
    ...(own.length === 0
      ? []
      : ["Memfleet's address is the one of its own machine; behind NAT the node sees another"]),
  ];
  return { sources: [...listed, ...own], notes, incomplete: false };
}

/** The notes, and which of the sources is no client, as comments. */
export function sourceComments({ sources, notes }: AllowedSources): string[] {
  const marked = sources.filter(({ isClient }) => !isClient).map(({ text, who }) => `${text}: ${who}`);
  return [...notes, ...marked].map(comment);
}

/** What is let through to whom, and closed for everybody else: TCP for the sources, UDP for nobody. */
export interface GuardedPorts {
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
}

function withPlaceholder(own: readonly Source[], why: string): AllowedSources {
  const placeholder: Source = {
    text: CLIENT_PLACEHOLDER,
    family: 4,
    who: "to be replaced by your clients' addresses",
    isClient: false,
  };
  return { sources: [placeholder, ...own], notes: [why], incomplete: true };
}

function sourceOf({ ip, family, connections }: ClientAddress): Source {
  return {
    text: ip,
    family,
    who: connections === 1 ? "1 connection" : `${connections} connections`,
    isClient: true,
  };
}

/** Networks of 24 bits, of 64 for IPv6. */
function networksOf(clients: readonly ClientAddress[]): Source[] {
  const networks = new Map<string, { family: 4 | 6; clients: number }>();
  for (const { ip, family } of clients) {
    const text =
      family === 4
        ? `${ipaddr.IPv4.networkAddressFromCIDR(`${ip}/24`)}/24`
        : `${ipaddr.IPv6.networkAddressFromCIDR(`${ip}/64`).toRFC5952String()}/64`;
    networks.set(text, { family, clients: (networks.get(text)?.clients ?? 0) + 1 });
  }
  return [...networks].map(([text, { family, clients: count }]) => ({
    text,
    family,
    who: `${count} clients`,
    isClient: true,
  }));
}

function isLoopback(ip: string): boolean {
  return ip === "::1" || ip.startsWith("127.");
}
