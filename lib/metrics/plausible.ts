/**
 * Which reported numbers can be true. Races in servers make unsigned levels wrap (2^64 - n, or 2^32 - n where they have
 * 32 bits), and some servers send -1 for "no limit". Such a number counts as not reported.
 */
import { requiredSlot, STATS } from "@/lib/catalogue/stats";

/** From here on, a 64-bit number is a small negative one. */
const WRAPPED_64 = 2 ** 63;
/** The same for numbers of 32 bits. */
const WRAPPED_32 = 2 ** 31;
const END_32 = 2 ** 32;

/** Start of 2003, the year of memcached's first release, in Unix seconds. */
const FIRST_RELEASE = 1_041_379_200;

/** Fewer bytes than any item takes, with its header. */
const MIN_ITEM_BYTES = 40;

const PID = requiredSlot("pid");
const UPTIME = requiredSlot("uptime");
const TIME = requiredSlot("time");
const BYTES = requiredSlot("bytes");
const CURR_ITEMS = requiredSlot("curr_items");

/** Levels of `stats` with 32 bits that never come near 2^31: sockets, threads, pages. */
const NARROW_STATS = [
  "max_connections",
  "curr_connections",
  "connection_structures",
  "response_obj_count",
  "read_buf_count",
  "reserved_fds",
  "threads",
  "hash_power_level",
  "log_watchers",
  "slab_global_page_pool",
  "proxy_backend_total",
  "proxy_backend_failed",
];
const NARROW = NARROW_STATS.map(requiredSlot);

/** The same, and those of slab classes and settings, by memcached's names. */
const NARROW_NAMES: ReadonlySet<string> = new Set([
  ...NARROW_STATS,
  "number",
  "number_hot",
  "number_warm",
  "number_cold",
  "number_temp",
  "age",
  "age_hot",
  "age_warm",
  "chunks_per_page",
  "total_pages",
  "total_chunks",
  "used_chunks",
  "free_chunks",
  "free_chunks_end",
  "maxconns",
  "oldest",
]);

/** Removes from a sample what cannot be true; each such slot becomes NaN. */
export function dropImplausible(values: Float64Array): void {
  for (let slot = 0; slot < STATS.length; slot++) {
    const value = values[slot] as number;
    if (value < 0 || value >= WRAPPED_64) values[slot] = Number.NaN;
  }
  for (const slot of NARROW) if (isWrapped32(values[slot] as number)) values[slot] = Number.NaN;
  const items = values[CURR_ITEMS] as number;
  if (isWrapped32(items) && !((values[BYTES] as number) >= items * MIN_ITEM_BYTES)) {
    values[CURR_ITEMS] = Number.NaN;
  }
  if (values[PID] === 0) values[PID] = Number.NaN;
  // An uptime that began before memcached existed, or before the epoch.
  if ((values[TIME] as number) - (values[UPTIME] as number) < FIRST_RELEASE) values[UPTIME] = Number.NaN;
}

/** One level by memcached's name; NaN if it cannot be true. */
export function plausibleLevel(name: string, value: number): number {
  const wrapped = value < 0 || value >= WRAPPED_64 || (NARROW_NAMES.has(name) && isWrapped32(value));
  return wrapped ? Number.NaN : value;
}

function isWrapped32(value: number): boolean {
  return value >= WRAPPED_32 && value < END_32;
}
