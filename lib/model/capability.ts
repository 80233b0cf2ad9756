/** What a node can be asked for. A panel whose capability a node lacks says why. */
export const CAPABILITIES = [
  "stats",
  "stats_conns",
  "stats_sizes",
  "stats_extstore",
  "stats_proxy",
  "flush_all",
  "watch",
  "watch_mutations",
  "metadump",
  "meta_commands",
  "slabs_reassign",
  "cache_memlimit",
  "verbosity",
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Why a capability is missing. */
export const LACKING_REASONS = [
  "binaryProtocol",
  "versionTooOld",
  "extstoreOff",
  "proxyOff",
  "crashesThisVersion",
  "locksThisVersion",
  "disabledBySetting",
  "notAskedYet",
] as const;
export type LackingReason = (typeof LACKING_REASONS)[number];

/** `GET /stats/{group}` groups, in the order in which they are offered. */
export const STATS_GROUPS = [
  "general",
  "settings",
  "items",
  "slabs",
  "sizes",
  "conns",
  "extstore",
  "proxy",
] as const;
export type StatsGroup = (typeof STATS_GROUPS)[number];
