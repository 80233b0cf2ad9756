/** Turns name resolution, connections and round trips into findings. Pure. */
import type { ResolvedAddress } from "@/lib/memcached/connection/name-addresses";
import type { RoundTrips } from "@/lib/memcached/inspect/latency";
import { phrase } from "@/lib/model/findings/phrases";
import { failed, notApplicable, passed, unknown } from "../../check-builders";
import type { Check } from "../../contract";
import { escaped } from "../../transcript";

/** A connection attempt to one address; `reason`, in English, when it failed. */
export interface ConnectAttempt {
  /** A literal address, or the path of a unix socket. */
  readonly address: string;
  readonly ms: number | null;
  readonly reason: string | null;
}

/** Check `resolves` for a host name. `addresses` in the resolver's order; `reason` when it returned none. */
export function judgeResolving(
  host: string,
  isLiteral: boolean,
  addresses: readonly ResolvedAddress[],
  reason: string | null,
): Check {
  const check = "resolves";
  const refused = addresses.filter((address) => address.refused !== null);
  const first = addresses[0]?.ip ?? null;
  const evidence = {
    host,
    addresses: addresses.map(({ ip }) => ip),
    used: refused.length > 0 ? null : first,
    refused: refused.map(({ ip, refused: why }) => `${ip}: ${why}`),
    reason,
  };
  const figures = { host, addresses: addresses.length, used: evidence.used, refused: refused.length };
  if (first === null) {
    return failed("warning", {
      check,
      title: `${host} doesn't resolve from this machine`,
      figures,
      evidence,
    });
  }
  if (refused.length > 0) {
    const title = `Can't connect to ${host}: ${refused.length} of its ${addresses.length} addresses are not allowed`;
    return failed("warning", { check, title, figures, evidence });
  }
  if (isLiteral) {
    const title = `${host} is an address; there is no name to resolve`;
    return notApplicable({ check, title, figures, evidence });
  }
  const count = addresses.length === 1 ? "1 address" : `${addresses.length} addresses`;
  return passed({ check, title: `${host} resolves to ${count}; ${first} is tried first`, figures, evidence });
}

/** Check `connects`: every allowed address must accept a connection. `from` is the local address of the last one. */
export function judgeConnecting(attempts: readonly ConnectAttempt[], from: string | null): Check {
  const check = "connects";
  const connected = attempts.filter(({ ms }) => ms !== null);
  const evidence = {
    from,
    attempts: attempts.map(({ address, ms, reason }) =>
      escaped(`${address}: ${ms === null ? reason : `${rounded(ms)} ms`}`),
    ),
    connectMs: rounded(connected[0]?.ms ?? null),
  };
  const figures = {
    addresses: attempts.length,
    connected: connected.length,
    connectMs: evidence.connectMs,
    reason: attempts.find(({ reason }) => reason !== null)?.reason ?? null,
  };
  if (attempts.length === 0) return unknown(phrase("noAddress"), { check, figures, evidence });
  if (connected.length === attempts.length) {
    const title =
      connected.length === 1
        ? `Connected in ${evidence.connectMs} ms`
        : `All ${connected.length} addresses accept connections, the first in ${evidence.connectMs} ms`;
    return passed({ check, title, figures, evidence });
  }
  const title =
    connected.length === 0
      ? `Can't connect from this machine: ${figures.reason}`
      : `Only ${connected.length} of ${attempts.length} addresses accept connections from this machine`;
  return failed("warning", { check, title, figures, evidence });
}

/** Check `answers`: the times of `requested` small requests. `reason` when not even signing in worked. */
export function judgeAnswering(trips: RoundTrips | null, requested: number, reason: string | null): Check {
  const check = "answers";
  if (trips === null) return unknown(reason ?? phrase("noLatency"), { check, evidence: { reason } });
  const sorted = [...trips.ms].sort((a, b) => a - b);
  const figures = {
    p50Ms: rounded(percentile(sorted, 0.5)),
    p95Ms: rounded(percentile(sorted, 0.95)),
    maxMs: rounded(sorted.at(-1) ?? null),
    requests: requested,
    answered: sorted.length,
    command: trips.command,
  };
  const evidence = {
    ...figures,
    timeouts: trips.timedOut ? 1 : 0,
    notAsked: trips.timedOut ? requested - sorted.length - 1 : 0,
    eachMs: trips.ms.map((ms) => String(rounded(ms))),
  };
  if (trips.timedOut) {
    const title = `${sorted.length} of ${requested} requests answered; the next one timed out`;
    return failed("warning", { check, title, figures, evidence });
  }
  const title = `${sorted.length} requests answered: median ${figures.p50Ms} ms, slowest ${figures.maxMs} ms`;
  return passed({ check, title, figures, evidence });
}

/** The smallest of the sorted values that at least `share` of them do not exceed (nearest rank); null for none. */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1_000) / 1_000;
}
