"use client";
import { useMemo } from "react";
import { useLocale, useTimeZone } from "use-intl";
import * as format from "@/lib/model/format";

/** `lib/model/format` in the reader's language and time zone. */
export function useFormat() {
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  return useMemo(
    () => ({
      locale,
      timeZone,
      bytes: (value: format.Figure) => format.formatBytes(value, locale),
      bytesOf: (part: format.Figure, whole: format.Figure) => format.formatBytesOf(part, whole, locale),
      byteRate: (value: format.Figure) => format.formatByteRate(value, locale),
      count: (value: format.Figure) => format.formatCount(value, locale),
      integer: (value: format.Figure) => format.formatInteger(value, locale),
      exact: (value: format.Figure) => format.formatExact(value, locale),
      rate: (value: format.Figure) => format.formatRate(value, locale),
      ratio: (value: format.Figure, decimals?: number) => format.formatRatio(value, locale, decimals),
      points: (value: format.Figure) => format.formatPoints(value, locale),
      change: (value: format.Figure) => format.formatChange(value, locale),
      duration: (seconds: format.Figure, parts?: 1 | 2) => format.formatDuration(seconds, locale, parts),
      milliseconds: (value: format.Figure) => format.formatMilliseconds(value, locale),
      age: (seconds: format.Figure) => format.formatAge(seconds, locale),
      iso: format.formatIso,
      instant: (atMs: number, show?: "time" | "timeSeconds" | "dateTime" | "date") =>
        format.formatInstant(atMs, locale, timeZone, show),
    }),
    [locale, timeZone],
  );
}
