/** How a node is reached from here: its name, a connection to each of its addresses, and how fast it answers. */

import { type ResolvedAddress, resolveHost } from "@/lib/memcached/connection/resolve";
import { type Connected, type RoundTrips, roundTrips, timeToConnect } from "@/lib/memcached/inspect/latency";
import { asNamedError } from "@/lib/model/errors";
import type { Check, Probe, ProbeTarget } from "../../contract";
import { PROBE_DEADLINES } from "../../deadlines";
import { scopeOfIp } from "../listeners/scopes";
import { type ConnectAttempt, judgeAnswering, judgeConnecting, judgeResolving } from "./verdict";

/** Requests whose time is taken. */
const ROUND_TRIPS = 10;
/** Addresses of one name that are connected to. */
const MAX_ADDRESSES = 8;

export const reachability: Probe = {
  name: "reachability",
  deadlineMs: PROBE_DEADLINES.timeoutMs + (MAX_ADDRESSES + 2) * PROBE_DEADLINES.connectTimeoutMs,
  async run(target, context) {
    const { checks, ips } = await resolve(target);
    const attempts: ConnectAttempt[] = [];
    let from: string | null = null;
    for (const ip of ips) {
      context.signal.throwIfAborted();
      const { attempt, connected } = await connect(target, ip);
      attempts.push(attempt);
      from = connected?.from ?? from;
    }
    context.signal.throwIfAborted();
    return [...checks, judgeConnecting(attempts, from), await answer(target)];
  },
};

/** The addresses to connect to; null stands for a unix socket. */
async function resolve({
  node,
}: ProbeTarget): Promise<{ checks: readonly Check[]; ips: readonly (string | null)[] }> {
  const { address } = node.endpoint;
  if (address.kind === "unix") return { checks: [], ips: [null] };
  const { host } = address;
  const isLiteral = scopeOfIp(host) !== null;
  const found = await named<readonly ResolvedAddress[]>(resolveHost(node.id, host));
  if (found.value === null) return { checks: [judgeResolving(host, isLiteral, [], found.reason)], ips: [] };
  const allowed = found.value.filter(({ refused }) => refused === null).slice(0, MAX_ADDRESSES);
  return {
    checks: [judgeResolving(host, isLiteral, found.value, null)],
    ips: allowed.map(({ ip }) => ip),
  };
}

async function connect(
  { node }: ProbeTarget,
  ip: string | null,
): Promise<{ attempt: ConnectAttempt; connected: Connected | null }> {
  const { value, reason } = await named(timeToConnect(node.endpoint, PROBE_DEADLINES, ip));
  const address = ip ?? node.id;
  return { attempt: { address, ms: value?.ms ?? null, reason }, connected: value };
}

async function answer({ node }: ProbeTarget): Promise<Check> {
  const trips = await named<RoundTrips>(roundTrips(node.endpoint, PROBE_DEADLINES, ROUND_TRIPS));
  return judgeAnswering(trips.value, ROUND_TRIPS, trips.reason);
}

/** What came of it, or why not in English; a defect is not caught. */
async function named<T>(run: Promise<T>): Promise<{ value: T | null; reason: string | null }> {
  try {
    return { value: await run, reason: null };
  } catch (error) {
    const known = asNamedError(error);
    if (known === null) throw error;
    return { value: null, reason: known.message };
  }
}
