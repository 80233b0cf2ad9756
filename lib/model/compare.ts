/** What can be compared, for server and browser alike. */

/** How many nodes one comparison takes. */
export const COMPARE_NODES = { least: 2, most: 20 } as const;

/** Figures that are compared side by side, in the order in which they are shown. */
export const COMPARED_FIGURES = [
  "hit_ratio",
  "memory_use",
  "gets",
  "evictions",
  "connection_use",
  "uptime",
  "latency",
] as const;
export type ComparedFigure = (typeof COMPARED_FIGURES)[number];

/** Figures by which the load of a pool's nodes is compared. */
export const LOAD_FIGURES = ["gets", "bytes", "curr_connections", "evictions", "hit_ratio"] as const;
export type LoadFigure = (typeof LOAD_FIGURES)[number];

/** Settings that differ between any two nodes by their nature: where each listens, and when it was flushed. */
export const OWN_SETTINGS: ReadonlySet<string> = new Set([
  "tcpport",
  "inter",
  "domain_socket",
  "oldest",
  "memory_file",
]);

/**
 * Why a node gets more requests than the others. `even`: none does; `ring`: it owns that much of the key space;
 * `placement`: its share of the items is as far from the ring, so keys are placed by something else; `hotKeys`:
 * neither, so some of its keys are read more often; `unknown`: too little is known.
 */
export const BALANCE_VERDICTS = ["even", "ring", "placement", "hotKeys", "unknown"] as const;
export type BalanceVerdict = (typeof BALANCE_VERDICTS)[number];
