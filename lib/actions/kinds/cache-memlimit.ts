/**
 * `cache_memlimit` on one node: its memory limit, until it restarts with the one of its start-up options. Shrinking
 * below what is held makes the node evict, which it does page by page in the background.
 */

import type { ActionDefinition, Target } from "../contract";
import { change, readGeneralStats } from "./node-stats";

const MIB = 1_048_576;

interface MemoryStats {
  readonly [name: string]: number | null;
  readonly limitMaxbytes: number | null;
  readonly bytes: number | null;
  readonly evictions: number | null;
}

export const cacheMemlimit: ActionDefinition<"cache_memlimit"> = {
  kind: "cache_memlimit",
  capability: () => "cache_memlimit",
  deadlineMs: () => 30_000,
  async run(target, { megabytes }) {
    const before = await readMemory(target);
    const answer = await target.client.tune({ command: "cache_memlimit", megabytes });
    const after = await readMemory(target);
    const told = `${answer}; limit_maxbytes ${change(before.limitMaxbytes, after.limitMaxbytes)}`;
    if (after.limitMaxbytes !== megabytes * MIB) {
      return { before, after, verified: false, detail: `${told}, asked for ${megabytes * MIB}` };
    }
    return { before, after, verified: true, detail: `${told}; ${consequence(before, megabytes * MIB)}` };
  },
  /** Evictions go on after a shrink. */
  watch: (target) => readMemory(target),
};

function consequence({ bytes, limitMaxbytes }: MemoryStats, limit: number): string {
  if (bytes !== null && bytes > limit) {
    return `it holds ${bytes} bytes and evicts until that fits`;
  }
  if (limitMaxbytes !== null && limit < limitMaxbytes) {
    return "pages that it has taken already are freed as they are needed: evictions may rise";
  }
  return "set -m as well, or a restart brings the old limit back";
}

async function readMemory({ client }: Target): Promise<MemoryStats> {
  const read = await readGeneralStats(client);
  return { limitMaxbytes: read("limit_maxbytes"), bytes: read("bytes"), evictions: read("evictions") };
}
