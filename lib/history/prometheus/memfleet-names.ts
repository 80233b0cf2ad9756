/**
 * The series that Memfleet writes. Differences and levels instead of counters: readers sum them and never have to guess
 * what happened between two samples, after a restart of a node or of Memfleet.
 *
 * - `memfleet_stat_difference{instance,stat}`: the increase of a counter since the previous sample, with
 *   `stat="elapsed_seconds"` for the seconds that it covers. No sample: unknown.
 * - `memfleet_stat_level{instance,stat}`: a gauge, and `uptime`.
 * - `memfleet_marker{instance,kind,text}`: 1 at the time of the event.
 */
import { SLOT_COUNT, STATS } from "@/lib/catalogue/stats";

export const DIFFERENCE = "memfleet_stat_difference";
export const LEVEL = "memfleet_stat_level";
export const MARKER = "memfleet_marker";
export const ELAPSED = "elapsed_seconds";

/** Stats of kind info that other processes need to show a node. */
const ALSO_LEVELS: ReadonlySet<string> = new Set(["uptime"]);

interface WrittenStat {
  /** Index into a batch's row: the slot of the catalogue, or one beyond the last for the elapsed seconds. */
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
