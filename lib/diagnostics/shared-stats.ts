/** What the probes of one node share: each stats group asked once, whoever wants it first. */

import type { NodeClient } from "@/lib/memcached/contract";
import { firstOfEach } from "@/lib/metrics/stats-entries";
import { CapabilityError, NodeError } from "@/lib/model/errors";
import type { SharedStats } from "./contract";

const GROUPS = ["general", "settings", "conns"] as const;
type Group = (typeof GROUPS)[number];

/**
 * Asks for the three groups, one after the other. Never rejects for what the node does: a group that it cannot
 * answer is null, and once it could not be asked at all it is not asked again.
 */
export async function readSharedStats(client: Pick<NodeClient, "stats">): Promise<SharedStats> {
  const told: Record<Group, ReadonlyMap<string, string> | null> = {
    general: null,
    settings: null,
    conns: null,
  };
  const problem: Record<string, string> = {};
  let silent: string | null = null;
  for (const group of GROUPS) {
    if (silent !== null) {
      problem[group] = silent;
      continue;
    }
    try {
      told[group] = firstOfEach(await client.stats(group));
    } catch (error) {
      const mute = error instanceof NodeError && error.reason !== "unsupported";
      if (!mute && !(error instanceof NodeError) && !(error instanceof CapabilityError)) throw error;
      problem[group] = error.message;
      if (mute) silent = error.message;
    }
  }
  return { ...told, problem };
}

/** Calls `work` when first asked, and gives everybody the same answer. */
export function once<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | null = null;
  return () => {
    asked ??= work();
    return asked;
  };
}
