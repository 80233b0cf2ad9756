/**
 * Derived metrics: what `/api/v1/series` offers beside the stats of the server, each defined once.
 *
 * A ratio is divided once, from sums; it is never stored and never averaged.
 */

import { STATS, type Stat, slotOf } from "@/lib/catalogue/stats";
import type { SeriesUnit } from "@/lib/model/series.schema";
import { ratio } from "./ratio";

/**
 * - `ratio`: sum of `over` divided by sum of `under`; null when the divisor is 0.
 * - `rate`: sum of the counters' differences per elapsed second.
 * - `level`: sum of gauges.
 * `scale` turns the stat's unit into the series' unit.
 */
export interface Metric {
  readonly name: string;
  readonly unit: SeriesUnit;
  readonly form: "ratio" | "rate" | "level";
  readonly over: readonly string[];
  readonly under: readonly string[];
  readonly scale: number;
  readonly en: string;
  readonly ja: string;
}

type Row = readonly [string, SeriesUnit, Metric["form"], string, string, string, string];

const ROWS: readonly Row[] = [
  ["hit_ratio", "ratio", "ratio", "get_hits", "get_hits get_misses", "Share of gets that found an item", "アイテムが見つかった get の割合"],
  ["memory_use", "ratio", "ratio", "bytes", "limit_maxbytes", "Memory used by items, relative to the limit", "アイテムの使用メモリと上限の比"],
  ["connection_use", "ratio", "ratio", "curr_connections", "max_connections", "Open connections, relative to the limit", "接続数と上限の比"],
  ["gets", "perSecond", "rate", "cmd_get", "", "Keys requested per second", "毎秒の get キー数"],
  ["sets", "perSecond", "rate", "cmd_set", "", "Storage commands per second", "毎秒の保存コマンド数"],
  ["hits", "perSecond", "rate", "get_hits", "", "Gets per second that found an item", "毎秒のヒット数"],
  ["misses", "perSecond", "rate", "get_misses", "", "Gets per second that found nothing", "毎秒のミス数"],
  ["deletes", "perSecond", "rate", "delete_hits delete_misses", "", "Deletes per second", "毎秒の delete 数"],
  ["connections_opened", "perSecond", "rate", "total_connections", "", "Connections accepted per second", "毎秒の新規接続数"],
  ["cpu_user", "cores", "rate", "rusage_user", "", "Processor cores busy in user mode", "ユーザーモードで使った CPU コア数"],
  ["cpu_system", "cores", "rate", "rusage_system", "", "Processor cores busy in the kernel", "カーネルモードで使った CPU コア数"],
];

/** Every derived metric, in the order of the catalogue. */
export const DERIVED_METRICS: readonly Metric[] = ROWS.map(([name, unit, form, over, under, en, ja]) => ({
  name,
  unit,
  form,
  over: over.split(" "),
  under: under === "" ? [] : under.split(" "),
  scale: 1,
  en,
  ja,
}));

const BY_NAME: ReadonlyMap<string, Metric> = new Map([
  ...STATS.flatMap((stat) => (stat.kind === "info" ? [] : [[stat.name, fromStat(stat)] as const])),
  ...DERIVED_METRICS.map((metric) => [metric.name, metric] as const),
]);

/** The metric of that name: a derived one, a counter as its rate, or a gauge. Undefined when unknown. */
export function metricOf(name: string): Metric | undefined {
  return BY_NAME.get(name);
}

/** Every name `metricOf` knows. */
export function metricNames(): string[] {
  return [...BY_NAME.keys()];
}

function fromStat(stat: Stat): Metric {
  const form = stat.kind === "counter" ? "rate" : "level";
  const scale = stat.unit === "microseconds" ? 1e-6 : 1;
  return {
    name: stat.name,
    unit: unitOf(stat),
    form,
    over: [stat.name],
    under: [],
    scale,
    en: stat.en,
    ja: stat.ja,
  };
}

/** Unit of a stat's series: counters per second, gauges unchanged. Seconds per second are cores. */
function unitOf(stat: Stat): SeriesUnit {
  if (stat.kind === "counter") {
    if (stat.unit === "bytes") return "bytesPerSecond";
    if (stat.unit === "seconds") return "cores";
    return stat.unit === "microseconds" ? "ratio" : "perSecond";
  }
  if (stat.unit === "bytes") return "bytes";
  return stat.unit === "microseconds" || stat.unit === "seconds" ? "seconds" : "count";
}

/** The stats a metric is computed from, each once. */
export function statsNeeded(metrics: readonly Metric[]): string[] {
  const names = new Set(metrics.flatMap((metric) => [...metric.over, ...metric.under]));
  for (const name of names) {
    if (slotOf(name) === undefined) throw new Error(`metric needs ${name}, which the stat catalogue lacks`);
  }
  return [...names];
}

/**
 * One point of a metric.
 *
 * @param sum sum of a stat in the bucket: differences of a counter, level of a gauge; NaN when unknown
 * @param perSecond rate of a counter in the bucket, per second; NaN when unknown
 * @returns the value in the metric's unit; null when it was not observed
 */
export function pointOf(metric: Metric, sum: (stat: string) => number, perSecond: (stat: string) => number): number | null {
  if (metric.form === "ratio") {
    return ratio(total(metric.over, sum), total(metric.under, sum));
  }
  const value = total(metric.over, metric.form === "rate" ? perSecond : sum);
  return finite(value * metric.scale);
}

function total(names: readonly string[], read: (stat: string) => number): number {
  let sum = 0;
  for (const name of names) sum += read(name);
  return sum;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
