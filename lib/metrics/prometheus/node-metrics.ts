/**
 * Every metric of a node on `/metrics`, in order, under the names that memcached dashboards use. To add one, add a row:
 * the stats that it needs of `stats settings`, `stats items` and `stats slabs` are then stored as well.
 *
 * Sources use memcached's names: `uptime` of `stats`, `settings maxconns` and `slabs total_malloced` of those groups,
 * `items:number` and `slabs:chunk_size` of each slab class. `a - b` is a difference, `a | b` the first that is
 * reported. Without a value there is no sample.
 */

import type { MetricType } from "./text-format";

/** Conditions under which a metric is exported: the LRU crawler is on; the node has extstore; it is a proxy. */
export const CONDITIONS = {
  lruCrawler: { source: "settings lru_crawler", holds: (value: number) => value === 1 },
  extstore: { source: "extstore_limit_maxbytes", holds: (value: number) => !Number.isNaN(value) },
  proxy: { source: "proxy_backend_total", holds: (value: number) => !Number.isNaN(value) },
} as const;
type Condition = keyof typeof CONDITIONS;

/** Several sources of one metric, each with its labels. */
type Labelled = readonly (readonly [labels: string, source: string])[];
/** For `a | b` with sources of two types: one type each. A page uses the type of the first source in use. */
type RowType = MetricType | readonly MetricType[];
export type MetricRow = readonly [name: string, type: RowType, source: string | Labelled, help: string, only?: Condition];

const COMMANDS: Labelled = [
  ['command="get",status="hit"', "get_hits"],
  ['command="get",status="miss"', "get_misses"],
  ['command="delete",status="hit"', "delete_hits"],
  ['command="delete",status="miss"', "delete_misses"],
  ['command="incr",status="hit"', "incr_hits"],
  ['command="incr",status="miss"', "incr_misses"],
  ['command="decr",status="hit"', "decr_hits"],
  ['command="decr",status="miss"', "decr_misses"],
  ['command="cas",status="hit"', "cas_hits"],
  ['command="cas",status="miss"', "cas_misses"],
  ['command="touch",status="hit"', "touch_hits"],
  ['command="touch",status="miss"', "touch_misses"],
  ['command="cas",status="badval"', "cas_badval"],
  ['command="flush",status="hit"', "cmd_flush"],
  ['command="set",status="hit"', "cmd_set - cas_hits - cas_misses - cas_badval"],
];

const SLAB_COMMANDS: Labelled = [
  ['command="get",status="hit"', "slabs:get_hits"],
  ['command="delete",status="hit"', "slabs:delete_hits"],
  ['command="incr",status="hit"', "slabs:incr_hits"],
  ['command="decr",status="hit"', "slabs:decr_hits"],
  ['command="cas",status="hit"', "slabs:cas_hits"],
  ['command="touch",status="hit"', "slabs:touch_hits"],
  ['command="cas",status="badval"', "slabs:cas_badval"],
  ['command="set",status="hit"', "slabs:cmd_set - slabs:cas_hits - slabs:cas_badval"],
];

const SLAB_LRU_HITS: Labelled = [
  ['lru="hot"', "items:hits_to_hot"],
  ['lru="warm"', "items:hits_to_warm"],
  ['lru="cold"', "items:hits_to_cold"],
  ['lru="temporary"', "items:hits_to_temp"],
];

