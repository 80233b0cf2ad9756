/**
 * Turns an ended hour's sweeps into rows of `raw` and `rollup`, a small step at a time.
 *
 * Invariant: an hour counts as compacted in one commit, at the very end; until then its sweeps count, and what
 * has been written of its rows does not. A crash in between costs only the work, which is begun anew.
 */
import { type Connection, command, transaction } from "@/lib/store/database";
import type { Task } from "@/lib/store/scheduler";
import { ByteWriter } from "./codec/bytes";
import { decodeColumn } from "./codec/column-decode";
import { encodeColumn } from "./codec/column-encode";
import { GroupWriter } from "./groups";
import type { Hours } from "./hours";
import { bucketsOf, encodeRollup } from "./rollup";
import { TICK_PARTS, TICK_SEQUENCE, type TickPart } from "./sample-batch";
import type { SampleRows } from "./sample-rows";
import { hourId } from "./schema";
import { GROUP_NODES, type HistorySettings, HOUR_MS } from "./settings";
import type { StatIds } from "./stat-ids";

/** Sweeps read, sweeps unpacked, groups packed and rows written between two yields. */
const READ = 32;
const UNPACK = 64;
const PACK = 8;
const WRITE = 64;

export interface HistoryFile {
  readonly connection: Connection;
  readonly names: StatIds;
  readonly hours: Hours;
  readonly ticks: SampleRows;
}

/** Compacts the sweeps of `hour` that count now. A sweep that comes later stays a row of `tick`. */
export function* compactHour(file: HistoryFile, hour: number, settings: HistorySettings): Task<void> {
  const times = file.ticks.between(hour * HOUR_MS, (hour + 1) * HOUR_MS);
  const kinds = kindsOf(file.names, settings);
  clearHour(file.connection, hour);
  for (let part = 0; part < TICK_PARTS; part++) {
    const rows = yield* readPart(file.ticks, times, part);
    const grid = new Grid(rows, times.length);
    for (const metric of file.names.all()) {
      if (metric.id % TICK_PARTS !== part) continue;
      if (!(yield* fillGrid(grid, rows, metric.id, metric.scale))) continue;
      const columns = packMetric(grid, hour, times, kinds.get(metric.id) ?? "counter", metric.scale);
      yield* writeRows(file.connection, hour, metric.id, yield* columns);
    }
  }
  file.hours.add(hour, times);
  file.ticks.discard(times);
}

/** Kind by metric number; a stat the catalogue has lost is rolled up as what it was: unknown, so as a sum. */
function kindsOf(names: StatIds, settings: HistorySettings): Map<number, "counter" | "gauge"> {
  const kinds = new Map<number, "counter" | "gauge">();
  for (const [index, stat] of settings.stats.entries()) {
    const metric = names.metrics[index];
    if (metric !== undefined) kinds.set(metric.id, stat.kind);
  }
  return kinds;
}

/** Removes what an interrupted compaction of this hour has left. */
function clearHour(connection: Connection, hour: number): void {
  for (const table of ["raw", "rollup"]) {
    command(connection, `DELETE FROM ${table} WHERE id >= ? AND id < ?`).run(hourId(hour), hourId(hour + 1));
  }
}

function* readPart(ticks: SampleRows, times: readonly number[], part: number): Task<(TickPart | null)[]> {
  const rows: (TickPart | null)[] = [];
  for (const [index, at] of times.entries()) {
    rows.push(ticks.read(at, part));
    if (index % READ === READ - 1) yield;
  }
  return rows;
}

/** One metric's values over an hour: for each group 20 runs, one per node, of a value per sweep. */
class Grid {
  readonly groups: readonly number[];
  readonly values: Float64Array;
  private readonly places = new Map<Int32Array, Int32Array>();

  constructor(
    rows: readonly (TickPart | null)[],
    readonly length: number,
  ) {
    const lists = new Set(rows.flatMap((row) => (row === null ? [] : [row.nodes])));
    const groups = new Set<number>();
    for (const nodes of lists) for (const node of nodes) groups.add(Math.floor(node / GROUP_NODES));
    this.groups = [...groups].sort((a, b) => a - b);
    const order = new Map(this.groups.map((group, index) => [group, index]));
    for (const nodes of lists) {
      const place = (node: number) =>
        ((order.get(Math.floor(node / GROUP_NODES)) as number) * GROUP_NODES + (node % GROUP_NODES)) * length;
      this.places.set(nodes, nodes.map(place));
    }
    this.values = new Float64Array(this.groups.length * GROUP_NODES * length);
  }

  /** Where each row of a sweep over these nodes begins. */
  placesOf(nodes: Int32Array): Int32Array {
    return this.places.get(nodes) as Int32Array;
  }

  group(index: number): Float64Array {
    const size = GROUP_NODES * this.length;
    return this.values.subarray(index * size, (index + 1) * size);
  }
}

/** False when no sweep of the hour has the metric. */
function* fillGrid(
  grid: Grid,
  rows: readonly (TickPart | null)[],
  metric: number,
  scale: number | null,
): Task<boolean> {
  if (!rows.some((row) => row?.has(metric) === true)) return false;
  grid.values.fill(Number.NaN);
  let column = new Float64Array(0);
  for (const [index, row] of rows.entries()) {
    const bytes = row?.column(metric);
    if (row == null || bytes === undefined) continue;
    const count = row.nodes.length;
    if (column.length < count) column = new Float64Array(count);
    decodeColumn(bytes, column, count, TICK_SEQUENCE, scale);
    const places = grid.placesOf(row.nodes);
    for (let node = 0; node < count; node++) {
      grid.values[(places[node] as number) + index] = column[node] as number;
    }
    if (index % UNPACK === UNPACK - 1) yield;
  }
  return true;
}

interface MetricColumns {
  readonly raw: GroupWriter;
  readonly rollup: GroupWriter;
}

function* packMetric(
  grid: Grid,
  hour: number,
  times: readonly number[],
  kind: "counter" | "gauge",
  scale: number | null,
): Task<MetricColumns> {
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

function* writeRows(
  connection: Connection,
  hour: number,
  metric: number,
  columns: MetricColumns,
): Task<void> {
  for (const table of ["raw", "rollup"] as const) {
    const insert = command(connection, `INSERT INTO ${table} (id, columns) VALUES (?, ?)`);
    const rows = columns[table].finish(hour, metric);
    for (let start = 0; start < rows.length; start += WRITE) {
      transaction(connection, () => {
        for (const row of rows.slice(start, start + WRITE)) insert.run(row.id, row.bytes);
      });
      yield;
    }
  }
}
