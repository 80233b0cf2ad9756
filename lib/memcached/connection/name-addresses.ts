/**
 * Which IP address stands for a node whose host is a name: one at a time, the same for polls, actions, key reads,
 * diagnostics, and pings.
 *
 * Invariants: an address is used until the name no longer leads to it or a connection to it fails while another address
 * of the name accepts one. Every change is announced, so that no connection to the old address is used again.
 *
 * The addresses are on `globalThis`, because they belong to the process, which can load this module more than once.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { formatHostPort, type NodeAddress } from "@/lib/model/node/node-address";
import { refusedNodeIp } from "../refused-addresses";
import { ConnectionError } from "./errors";
import { toConnectionError } from "./socket-errors";

const KEY = Symbol.for("memfleet.name-addresses");

export interface ResolvedAddress {
  readonly ip: string;
  readonly family: 4 | 6;
  /** The reason why it cannot be a node; null if it can. */
  readonly refused: string | null;
}

/**
 * How old a resolution can be for requests that change nothing. The time grows with the number of names, to spare the
 * resolver.
 */
const MIN_FRESH_MS = 5_000;
const MAX_FRESH_MS = 30_000;
const FRESH_MS_PER_NAME = 20;
/** Names in use are checked this often for whether their resolution is still fresh. */
const CHECK_MS = 500;
/**
 * Names that are resolved again at the same time. The resolver of the system takes one of four threads for each, which
 * other work needs as well while the resolver does not answer.
 */
const CONCURRENCY = 2;

/** A name that no longer exists loses its address after this time. A resolver that doesn't answer changes nothing. */
const MISSING_MS = 60_000;

type TcpAddress = Extract<NodeAddress, { kind: "tcp" }>;
type Listener = () => void;

/** The address whose host is a name; null for IP addresses and unix sockets, which cannot move. */
export function namedAddress(address: NodeAddress): TcpAddress | null {
  return address.kind === "tcp" && isIP(address.host) === 0 ? address : null;
}

class NameAddresses {
  /** In the resolver's order. */
  private addresses: readonly ResolvedAddress[] = [];
  private ip: string | null = null;
  private resolvedMs = Number.NEGATIVE_INFINITY;
  private attemptedMs = Number.NEGATIVE_INFINITY;
  private missingSinceMs: number | null = null;
  private pending: Promise<void> | null = null;
  readonly listeners = new Set<Listener>();

  constructor(private readonly host: string) {}

  /** The address in use; null before the first resolution. */
  get current(): string | null {
    return this.ip;
  }

  /** All addresses of the name, the one in use first. */
  get candidates(): readonly ResolvedAddress[] {
    const inUse = this.addresses.filter(({ ip }) => ip === this.ip);
    return [...inUse, ...this.addresses.filter(({ ip }) => ip !== this.ip)];
  }

  /** Whether it is in use and was last resolved, successfully or not, longer ago than `olderThanMs`. */
  isDue(olderThanMs: number): boolean {
    const used = this.listeners.size > 0 && this.ip !== null && this.pending === null;
    return used && performance.now() - Math.max(this.attemptedMs, this.resolvedMs) >= olderThanMs;
  }

  /**
   * Resolves the name unless that happened within `maxAgeMs`. Rejects with `ConnectionError` if that fails.
   */
  async refresh(maxAgeMs: number): Promise<void> {
    if (performance.now() - this.resolvedMs < maxAgeMs) return;
    // A running resolution may have started before the name moved.
    if (this.pending !== null && maxAgeMs <= 0) await this.pending.catch(() => undefined);
    this.pending ??= this.resolve().finally(() => {
      this.pending = null;
    });
    return this.pending;
  }

  /** A connection to `ip` was accepted after one to the address in use failed. */
  moveTo(ip: string): void {
    if (this.ip !== ip && this.addresses.some((address) => address.ip === ip)) this.use(ip);
  }

  private async resolve(): Promise<void> {
    this.attemptedMs = performance.now();
    let found: readonly ResolvedAddress[];
    try {
      found = (await lookup(this.host, { all: true })).map(({ address, family }) => ({
        ip: address,
        family: family === 6 ? 6 : 4,
        refused: refusedNodeIp(address),
      }));
      if (found.length === 0) throw new ConnectionError("nameNotFound");
    } catch (cause) {
      const error = toConnectionError(cause);
      this.failed(error);
      throw error;
    }
    this.missingSinceMs = null;
    this.resolvedMs = performance.now();
    this.addresses = found;
    if (!found.some(({ ip }) => ip === this.ip)) this.use(found[0]?.ip ?? null);
  }

