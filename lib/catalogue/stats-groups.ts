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
