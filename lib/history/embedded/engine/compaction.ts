/**
 * Turns the batches of a complete hour into rows of `raw` and `rollup`, in small steps.
 *
 * Invariant: an hour becomes compacted in one commit at the very end; until then its batches are read and its written
 * rows are not. A crash in between only costs the work, which starts again.
 */

import { HOUR_MS } from "@/lib/model/time";
import { type Connection, command, transaction } from "@/lib/store/database";
import type { Task } from "@/lib/store/scheduler";
import { ByteWriter } from "./codec/bytes";
import { decodeColumn } from "./codec/column-decode";
import { encodeColumn } from "./codec/column-encode";
import { GroupWriter } from "./groups";
import type { Hours } from "./hours";
import { bucketsOf, encodeRollup } from "./rollup";
import { ROW_PARTS, ROW_SEQUENCE, type SampleRow } from "./sample-batch";
import type { SampleRows } from "./sample-rows";
import { hourId } from "./schema";
import { GROUP_NODES, type HistorySettings } from "./settings";
import type { StatIds } from "./stat-ids";

/** Batches read, batches unpacked, groups packed and rows written between two yields. */
const READ = 32;
const UNPACK = 64;
const PACK = 8;
const WRITE = 64;

export interface HistoryFile {
  readonly connection: Connection;
  readonly names: StatIds;
  readonly hours: Hours;
  readonly sampleRows: SampleRows;
}

/** Compacts the current batches of `hour`. A later batch remains a row of `tick`. */
export function* compactHour(file: HistoryFile, hour: number, settings: HistorySettings): Task<void> {
  const times = file.sampleRows.between(hour * HOUR_MS, (hour + 1) * HOUR_MS);
  const kinds = kindsOf(file.names, settings);
  clearHour(file.connection, hour);
  for (let part = 0; part < ROW_PARTS; part++) {
    const rows = yield* readPart(file.sampleRows, times, part);
    const grid = new Grid(rows, times.length);
    for (const statId of file.names.all()) {
      if (statId.id % ROW_PARTS !== part) continue;
      if (!(yield* fillGrid(grid, rows, statId.id, statId.scale))) continue;
      const columns = packStat(grid, hour, times, kinds.get(statId.id) ?? "counter", statId.scale);
      yield* writeRows(file.connection, hour, statId.id, yield* columns);
    }
  }
  file.hours.add(hour, times);
  file.sampleRows.discard(times);
}

/** Kind by stat number; a stat the catalogue has lost is rolled up as what it was: unknown, so as a sum. */
function kindsOf(names: StatIds, settings: HistorySettings): Map<number, "counter" | "gauge"> {
  const kinds = new Map<number, "counter" | "gauge">();
  for (const [index, stat] of settings.stats.entries()) {
    const statId = names.statIds[index];
    if (statId !== undefined) kinds.set(statId.id, stat.kind);
  }
  return kinds;
}

/** Deletes what an interrupted compaction of this hour left. */
function clearHour(connection: Connection, hour: number): void {
  for (const table of ["raw", "rollup"]) {
    command(connection, `DELETE FROM ${table} WHERE id >= ? AND id < ?`).run(hourId(hour), hourId(hour + 1));
  }
}

function* readPart(
  sampleRows: SampleRows,
  times: readonly number[],
  part: number,
): Task<(SampleRow | null)[]> {
  const rows: (SampleRow | null)[] = [];
  for (const [index, at] of times.entries()) {
    rows.push(sampleRows.read(at, part));
    if (index % READ === READ - 1) yield;
  }
  return rows;
}

/** One stat's values over an hour: for each group 20 runs, one per node, of a value per batch. */
class Grid {
  readonly groups: readonly number[];
  readonly values: Float64Array;
  private readonly offsets = new Map<Int32Array, Int32Array>();

  constructor(
    rows: readonly (SampleRow | null)[],
    readonly length: number,
  ) {
    const lists = new Set(rows.flatMap((row) => (row === null ? [] : [row.nodes])));
    const groups = new Set<number>();
    for (const nodes of lists) for (const node of nodes) groups.add(Math.floor(node / GROUP_NODES));
    this.groups = [...groups].sort((a, b) => a - b);
    const order = new Map(this.groups.map((group, index) => [group, index]));
    for (const nodes of lists) {
      const offset = (node: number) =>
        ((order.get(Math.floor(node / GROUP_NODES)) as number) * GROUP_NODES + (node % GROUP_NODES)) * length;
      this.offsets.set(nodes, nodes.map(offset));
    }
    this.values = new Float64Array(this.groups.length * GROUP_NODES * length);
  }

  /** Start of each row of a batch over these nodes. */
  offsetsOf(nodes: Int32Array): Int32Array {
    return this.offsets.get(nodes) as Int32Array;
  }

  group(index: number): Float64Array {
    const size = GROUP_NODES * this.length;
    return this.values.subarray(index * size, (index + 1) * size);
  }
}

/** False when no batch of the hour has the stat. */
function* fillGrid(
  grid: Grid,
  rows: readonly (SampleRow | null)[],
  statId: number,
  scale: number | null,
): Task<boolean> {
  if (!rows.some((row) => row?.has(statId) === true)) return false;
  grid.values.fill(Number.NaN);
  let column = new Float64Array(0);
  for (const [index, row] of rows.entries()) {
    const bytes = row?.column(statId);
    if (row == null || bytes === undefined) continue;
    const count = row.nodes.length;
    if (column.length < count) column = new Float64Array(count);
    decodeColumn(bytes, column, count, ROW_SEQUENCE, scale);
    const offsets = grid.offsetsOf(row.nodes);
    for (let node = 0; node < count; node++) {
      grid.values[(offsets[node] as number) + index] = column[node] as number;
    }
    if (index % UNPACK === UNPACK - 1) yield;
  }
  return true;
}

interface StatColumns {
  readonly raw: GroupWriter;
  readonly rollup: GroupWriter;
}

function* packStat(
  grid: Grid,
  hour: number,
  times: readonly number[],
  kind: "counter" | "gauge",
  scale: number | null,
): Task<StatColumns> {
  const columns = { raw: new GroupWriter(), rollup: new GroupWriter() };
  const buckets = bucketsOf(hour, times);
  const out = new ByteWriter(1 << 14);
  for (const [index, group] of grid.groups.entries()) {
    const values = grid.group(index);
    out.clear();
    if (encodeColumn(out, values, values.length, grid.length, scale)) {
      columns.raw.add(group + 1, out.copy());
      const rolled = encodeRollup(values, GROUP_NODES, buckets, kind, scale);
      if (rolled !== null) columns.rollup.add(group + 1, rolled);
    }
    if (index % PACK === PACK - 1) yield;
  }
  return columns;
}

function* writeRows(connection: Connection, hour: number, statId: number, columns: StatColumns): Task<void> {
  for (const table of ["raw", "rollup"] as const) {
    const insert = command(connection, `INSERT INTO ${table} (id, columns) VALUES (?, ?)`);
    const rows = columns[table].finish(hour, statId);
    for (let start = 0; start < rows.length; start += WRITE) {
      transaction(connection, () => {
        for (const row of rows.slice(start, start + WRITE)) insert.run(row.id, row.bytes);
      });
      yield;
    }
  }
}
