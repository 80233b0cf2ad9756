/** Capabilities of a node. A panel whose capability is missing shows the reason. */
export const CAPABILITIES = [
  "stats",
  "stats_settings",
  "stats_conns",
  "stats_sizes",
  "stats_extstore",
  "stats_proxy",
  "flush_all",
  "watch",
  "watch_mutations",
  "metadump",
  "meta_commands",
  "base64_keys",
  "touch_key",
  "mark_stale",
  "lru_crawler",
  "slabs_reassign",
  "slabs_automove",
  "cache_memlimit",
  "verbosity",
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Why a capability is missing, in English. */
export const LACKING = {
  binaryProtocol: "the binary protocol does not have it",
  versionTooOld: "its version does not have it",
  versionUnknown: "its version is unknown, and the command can harm a server of some versions",
  extstoreOff: "extstore is off",
  proxyOff: "it is not a proxy",
  isProxy: "it is a proxy, which closes the connection or refuses the command",
  noStats: "it does not report stats",
  settingsRefused: "it does not report its settings",
  settingsUnsafe: "it listens on so many addresses that reading its settings can crash it",
  crashesThisVersion: "it can crash a server of this version",
  locksThisVersion: "it locks the cache of a server of this version",
  disabledBySetting: "a start-up option switched it off",
  notAskedYet: "the node has not answered yet",
} as const;
export type LackingReason = keyof typeof LACKING;
export const LACKING_REASONS = Object.keys(LACKING) as [LackingReason, ...LackingReason[]];

/** Kinds of proxies that are recognized. `other`: it behaves like one. */
export const PROXY_KINDS = ["memcached", "mcrouter", "twemproxy", "other"] as const;
export type ProxyKind = (typeof PROXY_KINDS)[number];
