/** Domains and ticks of the axes. */
import type { SeriesUnit } from "@/lib/model/series.schema";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "@/lib/model/time";
import type { ChartData } from "./chart-data";

export interface Axis {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

const HIGHEST_RATIO_START = 0.75;

/** Distance of the ticks by where the axis starts. */
const RATIO_STEPS: ReadonlyMap<number, number> = new Map([
  [0.75, 0.05],
  [0.5, 0.25],
  [0.25, 0.25],
]);

/**
 * The value axis. A ratio's axis ends at 100 % and starts at the smallest value rounded down to a quarter, so
 * that a drop of one percentage point never appears as a collapse; every other axis starts at 0 and includes the
 * limits.
 */
export function valueAxis(
  data: Pick<ChartData, "unit" | "lines" | "limits">,
  hidden: ReadonlySet<string>,
): Axis {
  const values = data.lines
    .filter((line) => !hidden.has(line.key))
    .flatMap((line) => line.values.filter((v) => v !== null));
  const limits = data.limits.map((limit) => limit.value);
  if (data.unit === "ratio") return ratioAxis(values, limits);
  const greatest = [...values, ...limits].reduce((most, value) => Math.max(most, value), 0);
  return amountAxis(greatest, Math.max(0, ...limits), data.unit);
}

function ratioAxis(values: readonly number[], limits: readonly number[]): Axis {
  const least = values.reduce((low, value) => Math.min(low, value), 1);
  const most = [...values, ...limits].reduce((high, value) => Math.max(high, value), 1);
  const start = Math.max(0, Math.min(HIGHEST_RATIO_START, Math.floor(least * 4) / 4));
  const end = most > 1 ? Math.ceil(most * 10) / 10 : 1;
  const step = RATIO_STEPS.get(start) ?? 0.5;
  const ticks = Array.from(
    { length: Math.floor((end - start) / step + 1e-9) + 1 },
    (_, index) => start + index * step,
  );
  return { domain: [start, end], ticks: ticks.map((tick) => Math.round(tick * 1e6) / 1e6) };
}

/** Room above a limit for its label, as a share of the axis. */
const HEADROOM = 1.1;

/** Below this an axis has no round steps left; no value of a node is that small without being 0. */
const SMALLEST = 1e-9;

function amountAxis(greatest: number, limit: number, unit: SeriesUnit): Axis {
  const base = unit === "bytes" || unit === "bytesPerSecond" ? 1024 : 1000;
  const integers = unit === "count";
  const top = greatest > SMALLEST ? greatest : base === 1024 ? 1024 : 1;
  const step = niceStep(top / 2, base, integers);
  const end =
    limit > 0 && limit >= greatest ? limit * HEADROOM : Math.max(Math.ceil(top / step - 1e-9), 1) * step;
  const count = Math.floor(end / step + 1e-9);
  return { domain: [0, end], ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

/** The largest round step not above `most`: 1, 2 or 5 times a power of ten, or a power of two of bytes. */
function niceStep(most: number, base: number, integers: boolean): number {
  if (base === 1024) return 2 ** Math.floor(Math.log2(most) + 1e-9);
  const power = 10 ** Math.floor(Math.log10(most) + 1e-9);
  const factor = [5, 2, 1].find((candidate) => candidate * power <= most * (1 + 1e-9)) ?? 1;
  return integers ? Math.max(1, factor * power) : factor * power;
}

const TIME_STEPS = [
  1_000,
  2_000,
  5_000,
  10_000,
  15_000,
  30_000,
  MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  15 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
  14 * DAY_MS,
  28 * DAY_MS,
];

export type TimePrecision = "second" | "minute" | "day";

/**
 * Round wall-clock instants of `timeZone` within the window, at most `most` of them, and how precisely they
 * need to be written. Days start at the zone's midnight, also across a change of its offset.
 */
export function timeTicks(
  fromMs: number,
  toMs: number,
  timeZone: string,
  most = 5,
): { readonly ticks: readonly number[]; readonly precision: TimePrecision } {
  const durationMs = toMs - fromMs;
  const step =
    TIME_STEPS.find((candidate) => durationMs / candidate <= most) ??
    Math.ceil(durationMs / most / DAY_MS) * DAY_MS;
  const ticks: number[] = [];
  const start = Math.ceil((fromMs + zoneOffsetMs(fromMs, timeZone)) / step) * step;
  for (let wall = start; ; wall += step) {
    const at = fromWall(wall, timeZone);
    if (at > toMs) break;
    if (at >= fromMs) ticks.push(at);
  }
  return { ticks, precision: step >= DAY_MS ? "day" : step >= MINUTE_MS ? "minute" : "second" };
}

/** The instant at which clocks of the zone show `wallMs` (as if it were UTC). */
function fromWall(wallMs: number, timeZone: string): number {
  const guess = wallMs - zoneOffsetMs(wallMs, timeZone);
  return wallMs - zoneOffsetMs(guess, timeZone);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the zone's clocks are ahead of UTC at that instant, in milliseconds. */
export function zoneOffsetMs(atMs: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timeZone, format);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(atMs)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
}
