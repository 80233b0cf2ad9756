/**
 * What Memfleet writes. Differences and levels as they are, not counters: whoever reads them adds up what happened
 * and never has to guess at what lies between two samples, after a restart of a node or of Memfleet.
 *
 * - `memfleet_stat_difference{instance,stat}`: by how much a counter grew since the sample before, with
 *   `stat="elapsed_seconds"` for the seconds that this covers. No sample: not known.
 * - `memfleet_stat_level{instance,stat}`: a gauge, and `uptime`.
 * - `memfleet_marker{instance,kind,text}`: 1 at the moment at which it happened.
 */
import { SLOT_COUNT, STATS } from "@/lib/catalogue/stats";

export const DIFFERENCE = "memfleet_stat_difference";
export const LEVEL = "memfleet_stat_level";
export const MARKER = "memfleet_marker";
export const ELAPSED = "elapsed_seconds";

/** Information that others need to know a node from what is written. */
const ALSO_LEVELS: ReadonlySet<string> = new Set(["uptime"]);

export interface WrittenStat {
  /** Index into a sweep's row: the slot of the catalogue, or one beyond the last for the elapsed seconds. */
  readonly column: number;
  readonly metric: typeof DIFFERENCE | typeof LEVEL;
  readonly stat: string;
}

export const WRITTEN: readonly WrittenStat[] = [
  { column: SLOT_COUNT, metric: DIFFERENCE, stat: ELAPSED },
  ...STATS.flatMap((stat, column): WrittenStat[] => {
    if (stat.kind === "counter") return [{ column, metric: DIFFERENCE, stat: stat.name }];
    return stat.kind === "gauge" || ALSO_LEVELS.has(stat.name)
      ? [{ column, metric: LEVEL, stat: stat.name }]
      : [];
  }),
];
