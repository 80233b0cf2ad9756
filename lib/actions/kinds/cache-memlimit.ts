/**
 * `cache_memlimit` on one node: its memory limit, until it restarts with the one of its start-up options. A limit
 * below the memory in use makes the node evict, page by page in the background.
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
    const reply = await target.client.tune({ command: "cache_memlimit", megabytes });
    const after = await readMemory(target);
    const changed = `${reply}; limit_maxbytes ${change(before.limitMaxbytes, after.limitMaxbytes)}`;
    const limit = megabytes * MIB;
    const verified = after.limitMaxbytes === limit;
    const detail = `${changed}${verified ? `; ${consequence(before, limit)}` : `, requested ${limit}`}`;
    return { verified, detail, before, after };
  },
  /** Evictions continue after the limit was lowered. */
  watch: (target) => readMemory(target),
};

function consequence({ bytes, limitMaxbytes }: MemoryStats, limit: number): string {
  if (bytes !== null && bytes > limit) {
    return `${bytes} bytes are in use, so the node evicts until they fit`;
  }
  if (limitMaxbytes !== null && limit < limitMaxbytes) {
    return "allocated slab pages are freed gradually, and evictions may rise";
  }
  return "set -m as well, or a restart restores the old limit";
}

async function readMemory({ client }: Target): Promise<MemoryStats> {
  const read = await readGeneralStats(client);
  return { limitMaxbytes: read("limit_maxbytes"), bytes: read("bytes"), evictions: read("evictions") };
}
