"use client";
/**
 * The view, stored in the URL: one schema of search parameters for every page.
 *
 * - `range`: a time range relative to now; or `from` and `to`: an absolute one, ISO 8601.
 * - `utc`: times in UTC rather than in the browser's zone.
 * - `q`, `pool`, `status`, `label`, `version`: filters of node lists. `sort`, `dir`: their order.
 * - `tab`: the tab of a page with tabs.
 */
import { useCallback, useMemo } from "react";
import { FLEET_SORTS } from "@/lib/model/fleet-sort";
import { NODE_STATUSES } from "@/lib/model/node/node-status";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "@/lib/model/time";
import {
  choice,
  flag,
  isoTime,
  optionalChoice,
  optionalText,
  text,
  useParameter,
  useParameters,
} from "./url-params";

/** The relative time ranges and their length in milliseconds. */
export const RANGES = {
  "15m": 15 * MINUTE_MS,
  "1h": HOUR_MS,
  "6h": 6 * HOUR_MS,
  "24h": DAY_MS,
  "7d": 7 * DAY_MS,
  "30d": 30 * DAY_MS,
  "90d": 90 * DAY_MS,
} as const;
export type Range = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as Range[];
export const DEFAULT_RANGE: Range = "1h";

const WINDOW = { range: optionalChoice(RANGE_NAMES), from: isoTime, to: isoTime };

const LIST = {
  q: text,
  pool: optionalText,
  status: optionalChoice(NODE_STATUSES),
  label: optionalText,
  version: optionalText,
  sort: choice(FLEET_SORTS, "worst"),
  dir: optionalChoice(["asc", "desc"] as const),
};

/** The time range of the page. Absolute bounds are Unix milliseconds. */
export type TimeWindow =
  | { readonly kind: "relative"; readonly range: Range; readonly durationMs: number }
  | {
      readonly kind: "absolute";
      readonly fromMs: number;
      readonly toMs: number;
      readonly durationMs: number;
    };

/** The time range for search parameters; the default when they are unusable. */
export function windowOf(range: Range | null, from: Date | null, to: Date | null): TimeWindow {
  if (from !== null && to !== null && to > from) {
    const fromMs = from.getTime();
    const toMs = to.getTime();
    return { kind: "absolute", fromMs, toMs, durationMs: toMs - fromMs };
  }
  const name = range ?? DEFAULT_RANGE;
  return { kind: "relative", range: name, durationMs: RANGES[name] };
}

/**
 * `from` and `to` as `/api/v1/series` takes them. A relative range stays relative: the server resolves it.
 */
export function windowQuery(window: TimeWindow): { from: string; to: string } {
  return window.kind === "relative"
    ? { from: `now-${window.range}`, to: "now" }
    : { from: String(window.fromMs), to: String(window.toMs) };
}

/** The time range of the page and functions that change it. A change is a step that Back undoes. */
export function useWindow() {
  const [{ range, from, to }, set] = useParameters(WINDOW, "push");
  const fromMs = from?.getTime() ?? null;
  const toMs = to?.getTime() ?? null;
  const window = useMemo(
    () => windowOf(range, fromMs === null ? null : new Date(fromMs), toMs === null ? null : new Date(toMs)),
    [range, fromMs, toMs],
  );
  return useMemo(
    () => ({
      window,
      setRange: (next: Range) => set({ range: next === DEFAULT_RANGE ? null : next, from: null, to: null }),
      /** Unix milliseconds; the order does not matter. */
      setAbsolute: (aMs: number, bMs: number) =>
        set({
          range: null,
          from: new Date(Math.min(aMs, bMs)),
          to: new Date(Math.max(aMs, bMs)),
        }),
    }),
    [window, set],
  );
}

/** Whether times are shown in UTC, and the switch. */
export function useUtc() {
  return useParameter("utc", flag);
}

/** The open tab; `fallback` is the one that needs no parameter. */
export function useTab<T extends string>(tabs: readonly [T, ...T[]], fallback: NoInfer<T>) {
  const parameter = useMemo(() => choice<T>(tabs, fallback), [tabs, fallback]);
  return useParameter("tab", parameter, "push");
}

/** Filters and order of a node list. A selection is a step that Back undoes; typing is not. */
export function useListState() {
  const [list, set] = useParameters(LIST);
  const change = useCallback(
    (changes: Parameters<typeof set>[0]) =>
      set(changes, Object.keys(changes).some((name) => name !== "q") ? "push" : "replace"),
    [set],
  );
  return [list, change] as const;
}

/** Search parameters that links to other pages carry over. */
export const CARRIED = ["range", "from", "to", "utc"] as const;

/** `path` with the carried parameters of `search` added. */
export function carry(path: string, search: { get(name: string): string | null }): string {
  const carried = new URLSearchParams();
  for (const name of CARRIED) {
    const value = search.get(name);
    if (value !== null) carried.set(name, value);
  }
  const query = carried.toString();
  if (query === "") return path;
  return `${path}${path.includes("?") ? "&" : "?"}${query}`;
}
