/**
 * Rows for the chart library, from buckets.
 *
 * A bucket is drawn where its newest observation lies: a gauge is the newest level in it and a rate is what
 * led up to it. A sample is stored at the end of its poll interval, so the newest observation of a bucket is
 * one interval before its end. Drawn there, the bucket in which a node restarted lies after the restart's
 * marker, and the one before it lies before.
 */
import type { Marker } from "@/lib/model/series.schema";
import type { ChartData, ChartLine } from "./chart-data";

/** `atMs` and one number or null per line key; the unfinished bucket is under `openKey(key)`. */
export type ChartRow = { readonly atMs: number } & { readonly [key: string]: number | null };

/** A value with nothing on either side: no line can show it. */
export interface LonePoint {
  readonly key: string;
  readonly atMs: number;
  readonly value: number;
}

export interface ChartRows {
  readonly rows: readonly ChartRow[];
  readonly lone: readonly LonePoint[];
  /** Whether the newest bucket is still filling. */
  readonly unfinished: boolean;
}

/** Key of a line's dashed last segment. */
export function openKey(key: string): string {
  return `${key}:open`;
}

/** Where each bucket is drawn, Unix milliseconds. The unfinished one is drawn at `nowMs`. */
export function drawnTimes(data: Pick<ChartData, "atMs" | "stepMs" | "intervalMs">, nowMs: number): number[] {
  return data.atMs.map((at) => Math.max(at, Math.min(endOf(data, at), nowMs)));
}

function endOf(data: Pick<ChartData, "stepMs" | "intervalMs">, atMs: number): number {
  return atMs + Math.max(0, data.stepMs - data.intervalMs);
}

/**
 * Shapes rows: gaps stay null, a line is broken where its node restarted or had its counters reset, and a
 * newest bucket that is still filling at `nowMs` moves to the dashed key together with the point before it.
 */
export function chartRows(data: ChartData, nowMs: number): ChartRows {
  const times = drawnTimes(data, nowMs);
  const last = times.length - 1;
  const unfinished = last >= 0 && endOf(data, data.atMs[last] as number) > nowMs;
  const breaks = data.lines.map((line) => breaksOf(line, data.markers, times));
  const rows: ChartRow[] = [];
  times.forEach((atMs, index) => {
    const cut = breaks.some((set) => set.has(index));
    if (cut) rows.push(breakRow(data.lines, breaks, times, index, unfinished && index === last));
    rows.push(bucketRow(data.lines, atMs, index, last, unfinished));
  });
  return { rows, lone: lonePoints(data.lines, rows), unfinished };
}

function bucketRow(
  lines: readonly ChartLine[],
  atMs: number,
  index: number,
  last: number,
  unfinished: boolean,
): ChartRow {
  const row: Record<string, number | null> = { atMs };
  for (const line of lines) {
    const value = line.values[index] ?? null;
    const open = unfinished && index === last;
    row[line.key] = open ? null : value;
    if (unfinished && index >= last - 1) row[openKey(line.key)] = value;
  }
  return row as ChartRow;
}

/** Between buckets `index - 1` and `index`: null on lines that break, interpolated on the others. */
function breakRow(
  lines: readonly ChartLine[],
  breaks: readonly ReadonlySet<number>[],
  times: readonly number[],
  index: number,
  open: boolean,
): ChartRow {
  const row: Record<string, number | null> = {
    atMs: ((times[index - 1] as number) + (times[index] as number)) / 2,
  };
  lines.forEach((line, position) => {
    const before = line.values[index - 1] ?? null;
    const after = line.values[index] ?? null;
    const passes = !breaks[position]?.has(index) && before !== null && after !== null;
    row[open ? openKey(line.key) : line.key] = passes ? (before + after) / 2 : null;
  });
  return row as ChartRow;
}

/** Nothing before such a marker can be compared with what follows. */
const BREAKING: ReadonlySet<Marker["kind"]> = new Set(["restart", "moved", "reset"]);

/**
 * Indexes of the buckets before which the line is broken. An aggregate is not broken: its other nodes
 * continued.
 */
function breaksOf(
  line: ChartLine,
  markers: readonly Marker[],
  times: readonly number[],
): ReadonlySet<number> {
  const breaks = new Set<number>();
  if (line.node === null) return breaks;
  for (const marker of markers) {
    if (marker.node !== line.node || !BREAKING.has(marker.kind)) continue;
    const after = firstAtOrAfter(times, marker.atMs);
    if (after > 0 && after < times.length) breaks.add(after);
  }
  return breaks;
}

function lonePoints(lines: readonly ChartLine[], rows: readonly ChartRow[]): LonePoint[] {
  const lone: LonePoint[] = [];
  for (const { key } of lines) {
    const open = openKey(key);
    const drawn = (index: number) => rows[index]?.[key] ?? rows[index]?.[open] ?? null;
    rows.forEach((row, index) => {
      const value = drawn(index);
      if (value === null || drawn(index - 1) !== null || drawn(index + 1) !== null) return;
      lone.push({ key, atMs: row.atMs, value });
    });
  }
  return lone;
}

/** Index of the first time at or after `atMs`; the length when there is none. Times ascend. */
export function firstAtOrAfter(times: readonly number[], atMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the time nearest to `atMs`; -1 when there are no times. */
export function nearestIndex(times: readonly number[], atMs: number): number {
  if (times.length === 0) return -1;
  const after = Math.min(firstAtOrAfter(times, atMs), times.length - 1);
  if (after === 0) return 0;
  const before = after - 1;
  return atMs - (times[before] as number) < (times[after] as number) - atMs ? before : after;
}