export const NODE_METRICS: readonly MetricRow[] = [
  ["memcached_uptime_seconds", "counter", "uptime", "Seconds since the memcached process started"],
  ["memcached_time_seconds", "gauge", "time", "Server wall clock, Unix seconds"],
  ["memcached_process_user_cpu_seconds_total", "counter", "rusage_user", "User CPU time used by the server, seconds"],
  ["memcached_process_system_cpu_seconds_total", "counter", "rusage_system", "System CPU time used by the server, seconds"],
  ["memcached_read_bytes_total", "counter", "bytes_read", "Bytes the server has received from the network"],
  ["memcached_written_bytes_total", "counter", "bytes_written", "Bytes the server has sent to the network"],
  ["memcached_current_connections", "gauge", "curr_connections", "Connections open now"],
  ["memcached_max_connections", "gauge", "settings maxconns | max_connections", "Configured connection limit (-c)"],
  ["memcached_connections_total", "counter", "total_connections", "Connections accepted since start"],
  ["memcached_connections_rejected_total", "counter", "rejected_connections", "Connections refused by the -c limit in maxconns_fast mode"],
  ["memcached_connections_yielded_total", "counter", "conn_yields", "Times a connection yielded because of the -R limit"],
  ["memcached_connections_listener_disabled_total", "counter", "listen_disabled_num", "Times the listener was disabled at the connection limit"],
  ["memcached_current_bytes", "gauge", "bytes", "Bytes used by items now"],
  ["memcached_limit_bytes", "gauge", "limit_maxbytes", "Item memory limit (-m), bytes"],
  ["memcached_commands_total", "counter", COMMANDS, "Requests by command and outcome"],
  ["memcached_current_items", "gauge", "curr_items", "Items stored now"],
  ["memcached_items_total", "counter", "total_items", "Items stored since start"],
  ["memcached_items_evicted_total", "counter", "evictions", "Unexpired items evicted to make room"],
  ["memcached_items_reclaimed_total", "counter", "reclaimed", "Stores that reused the memory of an expired item"],
  ["memcached_item_too_large_total", "counter", "store_too_large", "Stores refused because the item exceeded -I"],
  ["memcached_item_no_memory_total", "counter", "store_no_memory", "Stores refused because memory was exhausted"],
  ["memcached_direct_reclaims_total", "counter", "direct_reclaims", "Times a worker thread had to reclaim or evict inline"],
  ["memcached_lru_crawler_enabled", "gauge", "settings lru_crawler", "1 when the LRU crawler is on", "lruCrawler"],
  ["memcached_lru_crawler_sleep", "gauge", "settings lru_crawler_sleep", "Crawler pause between items, microseconds", "lruCrawler"],
  ["memcached_lru_crawler_to_crawl", "gauge", "settings lru_crawler_tocrawl", "Crawler item cap per slab per run", "lruCrawler"],
  ["memcached_lru_crawler_maintainer_thread", "gauge", "settings lru_maintainer_thread", "1 when the segmented-LRU maintainer thread runs", "lruCrawler"],
  ["memcached_lru_crawler_hot_percent", "gauge", "settings hot_lru_pct", "Slab memory reserved for HOT, percent", "lruCrawler"],
  ["memcached_lru_crawler_warm_percent", "gauge", "settings warm_lru_pct", "Slab memory reserved for WARM, percent", "lruCrawler"],
  ["memcached_lru_crawler_hot_max_factor", "gauge", "settings hot_max_factor", "HOT idle-age limit as a multiple of COLD age", "lruCrawler"],
  ["memcached_lru_crawler_warm_max_factor", "gauge", "settings warm_max_factor", "WARM idle-age limit as a multiple of COLD age", "lruCrawler"],
  ["memcached_lru_crawler_starts_total", "counter", "lru_crawler_starts", "Crawler runs started"],
  ["memcached_lru_crawler_reclaimed_total", "counter", "crawler_reclaimed", "Items freed by the crawler"],
  ["memcached_lru_crawler_items_checked_total", "counter", "crawler_items_checked", "Items checked by the crawler"],
  ["memcached_lru_crawler_moves_to_cold_total", "counter", "moves_to_cold", "Items moved HOT/WARM -> COLD (all slabs)"],
  ["memcached_lru_crawler_moves_to_warm_total", "counter", "moves_to_warm", "Items moved COLD -> WARM (all slabs)"],
  ["memcached_lru_crawler_moves_within_lru_total", "counter", "moves_within_lru", "Items reshuffled inside HOT/WARM (all slabs)"],
  ["memcached_malloced_bytes", "gauge", "slabs total_malloced", "Bytes allocated to slab pages"],
  ["memcached_slab_current_items", "gauge", "items:number", "Items in this slab class"],
  ["memcached_slab_items_age_seconds", "gauge", "items:age", "Age of the oldest item of the class, seconds"],
  ["memcached_slab_items_crawler_reclaimed_total", "counter", "items:crawler_reclaimed", "Items of the class freed by the crawler"],
  ["memcached_slab_items_evicted_total", "counter", "items:evicted", "Evictions in the class"],
  ["memcached_slab_items_evicted_nonzero_total", "counter", "items:evicted_nonzero", "Evictions of items that had an explicit expiry"],
  ["memcached_slab_items_evicted_time_seconds", "counter", "items:evicted_time", "Seconds since last access of the most recently evicted item"],
  ["memcached_slab_items_evicted_unfetched_total", "counter", "items:evicted_unfetched", "Evicted items never fetched"],
  ["memcached_slab_items_expired_unfetched_total", "counter", "items:expired_unfetched", "Expired items never fetched"],
  ["memcached_slab_items_outofmemory_total", "counter", "items:outofmemory", "Failed allocations in the class"],
  ["memcached_slab_items_reclaimed_total", "counter", "items:reclaimed", "Stores in the class that reused expired memory"],
  ["memcached_slab_items_tailrepairs_total", "counter", "items:tailrepairs", "LRU tail repairs (leaked references)"],
  ["memcached_slab_items_moves_to_cold", "counter", "items:moves_to_cold", "Moves HOT/WARM -> COLD in the class"],
  ["memcached_slab_items_moves_to_warm", "counter", "items:moves_to_warm", "Moves COLD -> WARM in the class"],
  ["memcached_slab_items_moves_within_lru", "counter", "items:moves_within_lru", "Bumps inside HOT/WARM in the class"],
  ["memcached_slab_hot_items", "gauge", "items:number_hot", "Items in HOT"],
  ["memcached_slab_warm_items", "gauge", "items:number_warm", "Items in WARM"],
  ["memcached_slab_cold_items", "gauge", "items:number_cold", "Items in COLD"],
  ["memcached_slab_temporary_items", "gauge", "items:number_temp", "Items in TEMP"],
  ["memcached_slab_hot_age_seconds", "gauge", "items:age_hot", "Age of the oldest HOT item, seconds"],
  ["memcached_slab_warm_age_seconds", "gauge", "items:age_warm", "Age of the oldest WARM item, seconds"],
  ["memcached_slab_lru_hits_total", "counter", SLAB_LRU_HITS, "Get hits by LRU segment"],
  ["memcached_slab_chunk_size_bytes", "gauge", "slabs:chunk_size", "Chunk size of the class, bytes"],
  ["memcached_slab_chunks_per_page", "gauge", "slabs:chunks_per_page", "Chunks in one page"],
  ["memcached_slab_current_pages", "gauge", "slabs:total_pages", "Pages held by the class"],
  ["memcached_slab_current_chunks", "gauge", "slabs:total_chunks", "Chunks held by the class"],
  ["memcached_slab_chunks_used", "gauge", "slabs:used_chunks", "Chunks holding items"],
  ["memcached_slab_chunks_free", "gauge", "slabs:free_chunks", "Chunks free"],
  ["memcached_slab_chunks_free_end", "gauge", "slabs:free_chunks_end", "Free chunks at the end of the newest page"],
  ["memcached_slab_mem_requested_bytes", ["counter", "gauge"], "items:mem_requested | slabs:mem_requested", "Bytes requested by the items of the class"],
  ["memcached_slab_commands_total", "counter", SLAB_COMMANDS, "Requests per slab class by command and outcome"],
  ["memcached_extstore_compact_lost_total", "counter", "extstore_compact_lost", "Items lost during extstore compaction because they were locked", "extstore"],
  ["memcached_extstore_compact_rescued_total", "counter", "extstore_compact_rescues", "Items rewritten to a new page by compaction", "extstore"],
  ["memcached_extstore_compact_skipped_total", "counter", "extstore_compact_skipped", "Items dropped by compaction as inactive", "extstore"],
  ["memcached_extstore_pages_allocated_total", "counter", "extstore_page_allocs", "Extstore pages allocated", "extstore"],
  ["memcached_extstore_pages_evicted_total", "counter", "extstore_page_evictions", "Extstore pages evicted", "extstore"],
  ["memcached_extstore_pages_reclaimed_total", "counter", "extstore_page_reclaims", "Empty extstore pages freed", "extstore"],
  ["memcached_extstore_pages_free", "gauge", "extstore_pages_free", "Extstore pages without items", "extstore"],
  ["memcached_extstore_pages_used", "gauge", "extstore_pages_used", "Extstore pages with items", "extstore"],
  ["memcached_extstore_objects_evicted_total", "counter", "extstore_objects_evicted", "Items evicted from extstore", "extstore"],
  ["memcached_extstore_objects_read_total", "counter", "extstore_objects_read", "Items read from extstore", "extstore"],
  ["memcached_extstore_objects_written_total", "counter", "extstore_objects_written", "Items written to extstore", "extstore"],
  ["memcached_extstore_objects_used", "gauge", "extstore_objects_used", "Items in extstore now", "extstore"],
  ["memcached_extstore_bytes_evicted_total", "counter", "extstore_bytes_evicted", "Bytes evicted from extstore", "extstore"],
  ["memcached_extstore_bytes_written_total", "counter", "extstore_bytes_written", "Bytes written to extstore", "extstore"],
  ["memcached_extstore_bytes_read_total", "counter", "extstore_bytes_read", "Bytes read from extstore", "extstore"],
  ["memcached_extstore_bytes_used", "counter", "extstore_bytes_used", "Bytes used in extstore now", "extstore"],
  ["memcached_extstore_bytes_fragmented", "gauge", "extstore_bytes_fragmented", "Allocated but unused bytes in extstore pages", "extstore"],
  ["memcached_extstore_bytes_limit", "gauge", "extstore_limit_maxbytes", "Extstore size limit, bytes", "extstore"],
  ["memcached_extstore_io_queue_depth", "gauge", "extstore_io_queue", "Extstore I/O requests waiting", "extstore"],
  ["memcached_accepting_connections", "gauge", "accepting_conns", "1 while the listener accepts (0 at the limit)"],
  ["memcached_proxy_conn_requests_total", "counter", "proxy_conn_requests", "Requests received by the proxy", "proxy"],
  ["memcached_proxy_conn_errors_total", "counter", "proxy_conn_errors", "Proxy internal/back-end errors", "proxy"],
  ["memcached_proxy_conn_oom_total", "counter", "proxy_conn_oom", "Proxy out-of-memory events", "proxy"],
  ["memcached_proxy_req_active", "gauge", "proxy_req_active", "Proxy requests in flight", "proxy"],
  ["memcached_proxy_config_reloads_total", "counter", "proxy_config_reloads", "Proxy config reload attempts", "proxy"],
  ["memcached_proxy_config_reload_fails_total", "counter", "proxy_config_reload_fails", "Proxy config reload failures", "proxy"],
  ["memcached_proxy_config_cron_runs_total", "counter", "proxy_config_cron_runs", "Lua cron hook runs", "proxy"],
  ["memcached_proxy_config_cron_fails_total", "counter", "proxy_config_cron_fails", "Lua cron hook failures", "proxy"],
  ["memcached_proxy_backend_total", "gauge", "proxy_backend_total", "Configured back ends", "proxy"],
  ["memcached_proxy_backend_marked_bad_total", "counter", "proxy_backend_marked_bad", "Times a back end was marked bad", "proxy"],
  ["memcached_proxy_backend_failed", "gauge", "proxy_backend_failed", "Back ends failed now", "proxy"],
  ["memcached_proxy_request_failed_depth_total", "counter", "proxy_request_failed_depth", "Requests dropped at the back-end depth limit", "proxy"],
  ["memcached_round_robin_fallback_total", "counter", "round_robin_fallback", "Fallbacks to round-robin thread selection because of NAPI id 0", "proxy"],
  ["memcached_unexpected_napi_ids_total", "counter", "unexpected_napi_ids", "Unexpected NAPI ids", "proxy"],
];
