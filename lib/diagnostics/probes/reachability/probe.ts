/** How a node is reached from this machine: its name, a connection to each address, and the response time. */
import type { ResolvedAddress } from "@/lib/memcached/connection/name-addresses";
import { resolveHost } from "@/lib/memcached/connection/resolve";
import {
  type ConnectResult,
  type RoundTrips,
  roundTrips,
  timeToConnect,
} from "@/lib/memcached/inspect/latency";
import { attempt } from "../../attempt";
import { type Check, PROBE_DEADLINES, type Probe, type ProbeTarget } from "../../contract";
import { scopeOfIp } from "../listeners/scopes";
import { type ConnectAttempt, judgeAnswering, judgeConnecting, judgeResolving } from "./verdict";

/** Requests to measure. */
const ROUND_TRIPS = 10;
/** Addresses of a name to connect to, at most. */
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
      const { result, connected } = await connect(target, ip);
      attempts.push(result);
      from = connected?.from ?? from;
    }
    context.signal.throwIfAborted();
    return [...checks, judgeConnecting(attempts, from), await answer(target)];
  },
};

/** The addresses to connect to; null means a unix socket. */
async function resolve({
  node,
}: ProbeTarget): Promise<{ checks: readonly Check[]; ips: readonly (string | null)[] }> {
  const { address } = node.endpoint;
  if (address.kind === "unix") return { checks: [], ips: [null] };
  const { host } = address;
  const isLiteral = scopeOfIp(host) !== null;
  const resolved = await attempt<readonly ResolvedAddress[]>(resolveHost(node.id, address));
  if (!resolved.ok) return { checks: [judgeResolving(host, isLiteral, [], resolved.reason)], ips: [] };
  const allowed = resolved.value.filter(({ refused }) => refused === null).slice(0, MAX_ADDRESSES);
  return {
    checks: [judgeResolving(host, isLiteral, resolved.value, null)],
    ips: allowed.map(({ ip }) => ip),
  };
}

async function connect(
  { node }: ProbeTarget,
  ip: string | null,
): Promise<{ result: ConnectAttempt; connected: ConnectResult | null }> {
  const connection = await attempt<ConnectResult>(timeToConnect(node.endpoint, PROBE_DEADLINES, ip));
  const address = ip ?? node.id;
  return connection.ok
    ? { result: { address, ms: connection.value.ms, reason: null }, connected: connection.value }
    : { result: { address, ms: null, reason: connection.reason }, connected: null };
}

async function answer({ node }: ProbeTarget): Promise<Check> {
  const trips = await attempt<RoundTrips>(roundTrips(node.endpoint, PROBE_DEADLINES, ROUND_TRIPS));
  return trips.ok
    ? judgeAnswering(trips.value, ROUND_TRIPS, null)
    : judgeAnswering(null, ROUND_TRIPS, trips.reason);
}
