/** Stats that the probes of one node share: each group is read once, by the first that needs it. */
import type { NodeClient } from "@/lib/memcached/contract";
import { firstOfEach } from "@/lib/metrics/stats-entries";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import type { SharedStats } from "./contract";

const GROUPS = ["general", "settings", "conns"] as const;
type Group = (typeof GROUPS)[number];

/**
 * Reads the three groups in order. Never rejects because of the node: a group that it doesn't support is null, and after
 * the first failed connection the others aren't tried.
 */
export async function readSharedStats(client: Pick<NodeClient, "stats">): Promise<SharedStats> {
  const values: Record<Group, ReadonlyMap<string, string> | null> = {
    general: null,
    settings: null,
    conns: null,
  };
  const problem: Record<string, string> = {};
  let failure: string | null = null;
  for (const group of GROUPS) {
    if (failure !== null) {
      problem[group] = failure;
      continue;
    }
    try {
      values[group] = firstOfEach(await client.stats(group));
    } catch (error) {
      if (!(error instanceof NodeError) && !(error instanceof CapabilityError)) throw error;
      problem[group] = error.message;
      if (error instanceof NodeError && error.reason !== "unsupported") failure = error.message;
    }
  }
  return { ...values, problem };
}
