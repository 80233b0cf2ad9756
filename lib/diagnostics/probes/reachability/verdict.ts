/** From resolving, connecting and asking to findings. Pure. */

import type { ResolvedAddress } from "@/lib/memcached/connection/resolve";
import type { RoundTrips } from "@/lib/memcached/inspect/latency";
import { failed, notApplicable, passed, unknown } from "../../check-builders";
import type { Check } from "../../contract";
import { escaped } from "../../transcript";

/** How connecting to one address went; `reason` in English when it did not. */
export interface ConnectAttempt {
  /** A literal address, or the path of a unix socket. */
  readonly address: string;
  readonly ms: number | null;
  readonly reason: string | null;
}

/** Check `resolves` for a host name. `addresses` in the resolver's order; `reason` when it gave none. */
export function judgeResolving(
  host: string,
  isLiteral: boolean,
  addresses: readonly ResolvedAddress[],
  reason: string | null,
): Check {
  const check = "resolves";
  const refused = addresses.filter((one) => one.refused !== null);
  const first = addresses[0]?.ip ?? null;
  const evidence = {
    host,
    addresses: addresses.map(({ ip }) => ip),
    used: refused.length > 0 ? null : first,
    refused: refused.map(({ ip, refused: why }) => `${ip}: ${why}`),
    reason,
  };
  const figures = { host, addresses: addresses.length, used: evidence.used, refused: refused.length };
  if (first === null)
    return failed("warning", { check, title: `${host} does not resolve from here`, figures, evidence });
  if (refused.length > 0) {
    const title = `${host} is not connected to: ${refused.length} of its ${addresses.length} addresses are refused`;
    return failed("warning", { check, title, figures, evidence });
  }
  if (isLiteral)
    return notApplicable({ check, title: `${host} is an address, no name to resolve`, figures, evidence });
  const title = `${host} resolves to ${addresses.length} addresses; ${first} is tried first`;
  return passed({ check, title, figures, evidence });
}

/** Check `connects`: every allowed address has to take a connection. `from` is the local address of the last one. */
export function judgeConnecting(attempts: readonly ConnectAttempt[], from: string | null): Check {
  const check = "connects";
  const stood = attempts.filter(({ ms }) => ms !== null);
  const evidence = {
    from,
    attempts: attempts.map(({ address, ms, reason }) =>
      escaped(`${address}: ${ms === null ? reason : `${rounded(ms)} ms`}`),
    ),
    connectMs: rounded(stood[0]?.ms ?? null),
  };
  const figures = {
    addresses: attempts.length,
    connected: stood.length,
    connectMs: evidence.connectMs,
    reason: attempts.find(({ reason }) => reason !== null)?.reason ?? null,
  };
  if (attempts.length === 0)
    return unknown({ check, title: "There is no address to connect to", figures, evidence });
  if (stood.length === attempts.length) {
    const title =
      stood.length === 1
        ? `A connection stands after ${evidence.connectMs} ms`
        : `All ${stood.length} addresses take a connection, the first after ${evidence.connectMs} ms`;
    return passed({ check, title, figures, evidence });
  }
  const title =
    stood.length === 0
      ? `No connection from here: ${figures.reason}`
      : `${attempts.length - stood.length} of ${attempts.length} addresses take no connection from here`;
  return failed("warning", { check, title, figures, evidence });
}

/** Check `answers`: the times of `wanted` small requests. `reason` when there was not even a sign-in. */
export function judgeAnswering(trips: RoundTrips | null, wanted: number, reason: string | null): Check {
  const check = "answers";
  if (trips === null) {
    const evidence = { reason };
    return unknown({
      check,
      title: "The time of answering could not be measured",
      figures: { reason },
      evidence,
    });
  }
  const sorted = [...trips.ms].sort((a, b) => a - b);
  const times = {
    p50Ms: rounded(percentile(sorted, 0.5)),
    p95Ms: rounded(percentile(sorted, 0.95)),
    maxMs: rounded(sorted.at(-1) ?? null),
  };
  const figures = { ...times, requests: wanted, answered: sorted.length, command: trips.command };
  const evidence = {
    ...figures,
    timeouts: trips.timedOut ? 1 : 0,
    notAsked: trips.timedOut ? wanted - sorted.length - 1 : 0,
    eachMs: trips.ms.map((ms) => String(rounded(ms))),
  };
  if (trips.timedOut) {
    const title = `Request ${sorted.length + 1} of ${wanted} was not answered in time`;
    return failed("warning", { check, title, figures, evidence });
  }
  const title = `${wanted} requests were answered, half of them within ${times.p50Ms} ms, the slowest after ${times.maxMs} ms`;
  return passed({ check, title, figures, evidence });
}

/** The smallest of the sorted values that at least `share` of them do not exceed (nearest rank); null for none. */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1_000) / 1_000;
}
