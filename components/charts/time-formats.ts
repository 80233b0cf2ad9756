"use client";
import { useMemo } from "react";
import { useLocale, useTimeZone } from "use-intl";
import { DAY_MS } from "@/lib/model/time";
import type { TimePrecision } from "./chart-axes";

/** Formats for instants of a time range of `spanMs`, in the user's language and time zone. */
export function useTimeFormats(spanMs: number) {
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  return useMemo(() => {
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone } as const;
    const day = { month: "short", day: "numeric", timeZone } as const;
    const minute = new Intl.DateTimeFormat(locale, clock);
    const second = new Intl.DateTimeFormat(locale, { ...clock, second: "2-digit" });
    const date = new Intl.DateTimeFormat(locale, day);
    const dated = new Intl.DateTimeFormat(locale, { ...day, ...clock });
    return {
      timeZone,
      /** An instant as precisely as the time range needs it. */
      instant: (atMs: number) => (spanMs > DAY_MS ? dated : second).format(atMs),
      /** A label of the time axis. Midnight is written as its day when the time range spans several. */
      tick: (atMs: number, precision: TimePrecision) => {
        if (precision === "day") return date.format(atMs);
        if (precision === "second") return second.format(atMs);
        const text = minute.format(atMs);
        return spanMs > DAY_MS && text === "00:00" ? date.format(atMs) : text;
      },
    };
  }, [locale, timeZone, spanMs]);
}
