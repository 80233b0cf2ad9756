"use client";
import { useFormat } from "./hooks/use-format";
import { useNowMs } from "./hooks/use-now";

/** "12s ago", updated; the exact time in ISO 8601 on hover. `atMs`: Unix milliseconds. */
export function Age({ atMs }: { readonly atMs: number }) {
  const format = useFormat();
  const nowMs = useNowMs();
  const iso = format.iso(atMs);
  return (
    <time dateTime={iso} title={iso} suppressHydrationWarning>
      {format.age((nowMs - atMs) / 1000)}
    </time>
  );
}

interface InstantProps {
  readonly atMs: number;
  readonly show?: "time" | "timeSeconds" | "dateTime" | "date";
}

/** A point in time in the chosen time zone; ISO 8601 on hover. */
export function Instant({ atMs, show = "dateTime" }: InstantProps) {
  const format = useFormat();
  const iso = format.iso(atMs);
  return (
    <time dateTime={iso} title={iso} suppressHydrationWarning>
      {format.instant(atMs, show)}
    </time>
  );
}