  private failed({ detail }: ConnectionError): void {
    if (detail !== "ENOTFOUND") return;
    const now = performance.now();
    this.missingSinceMs ??= now;
    if (now - this.missingSinceMs < MISSING_MS || this.ip === null) return;
    this.addresses = [];
    this.use(null);
  }

  private use(ip: string | null): void {
    const before = this.ip;
    this.ip = ip;
    if (before !== null) for (const listener of [...this.listeners]) listener();
  }
}

interface Names {
  readonly byId: Map<string, NameAddresses>;
  /** Runs while a name has a listener. */
  timer: NodeJS.Timeout | null;
  /** Names to be resolved again, the last one first. */
  due: NameAddresses[];
  /** Names that are being resolved again. */
  refreshing: number;
}

function shared(): Names {
  const holder = globalThis as { [KEY]?: Names };
  holder[KEY] ??= { byId: new Map(), timer: null, due: [], refreshing: 0 };
  return holder[KEY];
}

/** Resolves the names in use whose resolution is no longer fresh, a few at a time. */
function refreshNames(): void {
  const names = shared();
  if (names.due.length === 0) {
    const olderThanMs = freshMs();
    names.due = [...names.byId.values()].filter((name) => name.isDue(olderThanMs)).reverse();
  }
  while (names.refreshing < CONCURRENCY) {
    const name = names.due.pop();
    if (name === undefined) return;
    names.refreshing++;
    name
      .refresh(0)
      // The next connection attempt reports a failure.
      .catch(() => undefined)
      .finally(() => {
        names.refreshing--;
        if (names.due.length > 0) refreshNames();
      });
  }
}

function addressesOf({ host, port }: TcpAddress): NameAddresses {
  const id = formatHostPort(host, port);
  const { byId } = shared();
  let found = byId.get(id);
  if (found === undefined) {
    found = new NameAddresses(host);
    byId.set(id, found);
  }
  return found;
}

/** How old a resolution may be for requests that change nothing. */
export function freshMs(): number {
  return Math.min(MAX_FRESH_MS, Math.max(MIN_FRESH_MS, shared().byId.size * FRESH_MS_PER_NAME));
}

/**
 * The addresses of a named host to connect to, the one in use first. With `maxAgeMs` 0, resolves the name now, and
 * rejects if that fails: an action must not go to an address that the name may no longer have. Otherwise the last known
 * addresses remain while the resolver does not answer. Rejects with `ConnectionError`.
 */
export async function addressesToConnect(
  address: TcpAddress,
  maxAgeMs: number,
): Promise<readonly ResolvedAddress[]> {
  const name = addressesOf(address);
  try {
    await name.refresh(maxAgeMs);
  } catch (error) {
    if (maxAgeMs <= 0 || name.current === null) throw error;
  }
  const { candidates } = name;
  const refused = candidates.find((candidate) => candidate.refused !== null);
  if (refused) throw new ConnectionError("unreachable", refused.refused ?? undefined);
  return candidates;
}

/** Resolves the name now. The addresses, the one in use first, including refused ones. Rejects with `ConnectionError`. */
export async function resolveNow(address: TcpAddress): Promise<readonly ResolvedAddress[]> {
  const name = addressesOf(address);
  await name.refresh(0);
  return name.candidates;
}

/** The address in use, and the others of the name; null while the name has not been resolved. */
export function addressInUse(
  address: TcpAddress,
): { readonly ip: string; readonly others: readonly string[] } | null {
  const name = shared().byId.get(formatHostPort(address.host, address.port));
  if (name === undefined || name.current === null) return null;
  const { current, candidates } = name;
  return { ip: current, others: candidates.slice(1).map(({ ip }) => ip) };
}

/** A connection to `ip` was accepted, after the address in use refused one. */
export function moveTo(address: TcpAddress, ip: string): void {
  addressesOf(address).moveTo(ip);
}

/**
 * Calls back whenever the address in use changes, and has the name resolved again regularly. Returns how to stop.
 */
export function onMoved(address: TcpAddress, listener: Listener): () => void {
  const name = addressesOf(address);
  const names = shared();
  name.listeners.add(listener);
  names.timer ??= setInterval(refreshNames, CHECK_MS).unref();
  return () => {
    name.listeners.delete(listener);
    const id = formatHostPort(address.host, address.port);
    if (name.listeners.size === 0 && names.byId.get(id) === name) names.byId.delete(id);
    if (names.byId.size > 0 || names.timer === null) return;
    clearInterval(names.timer);
    names.timer = null;
  };
}
