/** Repeated round trips of a `version` request over its own session. */
import { sleepUnlessAborted } from "@/lib/concurrency/abortable";
import { LatencyHistogram } from "@/lib/metrics/latency-histogram";
import { NodeError } from "@/lib/model/errors";
import type { Ping, PingSummary } from "@/lib/model/node/keys.schema";
import type { NodeClient, PipelinedSession } from "../contract";

export interface PingPlan {
  readonly count: number;
  /** From the start of one ping to the start of the next; a slow reply delays the next ping. */
  readonly intervalMs: number;
}

/**
 * Pings a node until all pings are done or `signal` aborts, and summarizes them. After a failed one, the next ping uses a
 * new connection; connecting and signing in do not count as part of a round trip.
 */
export async function pingNode(
  client: Pick<NodeClient, "openSession">,
  { count, intervalMs }: PingPlan,
  signal: AbortSignal,
  onPing: (ping: Ping) => void,
): Promise<PingSummary> {
  const latency = new LatencyHistogram();
  let session: PipelinedSession | null = null;
  let sent = 0;
  let dueMs = performance.now();
  try {
    while (sent < count && !signal.aborted) {
      const sequence = ++sent;
      let roundTripMs: number | null = null;
      let error: string | null = null;
      try {
        if (session === null || session.ended !== null) session = await client.openSession();
        const sentAtMs = performance.now();
        await session.version();
        roundTripMs = performance.now() - sentAtMs;
        latency.add(roundTripMs);
      } catch (cause) {
        if (!(cause instanceof NodeError)) throw cause;
        error = cause.message;
      }
      onPing({ sequence, atMs: Date.now(), roundTripMs, error });
      dueMs = Math.max(dueMs + intervalMs, performance.now());
      if (sent < count) await sleepUnlessAborted(dueMs - performance.now(), signal);
    }
  } finally {
    session?.close();
  }
  return {
    sent,
    answered: latency.count,
    minMs: latency.minMs,
    p50Ms: latency.percentileMs(0.5),
    p95Ms: latency.percentileMs(0.95),
    p99Ms: latency.percentileMs(0.99),
    maxMs: latency.maxMs,
  };
}
