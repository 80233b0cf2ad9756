/**
 * Which series hold a stat where memcached_exporter, or a Prometheus that scrapes `/metrics`, has collected it: read
 * from the same table that `/metrics` is written by.
 */

import { slotOf } from "@/lib/catalogue/stats";
import { parseSource } from "@/lib/metrics/prometheus/columns";
import { NODE_METRICS } from "@/lib/metrics/prometheus/node-metrics";

/** One series of each node. */
export interface Term {
  readonly metric: string;
  /** `command="get",status="hit"`; empty when the metric has no labels of its own. */
  readonly labels: string;
  /** Turns the series' unit into the stat's. */
  readonly scale: number;
}

export const UPTIME = "memcached_uptime_seconds";
export const TIME = "memcached_time_seconds";

/** Sums that memcached counts as it counts their parts, and that have no series of their own. */
const SUMS: Readonly<Record<string, readonly string[]>> = {
  cmd_get: ["get_hits", "get_misses"],
  cmd_touch: ["touch_hits", "touch_misses"],
};

const TERMS: ReadonlyMap<string, readonly Term[]> = termsOfStats();

/** The series whose sum is the stat; null when nobody collects it. */
export function termsOf(stat: string): readonly Term[] | null {
  return TERMS.get(stat) ?? null;
}

function termsOfStats(): Map<string, readonly Term[]> {
  const own: Term = { metric: "memfleet_node_latency_seconds", labels: "", scale: 1_000_000 };
  const terms = new Map<string, readonly Term[]>([["latency", [own]]]);
  const lessened: { readonly stat: string; readonly term: Term; readonly less: readonly string[] }[] = [];
  for (const [metric, , sources] of NODE_METRICS) {
    for (const [labels, text] of typeof sources === "string" ? [["", sources] as const] : sources) {
      for (const { first, less } of parseSource(text).anyOf) {
        if (first.of !== "stats" || slotOf(first.name) === undefined) continue;
        const term = { metric, labels, scale: 1 };
        if (less.length > 0) lessened.push({ stat: first.name, term, less: less.map(({ name }) => name) });
        else if (!terms.has(first.name)) terms.set(first.name, [term]);
      }
    }
  }
  // `a - b - c` is collected: a is that, and b, and c.
  for (const { stat, term, less } of lessened) {
    const others = less.map((name) => terms.get(name));
    if (!terms.has(stat) && others.every((one) => one !== undefined))
      terms.set(stat, [term, ...others.flat()]);
  }
  for (const [stat, parts] of Object.entries(SUMS)) {
    const found = parts.map((name) => terms.get(name));
    if (!terms.has(stat) && found.every((one) => one !== undefined)) terms.set(stat, found.flat());
  }
  return terms;
}
