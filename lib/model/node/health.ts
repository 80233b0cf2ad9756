/** The health of a node: one state for every page, table, map and script. */

/** What a rule can find on a node. */
export const ATTENTION_KINDS = [
  "status",
  "hitRatioFell",
  "evictsYoung",
  "evicts",
  "connectionsNearLimit",
  "listenDisabled",
  "storesRefused",
  "restarted",
  "exposed",
] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];

/** `unknown`: not polled yet. `info` is worth knowing and asks for nothing. */
export const HEALTH_STATES = ["ok", "info", "warning", "critical", "unknown"] as const;
export type HealthState = (typeof HEALTH_STATES)[number];
