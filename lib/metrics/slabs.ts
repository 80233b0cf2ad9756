/**
 * `stats slabs` joined with `stats items`: one row per slab class.
 *
 * Names follow memcached's `doc/protocol.txt`, sections "Slab statistics" and "Item statistics". Observed on
 * servers: `mem_requested` is in `stats slabs` up to 1.5 and in `stats items` from 1.6; 1.4.25 sends `number_cold`
 * twice, the second time for another tier, so the first one counts.
 */
import type { SLAB_VERDICTS, SlabClass, SlabsReply } from "@/lib/model/node/inspection.schema";
import { ATTENTION_RULES } from "./attention";
import { plausibleLevel } from "./plausible";
import { type Entries, firstOfEach } from "./stats-entries";

type Verdict = (typeof SLAB_VERDICTS)[number];

/** A class of several pages is wasteful above this share of memory without item data. */
const WASTEFUL_SHARE = 0.5;

/**
 * Joins the groups into `slabsReplySchema` without its time. A stat that the server did not report, or that is
 * not a number, is null. Classes are in ascending order; a class that only one group reports is included.
 *
 * `general` (the plain `stats`) gives `freePages`; without it `freePages` is null.
 */
export function joinSlabs(slabs: Entries, items: Entries, general: Entries = []): Omit<SlabsReply, "atMs"> {
  const bySlab = byClass(slabs, /^(\d{1,6}):(.+)$/);
  const byItem = byClass(items, /^items:(\d{1,6}):(.+)$/);
  const ids = [...new Set([...bySlab.keys(), ...byItem.keys()])].sort((a, b) => a - b);
  const plain = firstOfEach(slabs);
  return {
    activeSlabs: levelOf(plain, "active_slabs"),
    totalMalloced: levelOf(plain, "total_malloced"),
    freePages: levelOf(firstOfEach(general), "slab_global_page_pool"),
    classes: ids.map((id) => slabClass(id, bySlab.get(id) ?? new Map(), byItem.get(id) ?? new Map())),
  };
}

/**
 * The assessment of a class; the most severe that applies. Counters are those since the server started (or since
 * `stats reset`), because one reply has no others.
 *
 * - `outOfMemory`: a store was refused for lack of memory in this class.
 * - `starved`: it evicts, and the last evicted item was used less than `ATTENTION_RULES.evictsYoungSeconds` before.
 * - `evicting`: it evicts items that were unused for longer.
 * - `idle`: it has pages and no items.
 * - `wasteful`: it has at least two pages, and more than `WASTEFUL_SHARE` of their memory holds no item data.
 * - `healthy`: none of these.
 */
export function slabVerdict(row: Omit<SlabClass, "verdict">): Verdict {
  if ((row.outOfMemory ?? 0) > 0) return "outOfMemory";
  if ((row.evicted ?? 0) > 0) {
    const young =
      row.evictedTimeSeconds !== null && row.evictedTimeSeconds < ATTENTION_RULES.evictsYoungSeconds;
    return young ? "starved" : "evicting";
  }
  if (row.usedChunks === 0 || (row.usedChunks === null && row.items === 0)) return "idle";
  const spare = row.memHeld !== null && row.memRequested !== null ? row.memHeld - row.memRequested : null;
  if (spare !== null && row.memHeld && (row.totalPages ?? 0) >= 2 && spare / row.memHeld > WASTEFUL_SHARE) {
    return "wasteful";
  }
  return "healthy";
}

function slabClass(
  id: number,
  slab: ReadonlyMap<string, string>,
  item: ReadonlyMap<string, string>,
): SlabClass {
  const chunkSize = levelOf(slab, "chunk_size");
  const chunksPerPage = levelOf(slab, "chunks_per_page");
  const totalPages = levelOf(slab, "total_pages");
  const usedChunks = levelOf(slab, "used_chunks");
  const memRequested = levelOf(item, "mem_requested") ?? levelOf(slab, "mem_requested");
  const row = {
    id,
    chunkSize,
    chunksPerPage,
    totalPages,
    totalChunks: levelOf(slab, "total_chunks"),
    usedChunks,
    freeChunks: levelOf(slab, "free_chunks"),
    memRequested,
    memHeld: product(chunkSize, chunksPerPage, totalPages),
    memWasted: wasted(product(chunkSize, usedChunks), memRequested),
    items: levelOf(item, "number"),
    itemsHot: levelOf(item, "number_hot"),
    itemsWarm: levelOf(item, "number_warm"),
    itemsCold: levelOf(item, "number_cold"),
    itemsTemp: levelOf(item, "number_temp"),
    ageSeconds: levelOf(item, "age"),
    ageHotSeconds: levelOf(item, "age_hot"),
    ageWarmSeconds: levelOf(item, "age_warm"),
    cmdSet: levelOf(slab, "cmd_set"),
    getHits: levelOf(slab, "get_hits"),
    evicted: levelOf(item, "evicted"),
    evictedUnfetched: levelOf(item, "evicted_unfetched"),
    evictedTimeSeconds: levelOf(item, "evicted_time"),
    expiredUnfetched: levelOf(item, "expired_unfetched"),
    reclaimed: levelOf(item, "reclaimed"),
    outOfMemory: levelOf(item, "outofmemory"),
  };
  return { ...row, verdict: slabVerdict(row) };
}

/** Never negative: an item larger than a chunk is counted in one class and uses chunks of another. */
function wasted(usedBytes: number | null, requested: number | null): number | null {
  return usedBytes === null || requested === null ? null : Math.max(0, usedBytes - requested);
}

function product(...factors: (number | null)[]): number | null {
  return factors.reduce<number | null>(
    (result, next) => (result === null || next === null ? null : result * next),
    1,
  );
}

function levelOf(fields: ReadonlyMap<string, string>, name: string): number | null {
  const text = fields.get(name);
  if (text === undefined || !/^\d{1,20}(\.\d{1,12})?$/.test(text)) return null;
  const value = plausibleLevel(name, Number(text));
  return Number.isNaN(value) ? null : value;
}

function byClass(entries: Entries, pattern: RegExp): Map<number, Map<string, string>> {
  const classes = new Map<number, Map<string, string>>();
  for (const [name, value] of entries) {
    const [, id, field] = pattern.exec(name) ?? [];
    if (id === undefined || field === undefined) continue;
    const fields = classes.get(Number(id)) ?? new Map<string, string>();
    if (!fields.has(field)) fields.set(field, value);
    classes.set(Number(id), fields);
  }
  return classes;
}
