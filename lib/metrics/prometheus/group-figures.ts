/** The plain figures of `stats settings` and `stats slabs` that the metrics take. */

import { InternPool } from "@/lib/model/intern-pool";
import { GROUP_COLUMNS, type PlainGroup } from "./columns";
import { type Entries, numberOf } from "./entries";

const settings = new InternPool<Float64Array>(1_024);

/** Nothing reported. */
export const NO_METRICS: Float64Array = new Float64Array(0);

/**
 * One number per name of `GROUP_COLUMNS`, NaN for what was not reported. Nodes with the same settings share one array:
 * it must not be changed.
 */
export function groupMetrics(group: PlainGroup, entries: Entries): Float64Array {
  const columns = GROUP_COLUMNS[group];
  const figures = new Float64Array(columns.size).fill(Number.NaN);
  for (const [name, value] of entries) {
    const column = columns.get(name);
    if (column !== undefined && Number.isNaN(figures[column])) figures[column] = numberOf(value);
  }
  return group === "settings" ? settings.get(figures.join(), () => figures) : figures;
}
