"use client";
import { useEffect, useMemo, useState } from "react";
import { useSeries } from "@/lib/client/queries/series";
import { useWindow, windowQuery } from "@/lib/client/view-state";

/** Scrolling has to stop for this long before the visible rows are read. */
const DEBOUNCE_MS = 200;
const POINTS = 40;

function useDebounced<T>(value: T, key: string): T {
  const [debounced, setDebounced] = useState({ key, value });
  useEffect(() => {
    if (debounced.key === key) return;
    const timer = setTimeout(() => setDebounced({ key, value }), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [key, value, debounced.key]);
  return debounced.value;
}

/** The hit ratio of each of `nodes` over the page's time range, in one request. */
export function useSparklines(nodes: readonly string[]): ReadonlyMap<string, readonly (number | null)[]> {
  const { window } = useWindow();
  // Sorting the table by another column sends no new request.
  const key = [...nodes].sort().join(" ");
  const sorted = useMemo(() => key.split(" ").filter(Boolean), [key]);
  const debounced = useDebounced(sorted, key);
  const { data } = useSeries(
    { metrics: ["hit_ratio"], nodes: debounced, points: POINTS, ...windowQuery(window) },
    { enabled: debounced.length > 0 },
  );
  return useMemo(() => new Map((data?.series ?? []).map((row) => [row.node ?? "", row.values])), [data]);
}
