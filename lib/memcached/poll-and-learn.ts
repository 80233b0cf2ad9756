import { dropImplausible } from "@/lib/metrics/plausible";
import { CommandError } from "./connection/errors";
import type { PollReply } from "./contract";
import type { LearnedNode } from "./learned-node";
import type { Transport } from "./transport";

/**
 * General stats into `into`, and what they tell about the node. Where it refuses `stats`, a round trip shows that it
 * serves: all slots are NaN then.
 */
export async function pollAndLearn(
  transport: Transport,
  learned: LearnedNode,
  into: Float64Array,
): Promise<PollReply> {
  if (learned.statsRefusal !== null) return pingAsPoll(transport, learned, into);
  try {
    const reply = await transport.poll(into);
    dropImplausible(into);
    learned.onPoll(into, reply.version);
    return reply;
  } catch (error) {
    if (!(error instanceof CommandError) || error.kind === "serverError") throw error;
    learned.onStatsRefused("error");
    return pingAsPoll(transport, learned, into);
  }
}

async function pingAsPoll(
  transport: Transport,
  { version }: LearnedNode,
  into: Float64Array,
): Promise<PollReply> {
  into.fill(Number.NaN);
  const sentAt = performance.now();
  await transport.ping();
  return { version, latencyMs: performance.now() - sentAt };
}
