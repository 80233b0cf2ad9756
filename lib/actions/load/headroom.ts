/** Whether a node has room for the items of a load test without evicting anybody else's. Pure. */
import type { ActionInputs } from "@/lib/model/actions/action.schema";
import type { StatName } from "../kinds/node-stats";

/** Bytes that an item takes besides its value: header, cas, key. The keys of a load test have at most 42. */
const ITEM_OVERHEAD = 56 + 44;
/** A chunk may be this much larger than its item: memcached's growth factor, with a little to spare. */
const CHUNK_SLACK = 1.3;
const PAGE_BYTES = 1_048_576;
/** Connections that are left to others. */
const SPARE_CONNECTIONS = 10;

type LoadInput = ActionInputs["load_test"];

/** How many items a load test stores at most. */
export function itemsOf({ keys, setShare, seconds, operationsPerSecond }: LoadInput): number {
  return setShare === 0 ? 0 : Math.min(keys, seconds * operationsPerSecond);
}

/**
 * Why a load test would hurt the node, in English; null when there is room. `general` and `slabs` are its figures,
 * `classes` the numbers of the slab classes that it has.
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
    return `it has ${max - curr} of ${max} connections left; the test takes ${input.connections} and leaves ${SPARE_CONNECTIONS} to others`;
  }
  const items = itemsOf(input);
  if (items === 0) return null;
  const limit = general("limit_maxbytes");
  const bytes = general("bytes");
  if (limit === null || bytes === null)
    return "it does not tell limit_maxbytes and bytes, so its free memory is not known";
  const needed = Math.ceil(items * (input.valueBytes + ITEM_OVERHEAD) * CHUNK_SLACK);
  const free = Math.max(0, limit - bytes);
  if (needed > free) {
    return `${items} items of ${input.valueBytes} bytes take about ${needed} bytes, but only ${free} of its ${limit} are free: it would evict the items of others`;
  }
  const fitting = chunksFor(input.valueBytes + ITEM_OVERHEAD, limit, general, slabs, classes);
  if (fitting >= items) return null;
  return `its slab classes have room for ${fitting} more items of ${input.valueBytes} bytes, not for ${items}: it would evict the items of others`;
}

/** Items of this size that fit into free chunks and pages that no class has yet. */
function chunksFor(
  itemBytes: number,
  limit: number,
  general: StatName,
  slabs: StatName,
  classes: readonly number[],
): number {
  const own = classes
    .filter((id) => (slabs(`${id}:chunk_size`) ?? 0) >= itemBytes)
    .sort((a, b) => (slabs(`${a}:chunk_size`) ?? 0) - (slabs(`${b}:chunk_size`) ?? 0))[0];
  const ownChunk = own === undefined ? Number.POSITIVE_INFINITY : (slabs(`${own}:chunk_size`) ?? 0);
  // A larger class that happens to be there is not the one of these items.
  const freeChunks =
    own === undefined || ownChunk > itemBytes * CHUNK_SLACK ? 0 : (slabs(`${own}:free_chunks`) ?? 0);
  const unassigned = Math.max(0, limit - (slabs("total_malloced") ?? limit));
  const pages = Math.floor(unassigned / PAGE_BYTES) + (general("slab_global_page_pool") ?? 0);
  return freeChunks + pages * Math.floor(PAGE_BYTES / (itemBytes * CHUNK_SLACK));
}
