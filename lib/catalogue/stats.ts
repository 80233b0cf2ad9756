/**
 * The stat catalogue: every stat of memcached's general `stats` reply that Memfleet supports.
 *
 * To add a stat, add a row: the stat is then parsed, stored, shown on the node page with its meaning, available in
 * `/api/v1/series`, and listed in `/api/v1/metrics-catalogue`.
 *
 * Sources: memcached's `doc/protocol.txt`, section "Statistics", and replies of servers from 1.4.5 to 1.6.45. No version
 * reports all of them: absent is not zero.
 */

/**
 * - `counter` only increases while the process runs; shown as a rate per second.
 * - `gauge` is a level; shown as it is.
 * - `info` describes the process; shown, but without history.
 */
export type StatKind = "counter" | "gauge" | "info";

export type StatUnit = "count" | "bytes" | "seconds" | "microseconds" | "boolean" | "none";

export interface Stat {
  readonly name: string;
  readonly kind: StatKind;
  readonly unit: StatUnit;
  /** The meaning in one line. */
  readonly en: string;
  readonly ja: string;
}

type Row = readonly [name: string, kind: StatKind, unit: StatUnit, en: string, ja: string];

const ROWS: readonly Row[] = [
  ["pid", "info", "none", "Process ID of the server", "サーバーのプロセス ID"],
  ["uptime", "info", "seconds", "Seconds since the server started", "起動からの秒数"],
  ["time", "info", "seconds", "Server clock, Unix seconds", "サーバー自身の時計 (Unix 秒)"],
  ["pointer_size", "info", "none", "Pointer size of the build in bits", "ビルドのポインターサイズ (ビット)"],
  ["rusage_user", "counter", "seconds", "CPU time spent in user mode", "ユーザーモードの CPU 時間"],
  ["rusage_system", "counter", "seconds", "CPU time spent in the kernel", "カーネルモードの CPU 時間"],
  ["max_connections", "gauge", "count", "Connection limit (-c)", "接続数の上限 (-c)"],
  ["curr_connections", "gauge", "count", "Open connections", "現在の接続数"],
  ["total_connections", "counter", "count", "Connections accepted since start", "起動以降に受け付けた接続数"],
  ["rejected_connections", "counter", "count", "Connections refused at the limit", "上限で拒否した接続数"],
  ["connection_structures", "gauge", "count", "Allocated connection structures", "確保済みの接続構造体の数"],
  ["response_obj_oom", "counter", "count", "Connections closed because no response object could be allocated", "応答オブジェクト不足で閉じた接続数"],
  ["response_obj_count", "gauge", "count", "Response objects in use", "使用中の応答オブジェクト数"],
  ["response_obj_bytes", "gauge", "bytes", "Memory held by response objects", "応答オブジェクトが占めるメモリ"],
  ["read_buf_count", "gauge", "count", "Allocated read buffers", "読み取りバッファの数"],
  ["read_buf_bytes", "gauge", "bytes", "Memory held by read buffers", "読み取りバッファが占めるメモリ"],
  ["read_buf_bytes_free", "gauge", "bytes", "Unused read buffer memory", "未使用の読み取りバッファメモリ"],
  ["read_buf_oom", "counter", "count", "Connections closed because no read buffer could be allocated", "読み取りバッファ不足で閉じた接続数"],
  ["reserved_fds", "gauge", "count", "File descriptors reserved by the server", "サーバーが予約しているファイルディスクリプター数"],
  ["cmd_get", "counter", "count", "Keys requested by get commands", "get で要求されたキーの数"],
  ["cmd_set", "counter", "count", "Storage commands: set, add, replace, append, prepend, cas", "保存系コマンドの数 (set, add など)"],
  ["cmd_flush", "counter", "count", "flush_all commands received", "受信した flush_all の数"],
  ["cmd_touch", "counter", "count", "touch commands received", "受信した touch の数"],
  ["cmd_meta", "counter", "count", "Meta commands received", "受信したメタコマンドの数"],
  ["get_hits", "counter", "count", "Gets that found an item; watch the rate, not the total", "get でアイテムが見つかった数 (差分で監視)"],
  ["get_misses", "counter", "count", "Gets that found nothing; watch the rate, not the total", "get でアイテムが見つからなかった数 (差分で監視)"],
  ["get_expired", "counter", "count", "Gets that found an expired item", "期限切れアイテムに当たった get の数"],
  ["get_flushed", "counter", "count", "Gets that found an item invalidated by flush_all", "flush_all 済みアイテムに当たった get の数"],
  ["get_extstore", "counter", "count", "Items read back from extstore", "extstore から読み戻したアイテム数"],
  ["get_aborted_extstore", "counter", "count", "Aborted extstore reads", "中断した extstore 読み取りの数"],
  ["get_oom_extstore", "counter", "count", "extstore reads that failed for lack of memory", "メモリ不足になった extstore 読み取りの数"],
  ["recache_from_extstore", "counter", "count", "Items moved back from extstore to memory", "extstore からメモリへ戻したアイテム数"],
  ["miss_from_extstore", "counter", "count", "extstore reads that did not find the item", "extstore で見つからなかった読み取りの数"],
  ["badcrc_from_extstore", "counter", "count", "extstore reads with a checksum mismatch", "チェックサム不一致の extstore 読み取り数"],
  ["delete_misses", "counter", "count", "Deletes of missing keys", "存在しないキーへの delete の数"],
  ["delete_hits", "counter", "count", "Deletes that removed an item", "アイテムを削除した delete の数"],
  ["incr_misses", "counter", "count", "incr of missing keys", "存在しないキーへの incr の数"],
  ["incr_hits", "counter", "count", "incr that changed an item", "成功した incr の数"],
  ["decr_misses", "counter", "count", "decr of missing keys", "存在しないキーへの decr の数"],
  ["decr_hits", "counter", "count", "decr that changed an item", "成功した decr の数"],
  ["cas_misses", "counter", "count", "cas of missing keys", "存在しないキーへの cas の数"],
  ["cas_hits", "counter", "count", "cas that stored the value", "成功した cas の数"],
  ["cas_badval", "counter", "count", "cas rejected because the item had changed", "値が変わっていて拒否された cas の数"],
  ["touch_hits", "counter", "count", "touch that found an item", "アイテムが見つかった touch の数"],
  ["touch_misses", "counter", "count", "touch of missing keys", "存在しないキーへの touch の数"],
  ["store_too_large", "counter", "count", "Stores rejected because the item exceeds item_size_max", "item_size_max を超えて拒否した保存の数"],
  ["store_no_memory", "counter", "count", "Stores rejected for lack of memory", "メモリ不足で拒否した保存の数"],
  ["auth_cmds", "counter", "count", "Authentication attempts", "認証の試行回数"],
  ["auth_errors", "counter", "count", "Failed authentication attempts", "認証失敗の回数"],
  ["bytes_read", "counter", "bytes", "Bytes received from the network", "ネットワークから受信したバイト数"],
  ["bytes_written", "counter", "bytes", "Bytes sent to the network", "ネットワークへ送信したバイト数"],
  ["limit_maxbytes", "gauge", "bytes", "Memory limit for items (-m, CACHESIZE; 64 MB by default)", "アイテム用メモリの上限 (-m, CACHESIZE。既定 64 MB)"],
  ["accepting_conns", "gauge", "boolean", "1 while the server accepts connections", "接続を受け付けている間は 1"],
  ["listen_disabled_num", "counter", "count", "Times the server stopped accepting connections at the limit", "接続上限で受付が止まった回数"],
  ["time_in_listen_disabled_us", "counter", "microseconds", "Time spent not accepting connections", "接続を受け付けなかった時間"],
  ["threads", "gauge", "count", "Worker threads (-t)", "ワーカースレッド数 (-t)"],
  ["conn_yields", "counter", "count", "Times a connection yielded after too many requests in a row (-R)", "連続要求の上限で接続が順番を譲った回数 (-R)"],
  ["hash_power_level", "gauge", "none", "Size of the hash table as a power of two", "ハッシュテーブルのサイズ (2 の累乗)"],
  ["hash_bytes", "gauge", "bytes", "Memory held by the hash table", "ハッシュテーブルが占めるメモリ"],
  ["hash_is_expanding", "gauge", "boolean", "1 while the hash table is expanding", "ハッシュテーブル拡張中は 1"],
  ["slab_reassign_rescues", "counter", "count", "Items rescued during page moves", "ページ移動中に救出したアイテム数"],
  ["slab_reassign_chunk_rescues", "counter", "count", "Item chunks rescued during page moves", "ページ移動中に救出したチャンク数"],
  ["slab_reassign_evictions_nomem", "counter", "count", "Items evicted during page moves for lack of memory", "ページ移動中にメモリ不足で追い出されたアイテム数"],
  ["slab_reassign_inline_reclaim", "counter", "count", "Items freed during page moves", "ページ移動中に解放したアイテム数"],
  ["slab_reassign_busy_items", "counter", "count", "Items in use that delayed a page move", "使用中でページ移動を遅らせたアイテム数"],
  ["slab_reassign_busy_deletes", "counter", "count", "Items in use that were deleted to finish a page move", "ページ移動のため削除した使用中アイテム数"],
  ["slab_reassign_busy_nomem", "counter", "count", "Page moves delayed for lack of memory for the items in use", "使用中アイテム用のメモリ不足で遅れたページ移動の回数"],
  ["slab_reassign_last_busy_status", "info", "none", "Why the last page move was delayed", "最後のページ移動が遅れた理由"],
  ["slab_reassign_running", "gauge", "boolean", "1 while a slab page is being moved", "スラブページ移動中は 1"],
  ["slabs_moved", "counter", "count", "Slab pages moved between classes", "クラス間で移動したスラブページ数"],
  ["lru_crawler_running", "gauge", "boolean", "1 while the LRU crawler is running", "LRU クローラー動作中は 1"],
  ["lru_crawler_starts", "counter", "count", "Times the LRU crawler started", "LRU クローラーの起動回数"],
  ["lru_maintainer_juggles", "counter", "count", "Rounds of the LRU maintainer thread", "LRU メンテナースレッドの巡回回数"],
  ["malloc_fails", "counter", "count", "Failed memory allocations", "失敗したメモリ確保の回数"],
  ["log_worker_dropped", "counter", "count", "Log entries lost because a worker's buffer was full", "ワーカーのバッファ満杯で失われたログ数"],
  ["log_worker_written", "counter", "count", "Log entries written by workers", "ワーカーが書いたログ数"],
  ["log_watcher_skipped", "counter", "count", "Log entries not sent to slow watchers", "遅い watch 接続に送れなかったログ数"],
  ["log_watcher_sent", "counter", "count", "Log entries sent to watchers", "watch 接続に送ったログ数"],
  ["log_watchers", "gauge", "count", "Connections watching the log", "watch 中の接続数"],
  ["extstore_compact_lost", "counter", "count", "Items lost in extstore compaction", "extstore 圧縮で失われたアイテム数"],
  ["extstore_compact_rescues", "counter", "count", "Items moved by extstore compaction", "extstore 圧縮で移したアイテム数"],
  ["extstore_compact_skipped", "counter", "count", "Unused items dropped by extstore compaction", "extstore 圧縮で破棄した未使用アイテム数"],
  ["extstore_compact_resc_cold", "counter", "count", "Cold items moved by extstore compaction", "extstore 圧縮で移した COLD のアイテム数"],
  ["extstore_compact_resc_old", "counter", "count", "Items of old pages moved by extstore compaction", "extstore 圧縮で移した古いページのアイテム数"],
  ["extstore_page_allocs", "counter", "count", "extstore pages allocated", "確保した extstore ページ数"],
  ["extstore_page_evictions", "counter", "count", "extstore pages evicted", "追い出された extstore ページ数"],
  ["extstore_page_reclaims", "counter", "count", "Empty extstore pages freed", "解放した空の extstore ページ数"],
  ["extstore_pages_free", "gauge", "count", "Empty extstore pages", "空の extstore ページ数"],
  ["extstore_pages_used", "gauge", "count", "extstore pages in use", "使用中の extstore ページ数"],
  ["extstore_objects_evicted", "counter", "count", "Items evicted from extstore", "extstore から追い出されたアイテム数"],
  ["extstore_objects_read", "counter", "count", "Items read from extstore", "extstore から読んだアイテム数"],
  ["extstore_objects_written", "counter", "count", "Items written to extstore", "extstore へ書いたアイテム数"],
  ["extstore_objects_used", "gauge", "count", "Items in extstore", "extstore 内のアイテム数"],
  ["extstore_bytes_evicted", "counter", "bytes", "Bytes evicted from extstore", "extstore から追い出されたバイト数"],
  ["extstore_bytes_written", "counter", "bytes", "Bytes written to extstore", "extstore へ書いたバイト数"],
  ["extstore_bytes_read", "counter", "bytes", "Bytes read from extstore", "extstore から読んだバイト数"],
  ["extstore_bytes_used", "gauge", "bytes", "Bytes used in extstore", "extstore の使用バイト数"],
  ["extstore_bytes_fragmented", "gauge", "bytes", "Bytes allocated but unused in extstore pages", "extstore ページ内の未使用バイト数"],
  ["extstore_limit_maxbytes", "gauge", "bytes", "Size limit of extstore", "extstore の容量上限"],
  ["extstore_io_queue", "gauge", "count", "Pending extstore requests", "待機中の extstore 要求数"],
  ["extstore_memory_pressure", "gauge", "none", "Memory pressure that moves items to extstore", "アイテムを extstore へ移すメモリ圧力"],
  ["ssl_proto_errors", "counter", "count", "TLS connections closed by protocol errors", "プロトコルエラーで閉じた TLS 接続の数"],
  ["ssl_handshake_errors", "counter", "count", "Failed TLS handshakes", "失敗した TLS ハンドシェイクの数"],
  ["ssl_new_sessions", "counter", "count", "New TLS sessions", "新しい TLS セッションの数"],
  ["time_since_server_cert_refresh", "gauge", "seconds", "Seconds since the TLS certificates were loaded", "TLS 証明書を読み込んでからの秒数"],
  ["unexpected_napi_ids", "counter", "count", "Connections with an unexpected NAPI ID", "想定外の NAPI ID の数"],
  ["round_robin_fallback", "counter", "count", "Connections assigned round-robin for lack of a NAPI ID", "NAPI ID がなく順番割り当てになった接続数"],
  ["bytes", "gauge", "bytes", "Memory held by items", "アイテムが使っているメモリ"],
  ["curr_items", "gauge", "count", "Stored items", "現在のアイテム数"],
  ["total_items", "counter", "count", "Items stored since start", "起動以降に保存したアイテム数"],
  ["slab_global_page_pool", "gauge", "count", "Free slab pages available to any class", "どのクラスも使える空きスラブページ数"],
  ["expired_unfetched", "counter", "count", "Items that expired without being fetched", "一度も取得されず期限切れになったアイテム数"],
  ["evicted_unfetched", "counter", "count", "Items evicted without being fetched", "一度も取得されず追い出されたアイテム数"],
  ["evicted_active", "counter", "count", "Items evicted despite recent fetches", "最近取得されたのに追い出されたアイテム数"],
  ["evictions", "counter", "count", "Unexpired items removed to make room; watch the rate, not the total", "空きを作るため期限前に追い出されたアイテム数 (差分で監視)"],
  ["reclaimed", "counter", "count", "Stores that reused the memory of an expired item", "期限切れアイテムのメモリを再利用した回数"],
  ["crawler_reclaimed", "counter", "count", "Items freed by the LRU crawler", "LRU クローラーが解放したアイテム数"],
  ["crawler_items_checked", "counter", "count", "Items checked by the LRU crawler", "LRU クローラーが調べたアイテム数"],
  ["lrutail_reflocked", "counter", "count", "LRU tail items that were in use", "使用中だった LRU 末尾アイテムの数"],
  ["moves_to_cold", "counter", "count", "Items moved from HOT or WARM to COLD", "HOT/WARM から COLD へ移したアイテム数"],
  ["moves_to_warm", "counter", "count", "Items moved from COLD to WARM", "COLD から WARM へ移したアイテム数"],
  ["moves_within_lru", "counter", "count", "Items moved to the front of HOT or WARM", "HOT/WARM 内で先頭へ移したアイテム数"],
  ["direct_reclaims", "counter", "count", "Times a worker thread had to free memory itself", "ワーカー自身がメモリを解放した回数"],
  ["lru_bumps_dropped", "counter", "count", "LRU updates dropped because the buffer was full", "バッファ満杯で破棄した LRU 更新の数"],
  ["proxy_conn_requests", "counter", "count", "Requests received by the proxy", "プロキシが受けた要求数"],
  ["proxy_conn_errors", "counter", "count", "Errors in the proxy or its backends", "プロキシ内部・バックエンドのエラー数"],
  ["proxy_conn_oom", "counter", "count", "Proxy requests that failed for lack of memory", "メモリ不足になったプロキシ要求数"],
  ["proxy_req_active", "gauge", "count", "Proxy requests in flight", "処理中のプロキシ要求数"],
  ["proxy_await_active", "gauge", "count", "Proxy requests waiting for several backends", "複数バックエンドを待つ要求数"],
  ["proxy_config_reloads", "counter", "count", "Proxy configuration reloads", "プロキシ設定の再読み込み回数"],
  ["proxy_config_reload_fails", "counter", "count", "Failed proxy configuration reloads", "失敗したプロキシ設定の再読み込み回数"],
  ["proxy_config_cron_runs", "counter", "count", "Proxy cron hook runs", "プロキシ cron フックの実行回数"],
  ["proxy_config_cron_fails", "counter", "count", "Failed proxy cron hook runs", "プロキシ cron フックの失敗回数"],
  ["proxy_backend_total", "gauge", "count", "Configured proxy backends", "設定済みプロキシバックエンド数"],
  ["proxy_backend_marked_bad", "counter", "count", "Times a proxy backend was marked bad", "バックエンドを異常とした回数"],
  ["proxy_backend_failed", "gauge", "count", "Proxy backends marked bad", "現在異常なバックエンド数"],
  ["proxy_request_failed_depth", "counter", "count", "Requests dropped at the backend queue depth limit", "バックエンドのキュー上限で破棄した要求数"],
  ["latency", "gauge", "microseconds", "Time this node took to respond to Memfleet's stats request", "Memfleet の stats 要求への応答時間"],
];

