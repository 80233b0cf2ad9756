/** Conditions, other than the version, that make a node affected by an advisory, judged by what it reports. Pure. */
import { phrase } from "@/lib/model/findings/phrases";
import type { SharedStats } from "../../contract";
import { settingsExcludeText } from "../../text-commands";
import { isBefore, type UpstreamVersion } from "./upstream-version";

/** Each is also the name of the phrase that describes it. */
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
  "textReachable",
] as const;
export type AdvisoryCondition = (typeof ADVISORY_CONDITIONS)[number];

export interface ReportedFacts extends Pick<SharedStats, "general" | "settings"> {
  readonly version: UpstreamVersion;
}

export interface ConditionState {
  /** Null: the node doesn't report it. */
  readonly holds: boolean | null;
  /** The value that decides, such as `auth_enabled_sasl no`, or an English phrase. */
  readonly detail: string;
}

const RULES: Readonly<Record<AdvisoryCondition, (facts: ReportedFacts) => ConditionState>> = {
  always: () => ({ holds: true, detail: "" }),
  binaryReachable: (facts) =>
    setting(facts, "binding_protocol", { "auto-negotiate": true, binary: true, ascii: false }),
  sasl,
  authfile,
  udpListens: udp,
  udpListensWithSasl: (facts) => both(udp(facts), sasl(facts)),
  unixSocket: (facts) => pathSetting(facts, "domain_socket", "NULL"),
  proxy,
  dumpEnabled: dumps,
  watched,
  // Instead of the condition of an advisory about text commands, for a node that takes none.
  textReachable: ({ settings }) => ({
    holds: !settingsExcludeText(settings),
    detail: `binding_protocol ${settings?.get("binding_protocol") ?? "binary"}`,
  }),
};

export function conditionOf(condition: AdvisoryCondition, facts: ReportedFacts): ConditionState {
  return RULES[condition](facts);
}

function notReported(name: string): ConditionState {
  return { holds: null, detail: phrase("settingNotReported", { name }) };
}

function setting(
  { settings }: ReportedFacts,
  name: string,
  meanings: Readonly<Record<string, boolean>>,
): ConditionState {
  const value = settings?.get(name);
  if (value === undefined) return notReported(name);
  return {
    holds: Object.hasOwn(meanings, value) ? (meanings[value] ?? null) : null,
    detail: `${name} ${value}`,
  };
}

/** A setting that holds a path or a name, or `none` without one. */
function pathSetting({ settings }: ReportedFacts, name: string, none: string): ConditionState {
  const value = settings?.get(name);
  if (value === undefined) return notReported(name);
  return {
    holds: value !== none,
    detail: value === none ? `${name} ${none}` : phrase("settingSet", { name }),
  };
}

function sasl(facts: ReportedFacts): ConditionState {
  return setting(facts, "auth_enabled_sasl", { yes: true, no: false });
}

/** Observed on servers: 1.5.5 has neither the setting nor an authfile; 1.6.9 has both. */
function authfile(facts: ReportedFacts): ConditionState {
  const state = pathSetting(facts, "auth_enabled_ascii", "no");
  return unlessOlder(facts, "1.5.6", phrase("versionWithoutAuthfile"), state);
}

function dumps(facts: ReportedFacts): ConditionState {
  const state = setting(facts, "dump_enabled", { yes: true, no: false });
  return unlessOlder(facts, "1.4.31", phrase("versionWithoutDump"), state);
}

/** A version without the feature need not report it. */
function unlessOlder(
  { version }: ReportedFacts,
  release: string,
  detail: string,
  state: ConditionState,
): ConditionState {
  return state.holds === null && isBefore(version, release) ? { holds: false, detail } : state;
}

function udp({ settings }: ReportedFacts): ConditionState {
  const path = settings?.get("domain_socket");
  // With a unix socket memcached opens no other.
  if (path !== undefined && path !== "NULL") {
    return { holds: false, detail: phrase("settingSet", { name: "domain_socket" }) };
  }
  const port = settings?.get("udpport");
  if (port === undefined || !/^\d{1,5}$/.test(port)) return notReported("udpport");
  return { holds: port !== "0", detail: `udpport ${port}` };
}

function proxy({ general, settings }: ReportedFacts): ConditionState {
  if (settings?.get("proxy_enabled") === "yes") return { holds: true, detail: "proxy_enabled yes" };
  if (general === null) return notReported("stats");
  const found = [...general.keys()].some((name) => name.startsWith("proxy_"));
  return { holds: found, detail: phrase(found ? "proxyStats" : "noProxyStats") };
}

/** Newer servers report the number of watchers, but no server reports which events they watch. */
function watched({ general }: ReportedFacts): ConditionState {
  const watchers = general?.get("log_watchers");
  if (watchers === undefined) return notReported("log_watchers");
  return { holds: watchers === "0" ? false : null, detail: `log_watchers ${watchers}` };
}

function both(first: ConditionState, second: ConditionState): ConditionState {
  const detail = `${first.detail}, ${second.detail}`;
  if (first.holds === false || second.holds === false) return { holds: false, detail };
  return { holds: first.holds === null || second.holds === null ? null : true, detail };
}
