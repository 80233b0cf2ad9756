/** By what a list of nodes can be sorted, in the address and in the query. Free of schemas: the browser loads it. */
export const FLEET_SORTS = [
  "worst",
  "node",
  "pool",
  "version",
  "hitRatio",
  "memory",
  "connections",
  "gets",
  "uptime",
  "evictions",
] as const;
export type FleetSort = (typeof FLEET_SORTS)[number];
