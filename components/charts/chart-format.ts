/** Values of a series in words. */

import {
  ABSENT,
  type FormattedValue,
  formatByteRate,
  formatBytes,
  formatCount,
  formatDuration,
  formatExact,
  formatMilliseconds,
  formatRate,
  formatRatio,
} from "@/lib/model/format";
import type { SeriesUnit } from "@/lib/model/series.schema";

/** A value with its unit: `68.4%`, `3.96 GiB`, `412/s`, `0.42 ms`. Not reported: an en dash. */
export function formatValue(value: FormattedValue, unit: SeriesUnit, locale: string): string {
  if (value === null || value === undefined) return ABSENT;
  switch (unit) {
    case "ratio":
      return formatRatio(value, locale);
    case "bytes":
      return formatBytes(value, locale);
    case "bytesPerSecond":
      return formatByteRate(value, locale);
    case "seconds":
      return value < 1 ? formatMilliseconds(value * 1000, locale) : formatDuration(value, locale);
    case "cores":
      // As top(1) writes it: 100% is one core.
      return formatRatio(value, locale);
    case "perSecond":
      return `${formatRate(value, locale)}/s`;
    case "count":
      return formatCount(value, locale);
  }
}

/** The same without loss, for a title on hover. */
export function formatUnrounded(value: FormattedValue, unit: SeriesUnit, locale: string): string {
  const number = formatExact(value, locale);
  if (number === ABSENT) return number;
  return unit === "bytes" ? `${number} B` : unit === "bytesPerSecond" ? `${number} B/s` : number;
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/**
 * Labels of a value axis, all in the unit of the greatest tick, so that they can be compared by eye. Zero is
 * written without a unit.
 */
export function axisLabels(ticks: readonly number[], unit: SeriesUnit, locale: string): Map<number, string> {
  const { divisor, suffix } = axisScale(Math.max(0, ...ticks), unit);
  const percent = unit === "ratio" || unit === "cores";
  const number = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });
  return new Map(
    ticks.map((tick) => {
      const text = number.format(tick / divisor);
      if (percent) return [tick, `${text}%`];
      // A no-break space: the chart library breaks a label at any other.
      return [tick, tick === 0 || suffix === "" ? text : `${text}\u00a0${suffix}`];
    }),
  );
}

function axisScale(greatest: number, unit: SeriesUnit): { divisor: number; suffix: string } {
  if (unit === "ratio" || unit === "cores") return { divisor: 0.01, suffix: "%" };
  if (unit === "bytes" || unit === "bytesPerSecond") {
    const power = powerOf(greatest, 1024, BYTE_UNITS.length - 1);
    return { divisor: 1024 ** power, suffix: BYTE_UNITS[power] as string };
  }
  if (unit === "seconds") {
    if (greatest < 1e-3) return { divisor: 1e-6, suffix: "µs" };
    return greatest < 1 ? { divisor: 1e-3, suffix: "ms" } : { divisor: 1, suffix: "s" };
  }
  const power = greatest < 10_000 ? 0 : powerOf(greatest, 1000, 4);
  return { divisor: 1000 ** power, suffix: ["", "k", "M", "G", "T"][power] as string };
}

function powerOf(value: number, base: number, most: number): number {
  if (value < base) return 0;
  return Math.min(most, Math.floor(Math.log(value) / Math.log(base) + 1e-9));
}