/** Every stat, in slot order. A sample is a `Float64Array` of this length; NaN means "not reported". */
export const STATS: readonly Stat[] = ROWS.map(([name, kind, unit, en, ja]) => ({
  name,
  kind,
  unit,
  en,
  ja,
}));

export const SLOT_COUNT = STATS.length;

const SLOTS: ReadonlyMap<string, number> = new Map(STATS.map((stat, slot) => [stat.name, slot]));

/** Slot of a stat in a sample; undefined for a name that is not in the catalogue. */
export function slotOf(name: string): number | undefined {
  return SLOTS.get(name);
}

/** Slot of a stat that the code depends on. Throws when the module is loaded if the row is missing. */
export function requiredSlot(name: string): number {
  const slot = SLOTS.get(name);
  if (slot === undefined) throw new Error(`stat catalogue has no row named ${name}`);
  return slot;
}

/** The stats that Memfleet measures instead of the node reporting them. */
export const MEASURED_STATS: ReadonlySet<string> = new Set(["latency"]);

/** The meaning of a stat that the catalogue does not have. */
export const NO_DESCRIPTION = { en: "no description", ja: "説明なし" } as const;

/** An empty sample: every slot is NaN. */
export function emptyValues(): Float64Array {
  return new Float64Array(SLOT_COUNT).fill(Number.NaN);
}
