/** The capabilities of a node. Versions in the rules were verified on real servers unless marked otherwise. */

import type { StatsGroup } from "@/lib/catalogue/stats-groups";
import {
  CAPABILITIES,
  type Capability,
  type LackingReason,
  type ProxyKind,
} from "@/lib/model/node/capability";
import { isAtLeast, isKnownBefore, parseVersion, type ServerVersion } from "@/lib/model/node/server-version";
import type { CapabilityReport, NodeDialect, Tuning } from "./contract";

/** What is known about a node; null for what has not been read yet. */
export interface NodeFacts {
  readonly dialect: NodeDialect | null;
  readonly version: string | null;
  /** `refused`: it does not report them; `unsafe`: reading them could crash it, see `readSettings`. */
  readonly settings: ReadonlyMap<string, string> | "refused" | "unsafe" | null;
  /** Whether the general stats have `extstore_*` and `proxy_*` rows; null before the first poll. */
  readonly general: { readonly extstore: boolean; readonly proxy: boolean } | null;
  /** How it refused `stats`; absent while it reports them. */
  readonly statsRefusal?: StatsRefusal | null;
  /** Whether it refused `watch` because of `-W`, which no setting shows; absent before it was asked. */
  readonly watchRefused?: boolean | null;
}

/** `closed`: it closes the connection, as twemproxy does; `error`: it replies with an error. */
export type StatsRefusal = "closed" | "error";

type Rule = (facts: Facts) => LackingReason | null;

interface Facts {
  readonly binary: boolean;
  readonly version: ServerVersion | null;
  readonly general: NodeFacts["general"];
  readonly settings: NodeFacts["settings"];
  readonly noStats: boolean;
  /** It closes the connection on a command that it does not know. */
  readonly closes: boolean;
  readonly isProxy: boolean;
  readonly watchRefused: boolean;
}

const textOnly: Rule = ({ binary }) => (binary ? "binaryProtocol" : null);
const withStats: Rule = ({ noStats }) => (noStats ? "noStats" : null);
const noProxy: Rule = ({ isProxy }) => (isProxy ? "isProxy" : null);
/** For what harms no server that lacks it: an unknown version may have it, and its reply tells. */
const since =
  (...required: ServerVersion): Rule =>
  ({ version }) =>
    isKnownBefore(version, required) ? "versionTooOld" : null;
/** For what can harm an older server: not offered for an unknown version. */
const knownSince =
  (...required: ServerVersion): Rule =>
  ({ version }) =>
    version === null ? "versionUnknown" : isAtLeast(version, required) ? null : "versionTooOld";
const safeSince =
  (reason: LackingReason, ...required: ServerVersion): Rule =>
  ({ version }) =>
    version === null ? "versionUnknown" : isAtLeast(version, required) ? null : reason;
/** Settings that the node does not report decide nothing: it will refuse what an option switched off. */
const unlessOff =
  (setting: string): Rule =>
  ({ settings }) => {
    if (settings === null) return "notAskedYet";
    if (typeof settings === "string") return null;
    return settings.get(setting) === "no" ? "disabledBySetting" : null;
  };
const settingsReported: Rule = ({ settings }) => {
  if (settings === "refused") return "settingsRefused";
  return settings === "unsafe" ? "settingsUnsafe" : null;
};

const unlessWatchRefused: Rule = ({ watchRefused }) => (watchRefused ? "disabledBySetting" : null);

/** The first version whose meta commands have the format used here, base64 keys, and a compare that matches. */
const META_SINCE: ServerVersion = [1, 6, 10];

