/**
 * What a node can be asked for. Where a rule names versions, it was seen on real servers of those versions.
 */
import {
  CAPABILITIES,
  type Capability,
  type LackingReason,
  type StatsGroup,
} from "@/lib/model/node/capability";
import type { CapabilityReport, NodeDialect } from "./contract";
import { isAtLeast, parseVersion, type ServerVersion } from "./server-version";

/** What is known about a node so far; null where it was not asked yet. */
export interface NodeFacts {
  readonly dialect: NodeDialect | null;
  readonly version: string | null;
  readonly settings: ReadonlyMap<string, string> | null;
  /** Whether its general stats have `extstore_*` and `proxy_*` rows; null before the first poll. */
  readonly general: { readonly extstore: boolean; readonly proxy: boolean } | null;
}

type Rule = (known: Facts) => LackingReason | null;

interface Facts {
  readonly binary: boolean;
  readonly version: ServerVersion | null;
  readonly general: NodeFacts["general"];
  /** Whether a setting says `no`; a setting that the version does not report says nothing. */
  readonly off: (setting: string) => LackingReason | null;
}

const textOnly: Rule = ({ binary }) => (binary ? "binaryProtocol" : null);
const since =
  (...wanted: ServerVersion): Rule =>
  ({ version }) =>
    isAtLeast(version, wanted) ? null : "versionTooOld";
const unlessOff =
  (setting: string): Rule =>
  ({ off }) =>
    off(setting);
const none: Rule = () => null;

/** The first rule that objects gives the reason. */
const RULES: Readonly<Record<Capability, readonly Rule[]>> = {
  stats: [none],
  stats_conns: [textOnly, since(1, 4, 25)],
  // `stats sizes` locks the whole cache before 1.4.27; later versions count only with `-o track_sizes`.
  stats_sizes: [
    ({ version }) => (isAtLeast(version, [1, 4, 27]) ? null : "locksThisVersion"),
    unlessOff("track_sizes"),
  ],
  // `stats extstore` without extstore ends the process of 1.6.9.
  stats_extstore: [textOnly, ({ general }) => missing(general?.extstore, "extstoreOff")],
  stats_proxy: [textOnly, ({ general }) => missing(general?.proxy, "proxyOff")],
  flush_all: [unlessOff("flush_enabled")],
  watch: [textOnly, since(1, 4, 26), unlessOff("watch_enabled")],
  // One oversized binary SET ends the process of 1.5.6 to 1.6.40 while somebody watches mutations.
  watch_mutations: [
    textOnly,
    since(1, 4, 26),
    ({ version }) => (isAtLeast(version, [1, 6, 42]) ? null : "crashesThisVersion"),
    unlessOff("watch_enabled"),
  ],
  metadump: [textOnly, since(1, 4, 31), unlessOff("dump_enabled"), unlessOff("lru_crawler")],
  meta_commands: [textOnly, since(1, 6, 9)],
  // The binary protocol takes any bytes. Over text the `b` flag came with 1.6.10 (release notes); seen from 1.6.18 on.
  base64_keys: [(facts) => (facts.binary ? null : since(1, 6, 18)(facts))],
  touch_key: [since(1, 4, 8)],
  // By prefix only, which takes a metadump.
  mark_stale: [textOnly, since(1, 6, 9), unlessOff("dump_enabled"), unlessOff("lru_crawler")],
  lru_crawler: [textOnly, since(1, 4, 18), unlessOff("lru_crawler")],
  slabs_reassign: [textOnly, since(1, 4, 11), unlessOff("slab_reassign")],
  // Without slab_reassign it answers OK to `slabs automove`, keeps the figure, and moves nothing.
  slabs_automove: [textOnly, since(1, 4, 11), unlessOff("slab_reassign")],
  cache_memlimit: [textOnly, since(1, 5, 0)],
  // The binary protocol has a request for it, which 1.6.18 leaves without an answer.
  verbosity: [textOnly],
};

function missing(present: boolean | undefined, reason: LackingReason): LackingReason | null {
  if (present === undefined) return "notAskedYet";
  return present ? null : reason;
}

/** The capabilities as far as they are known; the rest is `notAskedYet` or named with its reason. */
export function capabilitiesOf(known: NodeFacts): CapabilityReport {
  const capabilities: Capability[] = [];
  const lacking: Partial<Record<Capability, LackingReason>> = {};
  for (const capability of CAPABILITIES) {
    const reason = lackingReason(capability, known);
    if (reason === null) capabilities.push(capability);
    else lacking[capability] = reason;
  }
  return { capabilities, lacking };
}

/** Why a node lacks a capability; null when it has it. */
export function lackingReason(capability: Capability, known: NodeFacts): LackingReason | null {
  if (known.dialect === null || known.version === null) return "notAskedYet";
  const facts: Facts = {
    binary: known.dialect.protocol === "binary",
    version: parseVersion(known.version),
    general: known.general,
    off: (setting) => {
      if (known.settings === null) return "notAskedYet";
      return known.settings.get(setting) === "no" ? "disabledBySetting" : null;
    },
  };
  for (const rule of RULES[capability]) {
    const reason = rule(facts);
    if (reason !== null) return reason;
  }
  return null;
}

/** The capability that asking for a stats group takes; null for groups that every node may be asked for. */
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
