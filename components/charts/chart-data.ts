/** What a chart draws, whatever its source: lines over the same buckets, and the events in between. */
import type { Marker, Series, SeriesUnit } from "@/lib/model/series.schema";
import type { NodeTone } from "./lines/node-tone";

/** Colour of a line, a token of the theme: of metrics and aggregates, and of nodes. */
export const TONES = ["s1", "s2", "s3", "s4", "s5", "s6"] as const;
export type Tone = (typeof TONES)[number] | NodeTone;

/** How lines of one colour differ: the n-th of them, by label, is drawn with the n-th pattern of SVG's `stroke-dasharray`. */
const DASHES = [null, "7 3", "2 2", "9 3 2 3"] as const;
export type Dash = (typeof DASHES)[number];

export interface ChartLine {
  /** Unique within the chart. */
  readonly key: string;
  readonly label: string;
  readonly metric: string;
  /** Null for an aggregate. */
  readonly node: string | null;
  readonly tone: Tone;
  /** Null: solid. */
  readonly dash: Dash;
  /** Filled down to zero. */
  readonly area: boolean;
  /** The value to show when the cursor is elsewhere; undefined: the newest of `values`. */
  readonly current?: number | null | undefined;
  /** One per bucket of `atMs`; null where nothing was observed. */
  readonly values: readonly (number | null)[];
}

/** A limit, drawn as a dashed horizontal line. */
export interface ChartLimit {
  readonly value: number;
  readonly label: string;
}

export interface ChartData {
  readonly unit: SeriesUnit;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** The poll interval. A sample is stored at the end of its interval. */
  readonly intervalMs: number;
  /** Start of each bucket, Unix milliseconds, ascending. */
  readonly atMs: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly limits: readonly ChartLimit[];
  readonly markers: readonly Marker[];
}

/** How one row of a series reply is shown. */
export interface LineStyle {
  readonly label: string;
  readonly tone?: Tone;
  readonly area?: boolean;
  /** The value to show for it now, when that is not its newest one: see `presentValue`. */
  readonly current?: number | null | undefined;
}

/** A row of a series reply, for choosing its style. */
export type SeriesRow = Series["series"][number];

/**
 * Joins replies over one time range into one chart. `styleOf` names each row; null leaves it out (a limit
 * that is drawn as a line of its own, for instance). Replies may be offset by a bucket: what one lacks is
 * null there. `intervalMs` is the poll interval.
 */
export function chartData(
  replies: readonly Series[],
  styleOf: (row: SeriesRow, index: number) => LineStyle | null,
  limits: readonly ChartLimit[] = [],
  intervalMs = 0,
): ChartData | null {
  const first = replies[0];
  if (!first) return null;
  const atMs = mergedTimes(replies);
  const lines: ChartLine[] = [];
  let index = 0;
  for (const reply of replies) {
    const position = new Map(reply.atMs.map((at, bucket) => [at, bucket]));
    for (const row of reply.series) {
      const style = styleOf(row, index++);
      if (!style) continue;
      lines.push({
        key: `line${lines.length}`,
        label: style.label,
        metric: row.metric,
        node: row.node,
        tone: style.tone ?? (TONES[lines.length % TONES.length] as Tone),
        dash: null,
        area: style.area ?? false,
        current: style.current,
        values: atMs.map((at) => row.values[position.get(at) ?? -1] ?? null),
      });
    }
  }
  const dashes = dashesOf(lines);
  return {
    unit: first.unit,
    fromMs: Math.min(...replies.map((reply) => reply.fromMs)),
    toMs: Math.max(...replies.map((reply) => reply.toMs)),
    stepMs: first.stepMs,
    intervalMs,
    atMs,
    lines: lines.map((line, position) => ({ ...line, dash: dashes[position] ?? null })),
    limits,
    markers: mergedMarkers(replies),
  };
}

/** A pattern for each line, so that two of one colour can be told apart. */
export function dashesOf(lines: readonly Pick<ChartLine, "tone" | "label">[]): Dash[] {
  return lines.map((line) => {
    const before = lines.filter(({ tone, label }) => tone === line.tone && label < line.label).length;
    return DASHES[before % DASHES.length] ?? null;
  });
}

/** Buckets at the end of a time range whose values still count as current. */
const PRESENT_BUCKETS = 3;

/**
 * Newest value of a line and its bucket; null when it has none. `present` is false when the last buckets of
 * the time range are empty: the value is then the last observed one, not the current one.
 */
export function latestValue(
  line: Pick<ChartLine, "values">,
): { readonly value: number; readonly index: number; readonly present: boolean } | null {
  const index = line.values.findLastIndex((value) => value !== null);
  const value = line.values[index];
  if (value === null || value === undefined) return null;
  return { value, index, present: index >= line.values.length - PRESENT_BUCKETS };
}

/** Newest number of a row; null when it has none. */
export function newestValue(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

/** Greatest number of a row; null when it has none. */
export function greatestValue(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (most, value) => (value === null ? most : most === null ? value : Math.max(most, value)),
    null,
  );
}

function mergedTimes(replies: readonly Series[]): readonly number[] {
  const first = replies[0]?.atMs ?? [];
  const same = replies.every((reply) => reply.atMs.length === first.length && reply.atMs[0] === first[0]);
  if (same) return first;
  return [...new Set(replies.flatMap((reply) => reply.atMs))].sort((a, b) => a - b);
}

function mergedMarkers(replies: readonly Series[]): Marker[] {
  const markers = new Map<string, Marker>();
  for (const reply of replies) {
    for (const marker of reply.markers) markers.set(`${marker.atMs} ${marker.kind} ${marker.node}`, marker);
  }
  return [...markers.values()].sort((a, b) => a.atMs - b.atMs);
}