/** The first rule that does not return null decides. */
const RULES: Readonly<Record<Capability, readonly Rule[]>> = {
  stats: [withStats],
  stats_settings: [withStats, settingsReported],
  stats_conns: [textOnly, withStats, since(1, 4, 18)],
  // `stats sizes` locks the entire cache before 1.4.27; later versions need `-o track_sizes`.
  stats_sizes: [withStats, safeSince("locksThisVersion", 1, 4, 27), unlessOff("track_sizes")],
  // `stats extstore` without extstore crashes 1.6.9.
  stats_extstore: [textOnly, withStats, ({ general }) => missing(general?.extstore, "extstoreOff")],
  stats_proxy: [textOnly, withStats, ({ general }) => missing(general?.proxy, "proxyOff")],
  flush_all: [noProxy, unlessOff("flush_enabled")],
  watch: [textOnly, noProxy, since(1, 4, 26), unlessOff("watch_enabled"), unlessWatchRefused],
  // While a client watches mutations, one oversized binary SET crashes 1.5.6 to 1.6.40.
  watch_mutations: [
    textOnly,
    noProxy,
    since(1, 4, 26),
    safeSince("crashesThisVersion", 1, 6, 42),
    unlessOff("watch_enabled"),
    unlessWatchRefused,
  ],
  metadump: [textOnly, noProxy, since(1, 4, 31), unlessOff("dump_enabled"), unlessOff("lru_crawler")],
  // An older server can take the value of a meta set for a command.
  meta_commands: [textOnly, noProxy, knownSince(...META_SINCE)],
  // The binary protocol takes any bytes. Text has the `b` flag from 1.6.10.
  base64_keys: [noProxy, (facts) => (facts.binary ? null : knownSince(...META_SINCE)(facts))],
  // Not every proxy that closes on what it does not know has it.
  touch_key: [({ closes }) => (closes ? "isProxy" : null), since(1, 4, 8)],
  // Only by prefix, which requires a metadump.
  mark_stale: [
    textOnly,
    noProxy,
    knownSince(...META_SINCE),
    unlessOff("dump_enabled"),
    unlessOff("lru_crawler"),
  ],
  lru_crawler: [textOnly, noProxy, since(1, 4, 18), unlessOff("lru_crawler")],
  slabs_reassign: [textOnly, noProxy, knownSince(1, 4, 11), unlessOff("slab_reassign")],
  // Without slab_reassign, `slabs automove` replies OK and stores the mode, but moves nothing.
  slabs_automove: [textOnly, noProxy, since(1, 4, 11), unlessOff("slab_reassign")],
  cache_memlimit: [textOnly, noProxy, since(1, 4, 27)],
  // The binary protocol has a request for it, which 1.6.18 never answers.
  verbosity: [textOnly, noProxy],
};

function missing(present: boolean | undefined, reason: LackingReason): LackingReason | null {
  if (present === undefined) return "notAskedYet";
  return present ? null : reason;
}

/** The capabilities of a node, and the reason for each one it lacks (`notAskedYet` if not known yet). */
export function capabilitiesOf(node: NodeFacts): CapabilityReport {
  const capabilities: Capability[] = [];
  const lacking: Partial<Record<Capability, LackingReason>> = {};
  for (const capability of CAPABILITIES) {
    const reason = lackingReason(capability, node);
    if (reason === null) capabilities.push(capability);
    else lacking[capability] = reason;
  }
  return { capabilities, lacking, proxy: proxyKindOf(node) };
}

/** Why a node lacks a capability; null when it has it. */
export function lackingReason(capability: Capability, node: NodeFacts): LackingReason | null {
  const responded = node.version !== null || node.general !== null || (node.statsRefusal ?? null) !== null;
  if (node.dialect === null || !responded) return "notAskedYet";
  const facts: Facts = {
    binary: node.dialect.protocol === "binary",
    version: parseVersion(node.version),
    general: node.general,
    settings: node.settings,
    noStats: (node.statsRefusal ?? null) !== null,
    closes: node.statsRefusal === "closed",
    isProxy: proxyKindOf(node) !== null,
    watchRefused: node.watchRefused === true,
  };
  for (const rule of RULES[capability]) {
    const reason = rule(facts);
    if (reason !== null) return reason;
  }
  return null;
}

/**
 * The kind of proxy that a node is; null if it is none as far as is known. memcached's own proxy mode has `proxy_*` stats,
 * mcrouter names itself in its version, and twemproxy closes the connection on `stats`, whatever version it reports.
 */
export function proxyKindOf({ version, general, statsRefusal }: NodeFacts): ProxyKind | null {
  if (general?.proxy === true) return "memcached";
  if (version !== null && /mcrouter/i.test(version)) return "mcrouter";
  if (version !== null && /twemproxy|nutcracker/i.test(version)) return "twemproxy";
  if (statsRefusal !== "closed") return null;
  return version !== null && /^0\.\d/.test(version) ? "twemproxy" : "other";
}

/** The capability that a stats group requires. */
export function capabilityFor(group: StatsGroup): Capability {
  switch (group) {
    case "settings":
      return "stats_settings";
    case "conns":
      return "stats_conns";
    case "sizes":
      return "stats_sizes";
    case "extstore":
      return "stats_extstore";
    case "proxy":
      return "stats_proxy";
    default:
      return "stats";
  }
}

/** The capability that a tuning command requires. */
export function capabilityOfTuning({ command }: Tuning): Capability {
  switch (command) {
    case "stats reset":
      return "stats";
    case "verbosity":
      return "verbosity";
    case "cache_memlimit":
      return "cache_memlimit";
    case "slabs automove":
      return "slabs_automove";
    case "slabs reassign":
      return "slabs_reassign";
  }
}
