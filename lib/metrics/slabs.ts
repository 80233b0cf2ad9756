/**
 * `stats slabs` joined with `stats items`: one row per slab class.
 *
 * Names follow memcached's `doc/protocol.txt`, sections "Slab statistics" and "Item statistics". Seen on
 * servers: `mem_requested` stands in `stats slabs` up to 1.5 and in `stats items` from 1.6; 1.4.25 sends
 * `number_cold` twice, the second time for another tier, so the first one counts.
 */
import type { SLAB_VERDICTS, SlabClass, SlabsReply } from "@/lib/model/node/inspection.schema";
import { ATTENTION_RULES } from "./attention";

/** Names and values of one stats group, as the server said them. */
type Entries = ReadonlyArray<readonly [name: string, value: string]>;

type Verdict = (typeof SLAB_VERDICTS)[number];

/** Above this share of held memory without item data, a class of several pages counts as wasteful. */
export const WASTEFUL_SHARE = 0.5;

/**
 * Joins the groups into `slabsReplySchema` without its time. A figure that the server did not report, or that
 * is not a number, is null. Classes are in ascending order; a class known to only one group is kept.
 *
 * `general` (the plain `stats`) gives `freePages`; without it `freePages` is null.
 */
export function joinSlabs(slabs: Entries, items: Entries, general: Entries = []): Omit<SlabsReply, "atMs"> {
  const bySlab = byClass(slabs, /^(\d{1,6}):(.+)$/);
  const byItem = byClass(items, /^items:(\d{1,6}):(.+)$/);
  const ids = [...new Set([...bySlab.keys(), ...byItem.keys()])].sort((a, b) => a - b);
  const plain = firstValues(slabs);
  return {
    activeSlabs: figure(plain.get("active_slabs")),
    totalMalloced: figure(plain.get("total_malloced")),
    freePages: figure(firstValues(general).get("slab_global_page_pool")),
    classes: ids.map((id) => slabClass(id, bySlab.get(id) ?? new Map(), byItem.get(id) ?? new Map())),
  };
}

/**
 * What an operator should think of a class, the worst that holds. Counters are those since the server started
 * (or since `stats reset`), because one reply says no more.
 *
 * - `outOfMemory`: a store was refused for lack of memory in this class.
 * - `starved`: it evicts, and the item evicted last had been used less than `ATTENTION_RULES.evictsYoungSeconds` before.
 * - `evicting`: it evicted items, but those had been left alone for longer.
 * - `idle`: it holds pages and no item.
 * - `wasteful`: two pages or more, and more than `WASTEFUL_SHARE` of the memory it holds carries no item data.
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
  const chunkSize = figure(slab.get("chunk_size"));
  const chunksPerPage = figure(slab.get("chunks_per_page"));
  const totalPages = figure(slab.get("total_pages"));
  const usedChunks = figure(slab.get("used_chunks"));
  const memRequested = figure(item.get("mem_requested") ?? slab.get("mem_requested"));
  const row = {
    id,
    chunkSize,
    chunksPerPage,
    totalPages,
    totalChunks: figure(slab.get("total_chunks")),
    usedChunks,
    freeChunks: figure(slab.get("free_chunks")),
    memRequested,
    memHeld: product(chunkSize, chunksPerPage, totalPages),
    memWasted: wasted(product(chunkSize, usedChunks), memRequested),
    items: figure(item.get("number")),
    itemsHot: figure(item.get("number_hot")),
    itemsWarm: figure(item.get("number_warm")),
    itemsCold: figure(item.get("number_cold")),
    itemsTemp: figure(item.get("number_temp")),
    ageSeconds: figure(item.get("age")),
    ageHotSeconds: figure(item.get("age_hot")),
    ageWarmSeconds: figure(item.get("age_warm")),
    cmdSet: figure(slab.get("cmd_set")),
    getHits: figure(slab.get("get_hits")),
    evicted: figure(item.get("evicted")),
    evictedUnfetched: figure(item.get("evicted_unfetched")),
    evictedTimeSeconds: figure(item.get("evicted_time")),
    expiredUnfetched: figure(item.get("expired_unfetched")),
    reclaimed: figure(item.get("reclaimed")),
    outOfMemory: figure(item.get("outofmemory")),
  };
  return { ...row, verdict: slabVerdict(row) };
}

/** Never negative: an item larger than a chunk is booked in one class and keeps chunks in another. */
function wasted(usedBytes: number | null, requested: number | null): number | null {
  return usedBytes === null || requested === null ? null : Math.max(0, usedBytes - requested);
}

function product(...factors: (number | null)[]): number | null {
  return factors.reduce<number | null>((sum, next) => (sum === null || next === null ? null : sum * next), 1);
}

function figure(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,20}(\.\d{1,12})?$/.test(value) ? Number(value) : null;
}

function firstValues(entries: Entries): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of entries) if (!values.has(name)) values.set(name, value);
  return values;
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
