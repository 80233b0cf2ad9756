/** Columns of the slab table: value, format, and memcached's name for it. */
import type { SLAB_VERDICTS, SlabClass } from "@/lib/model/node/inspection.schema";

export const SLAB_COLUMNS = [
  { id: "class", form: "id" },
  { id: "verdict", form: "verdict" },
  { id: "chunkSize", form: "bytes", word: "chunk_size" },
  { id: "totalPages", form: "count", word: "total_pages" },
  { id: "usedChunks", form: "count", word: "used_chunks" },
  { id: "freeChunks", form: "count", word: "free_chunks" },
  { id: "memRequested", form: "bytes", word: "mem_requested" },
  { id: "memHeld", form: "bytes" },
  { id: "memWasted", form: "bytes" },
  { id: "items", form: "count", word: "number" },
  { id: "itemsHot", form: "count", word: "number_hot" },
  { id: "itemsWarm", form: "count", word: "number_warm" },
  { id: "itemsCold", form: "count", word: "number_cold" },
  { id: "itemsTemp", form: "count", word: "number_temp" },
  { id: "ageSeconds", form: "seconds", word: "age" },
  { id: "evicted", form: "count", word: "evicted" },
  { id: "evictedTimeSeconds", form: "seconds", word: "evicted_time" },
  { id: "evictedUnfetched", form: "count", word: "evicted_unfetched" },
  { id: "expiredUnfetched", form: "count", word: "expired_unfetched" },
  { id: "outOfMemory", form: "count", word: "outofmemory" },
] as const satisfies readonly {
  readonly id: "class" | keyof SlabClass;
  readonly form: "id" | "verdict" | "bytes" | "count" | "seconds";
  readonly word?: string;
}[];

export type SlabColumn = (typeof SLAB_COLUMNS)[number];
export type SlabColumnId = SlabColumn["id"];
export const SLAB_COLUMN_IDS = SLAB_COLUMNS.map((column) => column.id) as SlabColumnId[];

export type SlabVerdict = (typeof SLAB_VERDICTS)[number];

/** Worst first. */
export const VERDICT_ORDER: readonly SlabVerdict[] = [
  "outOfMemory",
  "starved",
  "evicting",
  "wasteful",
  "idle",
  "healthy",
];

export const VERDICT_TONE: Readonly<Record<SlabVerdict, "ok" | "warn" | "crit" | "off">> = {
  outOfMemory: "crit",
  starved: "warn",
  evicting: "warn",
  wasteful: "off",
  idle: "off",
  healthy: "ok",
};

/** Value of a class in a column, for sorting; null when not reported. */
export function slabValue(row: SlabClass, column: SlabColumnId): number | null {
  if (column === "class") return row.id;
  return column === "verdict" ? VERDICT_ORDER.indexOf(row.verdict) : row[column];
}

/** Sorted by a column; unreported values come last in both directions. */
export function sortClasses(
  rows: readonly SlabClass[],
  column: SlabColumnId,
  direction: "asc" | "desc",
): SlabClass[] {
  const sign = direction === "asc" ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [x, y] = [slabValue(a, column), slabValue(b, column)];
    if (x === null || y === null) return x === y ? a.id - b.id : x === null ? 1 : -1;
    return sign * (x - y) || a.id - b.id;
  });
}

/** Columns that at least one class fills: a version without mem_requested has no empty column for it. */
export function reportedColumns(rows: readonly SlabClass[]): SlabColumn[] {
  return SLAB_COLUMNS.filter(
    (column) =>
      column.id === "class" ||
      column.id === "verdict" ||
      rows.some((row) => slabValue(row, column.id) !== null),
  );
}
