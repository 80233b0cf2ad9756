/**
 * Stats per slab class, stored compactly: thousands of nodes have up to 63 classes with 25 stats each.
 *
 * Invariants: nodes that report the same classes and columns share one layout; a reply with only whole numbers below
 * 2^32 - 1 takes four bytes per number; unreported stats remain absent.
 */

import { InternPool } from "@/lib/model/intern-pool";
import { plausibleLevel } from "../plausible";
import { type Entries, numberOf } from "../stats-entries";
import { CLASS_COLUMNS, type ClassGroup } from "./columns";

/** memcached has at most 63 slab classes; ids beyond this are not its own. */
const MAX_CLASS = 255;
const ABSENT = 0xffff_ffff;

interface ClassLayout {
  /** Ids of the classes, ascending. */
  readonly classes: readonly number[];
  /** Index of each column in a class's row; -1 when no class reported it. */
  readonly indexes: readonly number[];
  readonly width: number;
}

const layouts = new InternPool<ClassLayout>(1_024);

export class ClassStats {
  constructor(
    private readonly layout: ClassLayout,
    private readonly values: Uint32Array | Float64Array,
  ) {}

  /** Ids of the slab classes, ascending. */
  get classes(): readonly number[] {
    return this.layout.classes;
  }

  /** The stat with index `column` in `CLASS_COLUMNS` of the class at `index`; NaN when not reported. */
  at(index: number, column: number): number {
    const { indexes, width } = this.layout;
    const position = indexes[column] as number;
    if (!(position >= 0)) return Number.NaN;
    const value = this.values[index * width + position] as number;
    return value === ABSENT && this.values instanceof Uint32Array ? Number.NaN : value;
  }
}

/** Nothing reported. */
export const NO_CLASSES = new ClassStats({ classes: [], indexes: [], width: 0 }, new Uint32Array(0));

/** The class stats of a reply to `stats items` or `stats slabs`. Of a repeated name the first counts. */
export function classStats(group: ClassGroup, entries: Entries): ClassStats {
  const columns = CLASS_COLUMNS[group];
  const groupPrefix = group === "items" ? "items:" : "";
  const rows = new Map<number, Float64Array>();
  const reported = new Set<number>();
  // Servers send class by class, so the prefix is parsed only when it changes.
  let prefix = "";
  let row: Float64Array | null = null;
  for (const [name, value] of entries) {
    if (prefix === "" || !name.startsWith(prefix)) {
      const colon = name.startsWith(groupPrefix) ? name.indexOf(":", groupPrefix.length) : -1;
      prefix = name.slice(0, colon + 1);
      row = colon < 0 ? null : rowOf(rows, name.slice(groupPrefix.length, colon), columns.size);
    }
    const stat = name.slice(prefix.length);
    const column = row === null ? undefined : columns.get(stat);
    if (row === null || column === undefined || !Number.isNaN(row[column])) continue;
    row[column] = plausibleLevel(stat, numberOf(value));
    reported.add(column);
  }
  return reported.size === 0 ? NO_CLASSES : packed(rows, reported, columns.size);
}

/** The row of a class, created on first use; null for an invalid class id. */
function rowOf(rows: Map<number, Float64Array>, id: string, columns: number): Float64Array | null {
  const slabClass = numberOf(id);
  if (!(slabClass >= 0 && slabClass <= MAX_CLASS && Number.isInteger(slabClass))) return null;
  const row = rows.get(slabClass) ?? new Float64Array(columns).fill(Number.NaN);
  rows.set(slabClass, row);
  return row;
}

function packed(
  rows: ReadonlyMap<number, Float64Array>,
  reported: ReadonlySet<number>,
  columns: number,
): ClassStats {
  const used = [...reported].sort((a, b) => a - b);
  const classes = [...rows.keys()].sort((a, b) => a - b);
  const layout = layouts.get(`${classes.join()} ${columns} ${used.join()}`, () => ({
    classes,
    indexes: Array.from({ length: columns }, (_, column) => used.indexOf(column)),
    width: used.length,
  }));
  const values = new Float64Array(classes.length * used.length);
  let at = 0;
  let narrow = true;
  for (const id of classes) {
    const row = rows.get(id) as Float64Array;
    for (const column of used) {
      const value = row[column] as number;
      values[at++] = value;
      narrow &&= Number.isNaN(value) || (value === value >>> 0 && value !== ABSENT);
    }
  }
  if (!narrow) return new ClassStats(layout, values);
  const small = new Uint32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    small[index] = Number.isNaN(value) ? ABSENT : value;
  }
  return new ClassStats(layout, small);
}
