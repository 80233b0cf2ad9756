"use client";
import { useMemo } from "react";
import { useLocale, useTimeZone } from "use-intl";
import * as format from "@/lib/model/format";

/** `lib/model/format` in the user's language and time zone. */
export function useFormat() {
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  return useMemo(
    () => ({
      locale,
      timeZone,
      bytes: (value: format.FormattedValue) => format.formatBytes(value, locale),
      bytesOf: (part: format.FormattedValue, whole: format.FormattedValue) =>
        format.formatBytesOf(part, whole, locale),
      byteRate: (value: format.FormattedValue) => format.formatByteRate(value, locale),
      count: (value: format.FormattedValue) => format.formatCount(value, locale),
      integer: (value: format.FormattedValue) => format.formatInteger(value, locale),
      exact: (value: format.FormattedValue) => format.formatExact(value, locale),
      rate: (value: format.FormattedValue) => format.formatRate(value, locale),
      ratio: (value: format.FormattedValue, decimals?: number) => format.formatRatio(value, locale, decimals),
      points: (value: format.FormattedValue) => format.formatPoints(value, locale),
      change: (value: format.FormattedValue) => format.formatChange(value, locale),
      duration: (seconds: format.FormattedValue, parts?: 1 | 2) =>
        format.formatDuration(seconds, locale, parts),
      milliseconds: (value: format.FormattedValue) => format.formatMilliseconds(value, locale),
      age: (seconds: format.FormattedValue) => format.formatAge(seconds, locale),
      iso: format.formatIso,
      instant: (atMs: number, show?: "time" | "timeSeconds" | "dateTime" | "date") =>
        format.formatInstant(atMs, locale, timeZone, show),
    }),
    [locale, timeZone],
  );
}
