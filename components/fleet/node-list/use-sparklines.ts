"use client";
import { useEffect, useMemo, useState } from "react";
import { useSeries } from "@/lib/client/queries/series";
import { useWindow, windowQuery } from "@/lib/client/view-state";

/** Scrolling has to stop for this long before the visible rows are read. */
const SETTLE_MS = 200;
const POINTS = 40;

function useSettled<T>(value: T, key: string): T {
  const [settled, setSettled] = useState({ key, value });
  useEffect(() => {
    if (settled.key === key) return;
    const timer = setTimeout(() => setSettled({ key, value }), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [key, value, settled.key]);
  return settled.value;
}

/** The hit ratio of each of `nodes` over the page's time range, in one request. */
export function useSparklines(nodes: readonly string[]): ReadonlyMap<string, readonly (number | null)[]> {
  const { window } = useWindow();
  // Sorting the table by another column sends no new request.
  const key = [...nodes].sort().join(" ");
  const asked = useMemo(() => key.split(" ").filter(Boolean), [key]);
  const settled = useSettled(asked, key);
  const { data } = useSeries(
    { metrics: ["hit_ratio"], nodes: settled, points: POINTS, ...windowQuery(window) },
    { enabled: settled.length > 0 },
  );
  return useMemo(() => new Map((data?.series ?? []).map((row) => [row.node ?? "", row.values])), [data]);
}
