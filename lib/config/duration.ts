import { DAY_MS, HOUR_MS } from "@/lib/model/time";

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: HOUR_MS,
  d: DAY_MS,
};

/**
 * Milliseconds of a duration such as `500ms`, `10s`, `2m`, `24h` or `90d`; null for anything else. The unit is
 * required, because a bare number could be seconds or milliseconds.
 */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ""];
  return match === null || unit === undefined ? null : Number(match[1]) * unit;
}

/** The shortest exact notation of whole milliseconds: 90000 is `90s`, 86400000 is `1d`. */
export function formatDuration(ms: number): string {
  for (const unit of ["d", "h", "m", "s"]) {
    const size = UNITS[unit] ?? 1;
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}
