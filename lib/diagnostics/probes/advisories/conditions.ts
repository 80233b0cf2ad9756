/** What besides its version makes a node affected by an advisory, judged by its own words. Pure. */
import type { SharedStats } from "../../contract";
import { isBefore, type UpstreamVersion } from "./upstream-version";

export const ADVISORY_CONDITIONS = [
  "always",
  "binaryReachable",
  "sasl",
  "authfile",
  "udpListens",
  "udpListensWithSasl",
  "unixSocket",
  "proxy",
  "dumpEnabled",
  "watched",
] as const;
export type AdvisoryCondition = (typeof ADVISORY_CONDITIONS)[number];

export interface ReportedFacts extends Pick<SharedStats, "general" | "settings"> {
  readonly version: UpstreamVersion;
}

export interface ConditionState {
  /** Null: the node does not tell. */
  readonly holds: boolean | null;
  /** The statement that decides, such as `auth_enabled_sasl no`, English. */
  readonly detail: string;
}

export const CONDITION_TEXT: Readonly<Record<AdvisoryCondition, string>> = {
  always: "nothing but the version",
  binaryReachable: "the binary protocol is accepted",
  sasl: "SASL is on",
  authfile: "an authfile is in use",
  udpListens: "UDP is on",
  udpListensWithSasl: "UDP and SASL are on",
  unixSocket: "it listens on a unix socket",
  proxy: "the proxy is in use",
  dumpEnabled: "listing keys is allowed",
  watched: "somebody watches mutations",
};

const RULES: Readonly<Record<AdvisoryCondition, (said: ReportedFacts) => ConditionState>> = {
  always: () => ({ holds: true, detail: "" }),
  binaryReachable: (said) =>
    setting(said, "binding_protocol", { "auto-negotiate": true, binary: true, ascii: false }),
  sasl,
  authfile,
  udpListens: udp,
  udpListensWithSasl: (said) => both(udp(said), sasl(said)),
  unixSocket: (said) => namedBy(said, "domain_socket", "NULL"),
  proxy,
  dumpEnabled: dumps,
  watched,
};

export function conditionOf(condition: AdvisoryCondition, said: ReportedFacts): ConditionState {
  return RULES[condition](said);
}

function setting(
  { settings }: ReportedFacts,
  name: string,
  meanings: Readonly<Record<string, boolean>>,
): ConditionState {
  const value = settings?.get(name);
  if (value === undefined) return { holds: null, detail: `${name} is not told` };
  return {
    holds: Object.hasOwn(meanings, value) ? (meanings[value] ?? null) : null,
    detail: `${name} ${value}`,
  };
}

/** A setting that is a path or a name, and one word when there is none. */
function namedBy({ settings }: ReportedFacts, name: string, none: string): ConditionState {
  const value = settings?.get(name);
  if (value === undefined) return { holds: null, detail: `${name} is not told` };
  return { holds: value !== none, detail: value === none ? `${name} ${none}` : `${name} is set` };
}

function sasl(said: ReportedFacts): ConditionState {
  return setting(said, "auth_enabled_sasl", { yes: true, no: false });
}

/** Seen on servers: 1.5.5 has neither the setting nor an authfile; 1.6.9 has both. */
function authfile(said: ReportedFacts): ConditionState {
  const state = namedBy(said, "auth_enabled_ascii", "no");
  return unlessOlder(said, "1.5.6", "this version has no authfile", state);
}

function dumps(said: ReportedFacts): ConditionState {
  const state = setting(said, "dump_enabled", { yes: true, no: false });
  return unlessOlder(said, "1.4.31", "this version lists no keys", state);
}

/** What a version does not have, it need not tell of. */
function unlessOlder(
  { version }: ReportedFacts,
  release: string,
  seen: string,
  state: ConditionState,
): ConditionState {
  return state.holds === null && isBefore(version, release) ? { holds: false, detail: seen } : state;
}

function udp(said: ReportedFacts): ConditionState {
  const path = said.settings?.get("domain_socket");
  // With a unix socket memcached opens no other.
  if (path !== undefined && path !== "NULL") return { holds: false, detail: "domain_socket is set" };
  const port = said.settings?.get("udpport");
  if (port === undefined || !/^\d{1,5}$/.test(port)) return { holds: null, detail: "udpport is not told" };
  return { holds: port !== "0", detail: `udpport ${port}` };
}

function proxy({ general, settings }: ReportedFacts): ConditionState {
  if (settings?.get("proxy_enabled") === "yes") return { holds: true, detail: "proxy_enabled yes" };
  if (general === null) return { holds: null, detail: "stats is not told" };
  const found = [...general.keys()].some((name) => name.startsWith("proxy_"));
  return { holds: found, detail: found ? "stats has proxy_ rows" : "stats has no proxy_ rows" };
}

/** How many watch is told by newer servers, what they watch by none. */
function watched({ general }: ReportedFacts): ConditionState {
  const watchers = general?.get("log_watchers");
  if (watchers === undefined) return { holds: null, detail: "log_watchers is not told" };
  return { holds: watchers === "0" ? false : null, detail: `log_watchers ${watchers}` };
}

function both(one: ConditionState, other: ConditionState): ConditionState {
  const seen = `${one.detail}, ${other.detail}`;
  if (one.holds === false || other.holds === false) return { holds: false, detail: seen };
  return { holds: one.holds === null || other.holds === null ? null : true, detail: seen };
}
