/**
 * Figures as an operator reads them. Pure; the language is an argument.
 *
 * What is not reported (`null`, `undefined`, NaN) is an en dash, never 0. Units stand after a no-break space.
 */

/** A figure that may not be reported. */
export type FormattedValue = number | null | undefined;

export const ABSENT = "–";
const NBSP = "\u00a0";

const formatters = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.NumberFormat(locale, options);
    formatters.set(key, formatter);
  }
  return formatter;
}

function reported(value: FormattedValue): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** Three significant digits, as "1.21", "48.2" or "412". */
function threeDigits(value: number, locale: string): string {
  const size = Math.abs(value);
  const decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return numberFormat(locale, { maximumFractionDigits: decimals, minimumFractionDigits: 0 }).format(value);
}

function scaled(value: number, base: number, units: readonly string[]): { value: number; unit: string } {
  let step = 0;
  let rest = value;
  // 999.5 would be shown as 1,000 of this unit: the next one reads better.
  while (step < units.length - 1 && Math.abs(rest) >= (base === 1000 ? 999.5 : 1023.5)) {
    rest /= base;
    step += 1;
  }
  return { value: rest, unit: units[step] ?? "" };
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** Bytes in IEC units: 67108864 is "64 MiB". */
export function formatBytes(bytes: FormattedValue, locale: string): string {
  if (!reported(bytes)) return ABSENT;
  const { value, unit } = scaled(bytes, 1024, BYTE_UNITS);
  return `${threeDigits(value, locale)}${NBSP}${unit}`;
}

/** Bytes per second in IEC units: "1.5 MiB/s". */
export function formatByteRate(bytesPerSecond: FormattedValue, locale: string): string {
  return reported(bytesPerSecond) ? `${formatBytes(bytesPerSecond, locale)}/s` : ABSENT;
}

/** `part` of `whole` in the unit of the larger one: "412" and "512 GiB", so that both can be compared. */
export function formatBytesOf(
  part: FormattedValue,
  whole: FormattedValue,
  locale: string,
): { part: string; whole: string } {
  if (!reported(whole) || !reported(part)) {
    return { part: formatBytes(part, locale), whole: formatBytes(whole, locale) };
  }
  const { unit } = scaled(Math.max(whole, part), 1024, BYTE_UNITS);
  const divisor = 1024 ** Math.max(0, BYTE_UNITS.indexOf(unit as (typeof BYTE_UNITS)[number]));
  return {
    part: threeDigits(part / divisor, locale),
    whole: `${threeDigits(whole / divisor, locale)}${NBSP}${unit}`,
  };
}

/** The exact number with its digits grouped: "67,108,864". */
export function formatInteger(value: FormattedValue, locale: string): string {
  return reported(value) ? numberFormat(locale, { maximumFractionDigits: 0 }).format(value) : ABSENT;
}

/** The exact number as reported, for a tooltip: digits grouped, decimals kept. */
export function formatExact(value: FormattedValue, locale: string): string {
  return reported(value) ? numberFormat(locale, { maximumFractionDigits: 6 }).format(value) : ABSENT;
}

/** A count: exact below 10,000, then with an SI prefix: "9,999", "48.2 k", "1.21 M". */
export function formatCount(value: FormattedValue, locale: string): string {
  if (!reported(value)) return ABSENT;
  if (Math.abs(value) < 9_999.5) return formatInteger(value, locale);
  const { value: rest, unit } = scaled(value, 1000, ["", "k", "M", "G", "T"]);
  return unit === "" ? threeDigits(rest, locale) : `${threeDigits(rest, locale)}${NBSP}${unit}`;
}

/** Something per second: like a count, but below 10 with decimals: "0.25", "31.2 k". */
export function formatRate(perSecond: FormattedValue, locale: string): string {
  if (!reported(perSecond)) return ABSENT;
  if (perSecond > 0 && perSecond < 0.01) return `<${NBSP}${threeDigits(0.01, locale)}`;
  return Math.abs(perSecond) < 99.95 ? threeDigits(perSecond, locale) : formatCount(perSecond, locale);
}

/**
 * A ratio 0..1 in per cent with `decimals` (default 1). Never rounded up to 100 % nor down to 0 %:
 * 0.9999 is "99.9%", because "100%" would hide that something missed.
 */
export function formatRatio(ratio: FormattedValue, locale: string, decimals = 1): string {
  if (!reported(ratio)) return ABSENT;
  const step = 10 ** (decimals + 2);
  let shown = Math.round(ratio * step) / step;
  if (shown === 1 && ratio < 1) shown = 1 - 1 / step;
  if (shown === 0 && ratio > 0) shown = 1 / step;
  return numberFormat(locale, {
    style: "percent",
    maximumFractionDigits: decimals,
    minimumFractionDigits: shown === 1 || shown === 0 ? 0 : decimals,
  }).format(shown);
}

/** A difference of two ratios in percentage points with its sign: "−1.8", "+0.4". */
export function formatPoints(difference: FormattedValue, locale: string): string {
  if (!reported(difference)) return ABSENT;
  const points = Math.round(difference * 1000) / 10;
  const text = numberFormat(locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(
    Math.abs(points),
  );
  return points === 0 ? text : `${points < 0 ? "\u2212" : "+"}${text}`;
}

/** A relative change with its sign: 0.04 is "+4%". */
export function formatChange(ratio: FormattedValue, locale: string): string {
  if (!reported(ratio)) return ABSENT;
  return numberFormat(locale, { style: "percent", maximumFractionDigits: 0, signDisplay: "exceptZero" })
    .format(ratio)
    .replace("-", "\u2212");
}

const DURATION_UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/**
 * A duration in seconds in its largest unit, with the next smaller one unless `parts` is 1: "18d 4h",
 * "3m 50s", "3 分 50 秒". Below one second: milliseconds.
 */
export function formatDuration(seconds: FormattedValue, locale: string, parts: 1 | 2 = 2): string {
  if (!reported(seconds)) return ABSENT;
  if (seconds > 0 && seconds < 1) return formatMilliseconds(seconds * 1000, locale);
  const wholeSeconds = Math.floor(Math.max(0, seconds));
  const first = DURATION_UNITS.findIndex(([, size]) => wholeSeconds >= size);
  if (first === -1) return unit(0, "second", locale);
  const [name, size] = DURATION_UNITS[first] ?? DURATION_UNITS[3];
  const head = unit(Math.floor(wholeSeconds / size), name, locale);
  const next = DURATION_UNITS[first + 1];
  if (parts === 1 || next === undefined) return head;
  const rest = Math.floor((wholeSeconds % size) / next[1]);
  return rest === 0 ? head : `${head} ${unit(rest, next[0], locale)}`;
}

function unit(value: number, name: string, locale: string): string {
  // Narrow Japanese would be Latin letters; short is "3 分".
  const unitDisplay = locale.startsWith("ja") ? "short" : "narrow";
  return numberFormat(locale, { style: "unit", unit: name, unitDisplay }).format(value);
}

/** Milliseconds: "0.42 ms", "12 ms", from one second on "1.2 s". */
export function formatMilliseconds(milliseconds: FormattedValue, locale: string): string {
  if (!reported(milliseconds)) return ABSENT;
  return Math.abs(milliseconds) >= 1000
    ? `${threeDigits(milliseconds / 1000, locale)}${NBSP}s`
    : `${threeDigits(milliseconds, locale)}${NBSP}ms`;
}

/** A point in time as ISO 8601 in UTC, to the second: what a hover text shows. */
export function formatIso(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** A point in time in a zone: the time alone, or with its date when `withDate`. */
export function formatInstant(
  atMs: number,
  locale: string,
  timeZone: string,
  show: "time" | "timeSeconds" | "dateTime" | "date" = "dateTime",
): string {
  const date = { month: "short", day: "numeric" } as const;
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const options: Intl.DateTimeFormatOptions =
    show === "time"
      ? time
      : show === "timeSeconds"
        ? { ...time, second: "2-digit" }
        : show === "date"
          ? date
          : { ...date, ...time };
  return dateFormat(locale, timeZone, options).format(atMs);
}

const dateFormatters = new Map<string, Intl.DateTimeFormat>();

function dateFormat(
  locale: string,
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${JSON.stringify(options)}`;
  let formatter = dateFormatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(locale, { ...options, timeZone });
    dateFormatters.set(key, formatter);
  }
  return formatter;
}

/** How long ago, in the largest unit: "12s ago", "12 秒前". The future reads as now. */
export function formatAge(seconds: FormattedValue, locale: string): string {
  if (!reported(seconds)) return ABSENT;
  const wholeSeconds = Math.max(0, Math.round(seconds));
  const [name, size] = DURATION_UNITS.find(([, length]) => wholeSeconds >= length) ?? DURATION_UNITS[3];
  return new Intl.RelativeTimeFormat(locale, { style: "narrow", numeric: "always" }).format(
    -Math.floor(wholeSeconds / size),
    name,
  );
}
