/**
 * Figures per slab class, as small as they get: thousands of nodes have up to 63 classes with 25 figures each.
 *
 * Invariants: which classes and columns there are is one object for all nodes that report the same ones; whole
 * numbers below 2^32 - 1 take four bytes each as long as all of a reply are; what was not reported stays absent.
 */

import { InternPool } from "@/lib/model/intern-pool";
import { CLASS_COLUMNS, type ClassGroup } from "./columns";
import { type Entries, numberOf } from "./entries";

/** memcached has at most 63 slab classes; ids beyond this are not its own. */
const MAX_CLASS = 255;
const ABSENT = 0xffff_ffff;

interface ClassLayout {
  /** Ids of the classes, ascending. */
  readonly classes: readonly number[];
  /** Where in a class's row a column is; -1 when no class reported it. */
  readonly indexes: readonly number[];
  readonly width: number;
}

const layouts = new InternPool<ClassLayout>(1_024);

export class ClassMetrics {
  constructor(
    private readonly layout: ClassLayout,
    private readonly values: Uint32Array | Float64Array,
  ) {}

  /** Ids of the slab classes, ascending. */
  get classes(): readonly number[] {
    return this.layout.classes;
  }

  /** The figure of the class at `index` of `classes`, by its place in `CLASS_COLUMNS`; NaN when not reported. */
  at(index: number, column: number): number {
    const { indexes: places, width } = this.layout;
    const place = places[column] as number;
    if (!(place >= 0)) return Number.NaN;
    const value = this.values[index * width + place] as number;
    return value === ABSENT && this.values instanceof Uint32Array ? Number.NaN : value;
  }
}

/** Nothing reported. */
export const NO_CLASSES = new ClassMetrics({ classes: [], indexes: [], width: 0 }, new Uint32Array(0));

/** Figures of a reply to `stats items` or `stats slabs`. Of a name that comes twice the first counts. */
export function classMetrics(group: ClassGroup, entries: Entries): ClassMetrics {
  const columns = CLASS_COLUMNS[group];
  const before = group === "items" ? "items:" : "";
  const rows = new Map<number, Float64Array>();
  const seen = new Set<number>();
  // Servers send class by class: what names begin with is looked at when it changes.
  let prefix = "";
  let row: Float64Array | null = null;
  for (const [name, value] of entries) {
    if (prefix === "" || !name.startsWith(prefix)) {
      const colon = name.startsWith(before) ? name.indexOf(":", before.length) : -1;
      prefix = name.slice(0, colon + 1);
      row = colon < 0 ? null : rowOf(rows, name.slice(before.length, colon), columns.size);
    }
    const column = row === null ? undefined : columns.get(name.slice(prefix.length));
    if (row === null || column === undefined || !Number.isNaN(row[column])) continue;
    row[column] = numberOf(value);
    seen.add(column);
  }
  return seen.size === 0 ? NO_CLASSES : packed(rows, seen, columns.size);
}

/** The row of a class, made when it is new; null for what is no class. */
function rowOf(rows: Map<number, Float64Array>, id: string, columns: number): Float64Array | null {
  const slabClass = numberOf(id);
  if (!(slabClass >= 0 && slabClass <= MAX_CLASS && Number.isInteger(slabClass))) return null;
  const row = rows.get(slabClass) ?? new Float64Array(columns).fill(Number.NaN);
  rows.set(slabClass, row);
  return row;
}

function packed(
  rows: ReadonlyMap<number, Float64Array>,
  seen: ReadonlySet<number>,
  columns: number,
): ClassMetrics {
  const kept = [...seen].sort((a, b) => a - b);
  const classes = [...rows.keys()].sort((a, b) => a - b);
  const layout = layouts.get(`${classes.join()} ${columns} ${kept.join()}`, () => ({
    classes,
    indexes: Array.from({ length: columns }, (_, column) => kept.indexOf(column)),
    width: kept.length,
  }));
  const values = new Float64Array(classes.length * kept.length);
  let at = 0;
  let narrow = true;
  for (const id of classes) {
    const row = rows.get(id) as Float64Array;
    for (const column of kept) {
      const value = row[column] as number;
      values[at++] = value;
      narrow &&= Number.isNaN(value) || (value === value >>> 0 && value !== ABSENT);
    }
  }
  if (!narrow) return new ClassMetrics(layout, values);
  const small = new Uint32Array(values.length);
  for (let place = 0; place < values.length; place++) {
    const value = values[place] as number;
    small[place] = Number.isNaN(value) ? ABSENT : value;
  }
  return new ClassMetrics(layout, small);
}
