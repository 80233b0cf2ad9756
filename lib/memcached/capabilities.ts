/** The capabilities of a node. Versions in the rules were verified on real servers unless marked otherwise. */

import type { StatsGroup } from "@/lib/catalogue/stats-groups";
import { CAPABILITIES, type Capability, type LackingReason } from "@/lib/model/node/capability";
import type { CapabilityReport, NodeDialect, Tuning } from "./contract";
import { isAtLeast, parseVersion, type ServerVersion } from "./server-version";

/** What is known about a node; null for what has not been read yet. */
export interface NodeFacts {
  readonly dialect: NodeDialect | null;
  readonly version: string | null;
  readonly settings: ReadonlyMap<string, string> | null;
  /** Whether the general stats have `extstore_*` and `proxy_*` rows; null before the first poll. */
  readonly general: { readonly extstore: boolean; readonly proxy: boolean } | null;
}

type Rule = (facts: Facts) => LackingReason | null;

interface Facts {
  readonly binary: boolean;
  readonly version: ServerVersion | null;
  readonly general: NodeFacts["general"];
  /** The reason if a setting is `no`. Null for a setting that the version does not report. */
  readonly off: (setting: string) => LackingReason | null;
}

const textOnly: Rule = ({ binary }) => (binary ? "binaryProtocol" : null);
const since =
  (...required: ServerVersion): Rule =>
  ({ version }) =>
    isAtLeast(version, required) ? null : "versionTooOld";
const unlessOff =
  (setting: string): Rule =>
  ({ off }) =>
    off(setting);
const none: Rule = () => null;

/** The first rule that does not return null decides. */
const RULES: Readonly<Record<Capability, readonly Rule[]>> = {
  stats: [none],
  stats_conns: [textOnly, since(1, 4, 25)],
  // `stats sizes` locks the entire cache before 1.4.27; later versions need `-o track_sizes`.
  stats_sizes: [
    ({ version }) => (isAtLeast(version, [1, 4, 27]) ? null : "locksThisVersion"),
    unlessOff("track_sizes"),
  ],
  // `stats extstore` without extstore crashes 1.6.9.
  stats_extstore: [textOnly, ({ general }) => missing(general?.extstore, "extstoreOff")],
  stats_proxy: [textOnly, ({ general }) => missing(general?.proxy, "proxyOff")],
  flush_all: [unlessOff("flush_enabled")],
  watch: [textOnly, since(1, 4, 26), unlessOff("watch_enabled")],
  // While a client watches mutations, one oversized binary SET crashes 1.5.6 to 1.6.40.
  watch_mutations: [
    textOnly,
    since(1, 4, 26),
    ({ version }) => (isAtLeast(version, [1, 6, 42]) ? null : "crashesThisVersion"),
    unlessOff("watch_enabled"),
  ],
  metadump: [textOnly, since(1, 4, 31), unlessOff("dump_enabled"), unlessOff("lru_crawler")],
  meta_commands: [textOnly, since(1, 6, 9)],
  // The binary protocol takes any bytes. Text has the `b` flag from 1.6.10 (release notes); verified from 1.6.18.
  base64_keys: [(facts) => (facts.binary ? null : since(1, 6, 18)(facts))],
  touch_key: [since(1, 4, 8)],
  // Only by prefix, which requires a metadump.
  mark_stale: [textOnly, since(1, 6, 9), unlessOff("dump_enabled"), unlessOff("lru_crawler")],
  lru_crawler: [textOnly, since(1, 4, 18), unlessOff("lru_crawler")],
  slabs_reassign: [textOnly, since(1, 4, 11), unlessOff("slab_reassign")],
  // Without slab_reassign, `slabs automove` replies OK and stores the mode, but moves nothing.
  slabs_automove: [textOnly, since(1, 4, 11), unlessOff("slab_reassign")],
  cache_memlimit: [textOnly, since(1, 5, 0)],
  // The binary protocol has a request for it, which 1.6.18 never answers.
  verbosity: [textOnly],
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
  return { capabilities, lacking };
}

/** Why a node lacks a capability; null when it has it. */
export function lackingReason(capability: Capability, node: NodeFacts): LackingReason | null {
  if (node.dialect === null || node.version === null) return "notAskedYet";
  const facts: Facts = {
    binary: node.dialect.protocol === "binary",
    version: parseVersion(node.version),
    general: node.general,
    off: (setting) => {
      if (node.settings === null) return "notAskedYet";
      return node.settings.get(setting) === "no" ? "disabledBySetting" : null;
    },
  };
  for (const rule of RULES[capability]) {
    const reason = rule(facts);
    if (reason !== null) return reason;
  }
  return null;
}

/** The capability that a stats group requires; null for groups that every node has. */
export function capabilityFor(group: StatsGroup): Capability | null {
  switch (group) {
    case "conns":
      return "stats_conns";
    case "sizes":
      return "stats_sizes";
    case "extstore":
      return "stats_extstore";
    case "proxy":
      return "stats_proxy";
    default:
      return null;
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
