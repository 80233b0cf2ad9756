/** How fresh what is shown is, from the event stream's state and the age of the newest answer. Pure. */
import type { StreamState } from "@/lib/client/events/connection-state";

export type Freshness = "live" | "connecting" | "lost" | "stale";

/**
 * `stale` wins: figures older than two poll intervals must not look alive, whatever the stream says. A fleet
 * without nodes never gets answers and is not stale.
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
