/** The sources a firewall must allow: the clients connected now, and Memfleet. Pure. */
import ipaddr from "ipaddr.js";
import type { ClientAddress, NodeFacts } from "../node-facts";
import { comment } from "../shell-quoting";

export interface Source {
  /** A normalized address or network; or the placeholder. */
  readonly text: string;
  readonly family: 4 | 6;
  /** Who connects from it, English. */
  readonly who: string;
  /** Neither Memfleet nor a placeholder. */
  readonly isClient: boolean;
}

export interface AllowedSources {
  readonly sources: readonly Source[];
  /** One English line each: how far the list can be trusted. */
  readonly notes: readonly string[];
  /** Contains a placeholder: the rules can't be applied as they are. */
  readonly incomplete: boolean;
}

/** To be filled in. No firewall accepts it as an address. */
export const CLIENT_PLACEHOLDER = "CLIENT_IP";

/** More addresses than this are summarized as networks, and more networks than this are not listed. */
export const MOST_SOURCES = 48;

export function allowedSources({ clients, memfleet, memfleetHost }: NodeFacts): AllowedSources {
  const memfleetSources: Source[] =
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
    return withPlaceholder(memfleetSources, "the node doesn't report its clients: add every client");
  }
  const others = clients.filter(({ isMemfleet }) => !isMemfleet);
  const single = others.map(sourceOf);
  const listed = single.length > MOST_SOURCES ? networksOf(others) : single;
  if (listed.length > MOST_SOURCES) {
    return withPlaceholder(
      memfleetSources,
      `${others.length} clients are connected, too many to list: add their networks`,
    );
  }
  const notes = [
    "only clients connected now are listed: add the others, such as standby hosts and nightly jobs",
    ...(listed === single ? [] : [`${others.length} clients, summarized as networks, which are wider`]),
    ...(others.length === 0 ? ["no client of another machine is connected now"] : []),
    ...(memfleetSources.length === 0
      ? []
      : ["Memfleet's address is the one its own machine reports; behind NAT the node sees another"]),
  ];
  return { sources: [...listed, ...memfleetSources], notes, incomplete: false };
}

/** The notes, and the sources that are no clients, as comments. */
export function sourceComments({ sources, notes }: AllowedSources): string[] {
  const others = sources.filter(({ isClient }) => !isClient).map(({ text, who }) => `${text}: ${who}`);
  return [...notes, ...others].map(comment);
}

/** Ports to protect: TCP is open to the sources only, UDP is closed. */
export interface GuardedPorts {
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
}

function withPlaceholder(memfleetSources: readonly Source[], reason: string): AllowedSources {
  const placeholder: Source = {
    text: CLIENT_PLACEHOLDER,
    family: 4,
    who: "replace with the addresses of your clients",
    isClient: false,
  };
  return { sources: [placeholder, ...memfleetSources], notes: [reason], incomplete: true };
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
