/** Whether a node has room for the items of a load test without evicting other items. Pure. */
import type { ActionInputs } from "@/lib/model/actions/action.schema";
import type { StatName } from "../kinds/node-stats";

/** Bytes of an item besides its value: header, CAS, key. The keys of a load test have at most 42. */
const ITEM_OVERHEAD = 56 + 44;
/** A chunk may be this much larger than its item: memcached's growth factor, with a margin. */
const CHUNK_SLACK = 1.3;
const PAGE_BYTES = 1_048_576;
/** Connections left to other clients. */
const SPARE_CONNECTIONS = 10;

type LoadInput = ActionInputs["load_test"];

/** How many items a load test stores at most. */
export function itemsOf({ keys, setShare, seconds, operationsPerSecond }: LoadInput): number {
  return setShare === 0 ? 0 : Math.min(keys, seconds * operationsPerSecond);
}

/**
 * Why a load test would harm the node, in English; null when there is room. `general` and `slabs` are its stats,
 * `classes` the ids of its slab classes.
 */
export function refusalReason(
  input: LoadInput,
  general: StatName,
  slabs: StatName,
  classes: readonly number[],
): string | null {
  const curr = general("curr_connections");
  const max = general("max_connections");
  if (curr !== null && max !== null && max - curr < input.connections + SPARE_CONNECTIONS) {
    return `${max - curr} of ${max} connections are free; the test needs ${input.connections} and keeps ${SPARE_CONNECTIONS} free for other clients`;
  }
  const items = itemsOf(input);
  if (items === 0) return null;
  const limit = general("limit_maxbytes");
  const bytes = general("bytes");
  if (limit === null || bytes === null) {
    return "free memory is unknown: the node does not report limit_maxbytes and bytes";
  }
  const needed = Math.ceil(items * (input.valueBytes + ITEM_OVERHEAD) * CHUNK_SLACK);
  const free = Math.max(0, limit - bytes);
  if (needed > free) {
    return `${items} items of ${input.valueBytes} bytes need about ${needed} bytes, but only ${free} of ${limit} are free; the node would evict other items`;
  }
  const fitting = chunksFor(input.valueBytes + ITEM_OVERHEAD, limit, general, slabs, classes);
  if (fitting >= items) return null;
  return `the slab classes have room for ${fitting} more items of ${input.valueBytes} bytes, not for ${items}; the node would evict other items`;
}

/** How many items of this size fit into free chunks and unassigned pages. */
function chunksFor(
  itemBytes: number,
  limit: number,
  general: StatName,
  slabs: StatName,
  classes: readonly number[],
): number {
  const chunkSize = (id: number) => slabs(`${id}:chunk_size`) ?? 0;
  const [smallest] = classes
    .filter((id) => chunkSize(id) >= itemBytes)
    .sort((a, b) => chunkSize(a) - chunkSize(b));
  // A much larger class is not the one that these items go to.
  const fits = smallest !== undefined && chunkSize(smallest) <= itemBytes * CHUNK_SLACK;
  const freeChunks = fits ? (slabs(`${smallest}:free_chunks`) ?? 0) : 0;
  const unassigned = Math.max(0, limit - (slabs("total_malloced") ?? limit));
  const pages = Math.floor(unassigned / PAGE_BYTES) + (general("slab_global_page_pool") ?? 0);
  return freeChunks + pages * Math.floor(PAGE_BYTES / (itemBytes * CHUNK_SLACK));
}
