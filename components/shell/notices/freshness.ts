/** The freshness of the data, from the state of the event stream and the age of the latest response. Pure. */
import type { StreamState } from "@/lib/client/events/connection-state";

export type Freshness = "live" | "connecting" | "lost" | "stale";

/**
 * `stale` takes precedence: values older than two poll intervals must not appear live. A fleet without nodes
 * has no responses and is not stale.
 */
export function freshnessOf(
  stream: StreamState,
  ageMs: number,
  pollIntervalMs: number,
  hasNodes: boolean,
): Freshness {
  if (hasNodes && ageMs > 2 * pollIntervalMs) return "stale";
  if (stream === "lost") return "lost";
  return stream === "open" ? "live" : "connecting";
}
