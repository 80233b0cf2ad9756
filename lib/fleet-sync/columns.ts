/**
 * Encodes rows of one shape as columns that write repeated values once. Lossless for JSON; after decoding, equal objects
 * of a column are shared. Without schemas, because the browser loads it.
 */

type Scalar = string | number | boolean | null;

/**
 * One value per row, in the shortest of four forms: a plain list; one value for all; indexes into a list of distinct
 * values; whole numbers as offsets from the smallest. A field that not every row has is `values` for those that have it.
 */
export type Column =
  | readonly unknown[]
  | { readonly all: unknown }
  | { readonly of: readonly unknown[]; readonly at: readonly number[] }
  | { readonly from: number; readonly plus: readonly (number | null)[] };
type SparseColumn = { readonly rows: readonly number[]; readonly values: Column };

export interface Columns<Field extends string = string> {
  readonly count: number;
  readonly columns: Readonly<Partial<Record<Field, Column | SparseColumn>>>;
}

/** A list of distinct values is shorter from this many rows per value on. */
const ROWS_PER_VALUE = 4;

export function encodeColumn(values: readonly unknown[]): Column {
  const limit = Math.max(1, Math.floor(values.length / ROWS_PER_VALUE));
  const distinct = distinctValues(values, limit);
  if (distinct !== null) {
    return distinct.of.length === 1 ? { all: distinct.of[0] } : distinct;
  }
  return distances(values) ?? values;
}

/** The value of each row. Equal objects of a column are one object. */
export function decodeColumn(column: Column, count: number): readonly unknown[] {
  if (isPlain(column)) return column;
  if ("all" in column) return new Array<unknown>(count).fill(column.all);
  if ("of" in column) return column.at.map((index) => column.of[index]);
  return column.plus.map((plus) => (plus === null ? null : column.from + plus));
}

function isPlain(column: Column): column is readonly unknown[] {
  return Array.isArray(column);
}

/** Null when there are more than `limit` distinct values. */
function distinctValues(values: readonly unknown[], limit: number): { of: unknown[]; at: number[] } | null {
  const indexes = new Map<unknown, number>();
  const texts = new Map<string, number>();
  const of: unknown[] = [];
  const at: number[] = [];
  for (const value of values) {
    let index = indexes.get(value);
    if (index === undefined && isObject(value)) {
      const text = JSON.stringify(value);
      index = texts.get(text) ?? of.length;
      texts.set(text, index);
      indexes.set(value, index);
    } else if (index === undefined) {
      index = of.length;
      indexes.set(value, index);
    }
    if (index === of.length) {
      if (of.length === limit) return null;
      of.push(value);
    }
    at.push(index);
  }
  return values.length === 0 ? null : { of, at };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** From here on whole numbers, such as timestamps, are shorter as offsets. */
const LARGE = 1e9;

/** Null when a value is neither null nor a large whole number. */
function distances(values: readonly unknown[]): Column | null {
  let from = Number.POSITIVE_INFINITY;
  for (const value of values as readonly Scalar[]) {
    if (value === null) continue;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < LARGE) return null;
    from = Math.min(from, value);
  }
  if (!Number.isFinite(from)) return null;
  return { from, plus: (values as readonly (number | null)[]).map((v) => (v === null ? null : v - from)) };
}

/** Rows as columns, one for each field that occurs. */
export function encodeRows<Row extends object>(rows: readonly Row[]): Columns<keyof Row & string> {
  type Field = keyof Row & string;
  const fields = new Set<Field>();
  for (const row of rows) for (const field in row) fields.add(field);
  const columns: Partial<Record<Field, Column | SparseColumn>> = {};
  for (const field of fields) {
    const having = rows.flatMap((row, index) => (field in row ? index : []));
    const values = encodeColumn(having.map((index) => rows[index]?.[field]));
    columns[field] = having.length === rows.length ? values : { rows: having, values };
  }
  return { count: rows.length, columns };
}

/** Decodes rows. `Row` must be the type that was encoded. */
export function decodeRows<Row>({ count, columns }: Columns): Row[] {
  const rows: Record<string, unknown>[] = Array.from({ length: count }, () => ({}));
  for (const [field, column] of Object.entries(columns)) {
    if (column === undefined) continue;
    const sparse = "rows" in column ? column : null;
    const values = decodeColumn(sparse?.values ?? (column as Column), sparse?.rows.length ?? count);
    for (let index = 0; index < values.length; index++) {
      const row = rows[sparse === null ? index : (sparse.rows[index] ?? -1)];
      if (row !== undefined) row[field] = values[index];
    }
  }
  return rows as Row[];
}
