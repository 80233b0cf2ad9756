import { EXPOSURES, type Exposure } from "@/lib/model/findings/finding";
import type { Check, Probe, SharedStats } from "../../contract";
import { escaped } from "../../transcript";
import { renderNetstat } from "./netstat";
import { type Listener, listenersOf } from "./scopes";

/** Where a node listens, one check per scope. Nothing is sent but what the run has asked already. */
export const listeners: Probe = {
  name: "listeners",
  deadlineMs: 10_000,
  async run(target) {
    return judgeListeners(await target.stats());
  },
};

const PLACES: Readonly<Record<Exposure, string>> = {
  unix: "a unix socket",
  loopback: "loopback",
  private: "a private address",
  public: "a public address",
  all: "all interfaces",
};

/** Check `listens:<scope>` for every scope it listens in, widest first; `listens` alone when it does not tell. */
export function judgeListeners(statements: SharedStats): readonly Check[] {
  const found = listenersOf(statements);
  if (found === null) {
    const reason = statements.problem.conns ?? statements.problem.settings ?? null;
    return [
      {
        check: "listens",
        verdict: "unknown",
        severity: "info",
        title: "The node does not tell where it listens",
        figures: { reason },
        evidence: { reason },
      },
    ];
  }
  const netstat = renderNetstat(found.listeners, statements.general?.get("pid") ?? null);
  const shared = { source: found.source, netstat, udpSockets: count(found.listeners, "udp") };
  const scopes = EXPOSURES.filter((scope) => found.listeners.some((one) => one.scope === scope)).reverse();
  const named = found.listeners.filter(({ scope }) => scope === null);
  return [
    ...scopes.map((scope) =>
      judgeScope(
        scope,
        found.listeners.filter((one) => one.scope === scope),
        shared,
      ),
    ),
    ...(named.length > 0 ? [judgeNamed(named, shared)] : []),
  ];
}

function judgeScope(scope: Exposure, listeners: readonly Listener[], shared: Check["evidence"]): Check {
  const wide = scope === "all" || scope === "public";
  const addresses = addressesOf(listeners);
  return {
    check: `listens:${scope}`,
    verdict: wide ? "fail" : "pass",
    severity: scope === "public" ? "critical" : scope === "all" ? "warning" : "ok",
    title: `Listens on ${PLACES[scope]}: ${inWords(addresses)}`,
    figures: { scope, addresses: inWords(addresses) },
    evidence: { ...shared, scope, addresses },
  };
}

function judgeNamed(listeners: readonly Listener[], shared: Check["evidence"]): Check {
  const addresses = addressesOf(listeners);
  return {
    check: "listens",
    verdict: "unknown",
    severity: "info",
    title: `Listens on what its own machine calls ${inWords(addresses)}`,
    figures: { addresses: inWords(addresses) },
    evidence: { ...shared, scope: null, addresses },
  };
}

/** At most 50: a node may name as many as it likes. */
function addressesOf(listeners: readonly Listener[]): string[] {
  return listeners
    .slice(0, 50)
    .map(({ transport, address }) =>
      escaped(transport === "unix" ? `unix:${address}` : `${address} (${transport.toUpperCase()})`).slice(
        0,
        200,
      ),
    );
}

function inWords(addresses: readonly string[]): string {
  const more = addresses.length > 6 ? [`${addresses.length - 6} more`] : [];
  return [...addresses.slice(0, 6).map((address) => address.slice(0, 120)), ...more].join(", ");
}

function count(listeners: readonly Listener[], transport: Listener["transport"]): number {
  return listeners.filter((one) => one.transport === transport).length;
}
