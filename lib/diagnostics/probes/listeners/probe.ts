import { EXPOSURES, type Exposure } from "@/lib/model/findings/finding";
import { phrase } from "@/lib/model/findings/phrases";
import { failed, passed, unknown } from "../../check-builders";
import type { Check, Probe, SharedStats } from "../../contract";
import { escaped } from "../../transcript";
import { renderNetstat } from "./netstat";
import { type Listener, listenersOf } from "./scopes";

/** Where a node listens, one check for each scope. Sends nothing: uses the stats that the run shares. */
export const listeners: Probe = {
  name: "listeners",
  deadlineMs: 10_000,
  async run(target) {
    return judgeListeners(await target.stats());
  },
};

const SCOPE_WORDS: Readonly<Record<Exposure, string>> = {
  unix: "a unix socket",
  loopback: "this machine only",
  private: "a private address",
  public: "a public address",
  all: "all interfaces",
};

/** Check `listens:<scope>` for every scope it listens in, widest first; `listens` alone when not reported. */
export function judgeListeners(stats: SharedStats): readonly Check[] {
  const found = listenersOf(stats);
  if (found === null) {
    const reason = stats.problem.conns ?? stats.problem.settings ?? phrase("noListeners");
    return [unknown(reason, { check: "listens", evidence: { reason } })];
  }
  const shared = {
    source: found.source,
    netstat: renderNetstat(found.listeners, stats.general?.get("pid") ?? null),
    udpSockets: found.listeners.filter(({ transport }) => transport === "udp").length,
  };
  const inScope = (scope: Exposure | null) => found.listeners.filter((listener) => listener.scope === scope);
  const scopes = EXPOSURES.filter((scope) => inScope(scope).length > 0).reverse();
  const names = inScope(null);
  return [
    ...scopes.map((scope) => judgeScope(scope, inScope(scope), shared)),
    ...(names.length > 0 ? [judgeNames(names, shared)] : []),
  ];
}

function judgeScope(scope: Exposure, ofScope: readonly Listener[], shared: Check["evidence"]): Check {
  const addresses = addressesOf(ofScope);
  const list = addressList(addresses);
  const text = {
    check: `listens:${scope}`,
    title: `Listens on ${SCOPE_WORDS[scope]}: ${list}`,
    figures: { scope, addresses: list },
    evidence: { ...shared, scope, addresses },
  };
  if (scope === "all" || scope === "public") return failed(scope === "public" ? "critical" : "warning", text);
  return passed(text);
}

/** Only the node's own machine knows which addresses these names stand for. */
function judgeNames(names: readonly Listener[], shared: Check["evidence"]): Check {
  const addresses = addressesOf(names);
  const list = addressList(addresses);
  return unknown(phrase("localNames", { addresses: list }), {
    check: "listens",
    figures: { addresses: list },
    evidence: { ...shared, scope: null, addresses },
  });
}

/** At most 50: a node may name any number. */
function addressesOf(ofScope: readonly Listener[]): string[] {
  return ofScope
    .slice(0, 50)
    .map(({ transport, address }) =>
      escaped(transport === "unix" ? `unix:${address}` : `${address} (${transport.toUpperCase()})`).slice(
        0,
        200,
      ),
    );
}

function addressList(addresses: readonly string[]): string {
  const more = addresses.length > 6 ? [`${addresses.length - 6} more`] : [];
  return [...addresses.slice(0, 6).map((address) => address.slice(0, 120)), ...more].join(", ");
}
