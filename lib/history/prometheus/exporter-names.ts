/**
 * The series of a stat as collected by memcached_exporter, or by a Prometheus that scrapes `/metrics`. Derived from the
 * table that `/metrics` is written from.
 */

import { slotOf } from "@/lib/catalogue/stats";
import { parseSource } from "@/lib/metrics/prometheus/columns";
import { NODE_METRICS } from "@/lib/metrics/prometheus/node-metrics";

/** One series of each node. */
export interface Term {
  readonly metric: string;
  /** `command="get",status="hit"`; empty when the metric has no own labels. */
  readonly labels: string;
  /** Converts the unit of the series to that of the stat. */
  readonly scale: number;
}

export const UPTIME = "memcached_uptime_seconds";
export const TIME = "memcached_time_seconds";

/** Stats without series of their own that are the sum of others. */
const SUMS: Readonly<Record<string, readonly string[]>> = {
  cmd_get: ["get_hits", "get_misses"],
  cmd_touch: ["touch_hits", "touch_misses"],
};

const TERMS: ReadonlyMap<string, readonly Term[]> = termsOfStats();

/** The series that add up to the stat; null when it is not collected. */
export function termsOf(stat: string): readonly Term[] | null {
  return TERMS.get(stat) ?? null;
}

function termsOfStats(): Map<string, readonly Term[]> {
  const latency: Term = { metric: "memfleet_node_latency_seconds", labels: "", scale: 1_000_000 };
  const terms = new Map<string, readonly Term[]>([["latency", [latency]]]);
  const differences: { readonly stat: string; readonly term: Term; readonly less: readonly string[] }[] = [];
  for (const [metric, , sources] of NODE_METRICS) {
    for (const [labels, text] of typeof sources === "string" ? [["", sources] as const] : sources) {
      for (const { first, less } of parseSource(text).anyOf) {
        if (first.of !== "stats" || slotOf(first.name) === undefined) continue;
        const term = { metric, labels, scale: 1 };
        if (less.length > 0) differences.push({ stat: first.name, term, less: less.map(({ name }) => name) });
        else if (!terms.has(first.name)) terms.set(first.name, [term]);
      }
    }
  }
  // Where `a - b - c` is collected, a is the sum of it, b and c.
  for (const { stat, term, less } of differences) {
    const others = less.map((name) => terms.get(name));
    if (!terms.has(stat) && others.every((other) => other !== undefined))
      terms.set(stat, [term, ...others.flat()]);
  }
  for (const [stat, parts] of Object.entries(SUMS)) {
    const found = parts.map((name) => terms.get(name));
    if (!terms.has(stat) && found.every((part) => part !== undefined)) terms.set(stat, found.flat());
  }
  return terms;
}
