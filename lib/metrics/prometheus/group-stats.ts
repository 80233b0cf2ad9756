/** The stats without a slab class from `stats settings` and `stats slabs` that are exported. */

import { InternPool } from "@/lib/model/intern-pool";
import { plausibleLevel } from "../plausible";
import { type Entries, numberOf } from "../stats-entries";
import { GROUP_COLUMNS, type PlainGroup } from "./columns";

const settings = new InternPool<Float64Array>(1_024);

/** Nothing reported. */
export const NO_STATS: Float64Array = new Float64Array(0);

/**
 * One number per name of `GROUP_COLUMNS`, NaN when not reported. Nodes with the same settings share one array, which
 * must not be modified.
 */
export function groupStats(group: PlainGroup, entries: Entries): Float64Array {
  const columns = GROUP_COLUMNS[group];
  const values = new Float64Array(columns.size).fill(Number.NaN);
  for (const [name, value] of entries) {
    const column = columns.get(name);
    if (column === undefined || !Number.isNaN(values[column])) continue;
    values[column] = plausibleLevel(name, numberOf(value));
  }
  return group === "settings" ? settings.get(values.join(), () => values) : values;
}
