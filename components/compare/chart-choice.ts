/** Which metrics the charts of a comparison show. */
import type { Parameter } from "@/lib/client/url-params";

export const CHART_METRICS = [
  "hit_ratio",
  "memory_use",
  "gets",
  "evictions",
  "curr_connections",
  "latency",
  "connection_use",
  "bytes",
  "curr_items",
  "sets",
  "misses",
  "bytes_read",
  "bytes_written",
  "cpu_user",
  "connections_opened",
] as const;
export type ChartMetric = (typeof CHART_METRICS)[number];

/** Shown when the URL names none. */
const USUAL: readonly ChartMetric[] = CHART_METRICS.slice(0, 6);
/** In the URL when no chart is selected. */
const NONE = "none";

/** Metrics in the order in which they are offered, so that equal choices have the same URL. */
export const chartChoice: Parameter<readonly ChartMetric[]> = {
  read: (given) => {
    if (given === null) return USUAL;
    const names = given.split(",");
    const known = CHART_METRICS.filter((metric) => names.includes(metric));
    return known.length === 0 && given !== NONE ? USUAL : known;
  },
  write: (metrics) => {
    if (metrics.length === 0) return NONE;
    const text = CHART_METRICS.filter((metric) => metrics.includes(metric)).join();
    return text === USUAL.join() ? null : text;
  },
};
