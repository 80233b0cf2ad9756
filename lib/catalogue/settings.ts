/**
 * The entries of `stats settings`, with their meaning.
 *
 * Sources: memcached's `doc/protocol.txt`, "Settings statistics", its `--help`, and replies of servers from 1.4.25 to
 * 1.6.18. No version reports all of them.
 */
import type { Meaning } from "./slab-stats";

type Row = readonly [name: string, en: string, ja: string];

const ROWS: readonly Row[] = [
  ["maxbytes", "Memory limit for items in bytes (-m)", "アイテム用メモリの上限バイト数 (-m)"],
  ["maxconns", "Maximum number of simultaneous connections (-c)", "同時接続数の上限 (-c)"],
  ["tcpport", "TCP port (-p)", "待ち受ける TCP ポート (-p)"],
  ["udpport", "UDP port (-U); 0 disables UDP", "待ち受ける UDP ポート (-U)。0 は無効"],
  ["inter", "Listen addresses (-l); NULL is every interface", "待ち受けるアドレス (-l)。NULL は全インターフェース"],
  ["verbosity", "Log verbosity (-v)", "ログの詳しさ (-v)"],
  ["oldest", "Items older than this second are flushed; 0 if never flushed", "この時刻より古いアイテムはフラッシュ済み。0 は未実行"],
  ["evictions", "on: evict when memory is full; off: reject stores instead (-M)", "on: 満杯時に追い出し、off: 満杯時に保存を拒否 (-M)"],
  ["domain_socket", "Unix socket (-s)", "待ち受ける unix ソケット (-s)"],
  ["umask", "Permissions of the unix socket (-a)", "unix ソケットの権限 (-a)"],
  ["shutdown_command", "yes: any client can stop the server (-A)", "yes: クライアントがサーバーを停止できる (-A)"],
  ["growth_factor", "Chunk size ratio between adjacent classes (-f)", "隣り合うクラスのチャンクサイズ比 (-f)"],
  ["chunk_size", "Minimum bytes for key, value, and flags (-n)", "キー・値・フラグの最小バイト数 (-n)"],
  ["num_threads", "Worker threads (-t)", "ワーカースレッド数 (-t)"],
  ["num_threads_per_udp", "Worker threads per UDP socket", "UDP ソケットごとのワーカースレッド数"],
  ["stat_key_prefix", "Separator between prefix and key in detailed statistics (-D)", "詳細統計でのプレフィックス区切り文字 (-D)"],
  ["detail_enabled", "yes: collects statistics per key prefix", "yes: キーのプレフィックス別に統計を取る"],
  ["reqs_per_event", "Maximum requests of one connection served in a row (-R)", "1 接続で連続処理する要求数 (-R)"],
  ["cas_enabled", "no: CAS is off and items are 8 bytes smaller (-C)", "no: CAS 無効。アイテムは 8 バイト小さい (-C)"],
  ["tcp_backlog", "Maximum connections waiting to be accepted (-b)", "受け付け待ち接続数の上限 (-b)"],
  ["binding_protocol", "Accepted protocols: auto-negotiate, ascii, or binary (-B)", "受け付けるプロトコル (-B)"],
  ["auth_enabled_sasl", "yes: requires SASL authentication (-S)", "yes: SASL 認証が必要 (-S)"],
  ["auth_enabled_ascii", "User file for text authentication (-Y); no is off", "テキスト認証のユーザーファイル (-Y)。no は無効"],
  ["item_size_max", "Maximum item size in bytes (-I)", "アイテムの最大バイト数 (-I)"],
  ["maxconns_fast", "yes: connections over the limit get an error and are closed", "yes: 上限超過の接続にエラーを返して閉じる"],
  ["hashpower_init", "Initial size of the hash table as a power of two; 0 is the default", "ハッシュテーブルの初期サイズ (2 の累乗)。0 は既定"],
  ["slab_reassign", "yes: slab pages can move between classes", "yes: スラブページのクラス間移動が可能"],
  ["slab_automove", "1: moves pages as needed; 2: at every eviction; 0: never", "1: 必要に応じ移動、2: 追い出しのたび移動、0: 移動しない"],
  ["slab_automove_ratio", "Age ratio between classes that triggers a page move", "ページ移動を起こすクラス間の経過時間の比"],
  ["slab_automove_window", "Observations averaged before a page move", "ページ移動の判断に平均する観測回数"],
  ["slab_automove_freeratio", "Share of memory kept free for moving pages", "ページ移動のため空けておくメモリの割合"],
  ["slab_chunk_max", "Maximum chunk size in bytes; larger items use several chunks", "チャンクの最大バイト数。大きいアイテムは複数に分かれる"],
  ["lru_crawler", "yes: a thread frees expired items", "yes: 期限切れアイテムを解放するスレッドが動作"],
  ["lru_crawler_sleep", "Microseconds that the LRU crawler sleeps between items", "LRU クローラーがアイテム間で休止するマイクロ秒数"],
  ["lru_crawler_tocrawl", "Items per class and run of the LRU crawler; 0 is all", "LRU クローラーが 1 回に調べるアイテム数。0 は全部"],
  ["tail_repair_time", "Seconds after which a stuck LRU tail item is freed; 0 is off", "固着した LRU 末尾アイテムを解放する秒数。0 は無効"],
  ["flush_enabled", "no: rejects flush_all (-F)", "no: flush_all を拒否 (-F)"],
  ["dump_enabled", "no: rejects key listings (-X)", "no: キーの一覧取得を拒否 (-X)"],
  ["hash_algorithm", "Hash function of the hash table", "ハッシュテーブルのハッシュ関数"],
  ["lru_maintainer_thread", "yes: a thread balances the LRU tiers", "yes: LRU 段を調整するスレッドが動作"],
  ["lru_segmented", "yes: the LRU has the tiers HOT, WARM and COLD", "yes: LRU が HOT/WARM/COLD に分かれる"],
  ["hot_lru_pct", "Maximum share of HOT in a class, in percent", "HOT が占めてよい割合 (%)"],
  ["warm_lru_pct", "Maximum share of WARM in a class, in percent", "WARM が占めてよい割合 (%)"],
  ["hot_max_factor", "HOT items older than COLD's age times this factor are moved", "COLD の経過時間にこの係数を掛けた値より古い HOT は移動"],
  ["warm_max_factor", "WARM items older than COLD's age times this factor are moved", "COLD の経過時間にこの係数を掛けた値より古い WARM は移動"],
  ["temp_lru", "yes: short-lived items have a separate tier", "yes: 短命アイテム専用の段がある"],
  ["temporary_ttl", "Items with at most this TTL in seconds go to TEMP", "この秒数以下の寿命のアイテムは TEMP に入る"],
  ["expirezero_does_not_evict", "yes: never evicts items without expiration", "yes: 期限なしアイテムは追い出されない"],
  ["idle_timeout", "Seconds until idle connections are closed; 0 is never", "無通信の接続を閉じるまでの秒数。0 は閉じない"],
  ["watcher_logbuf_size", "Log buffer per watcher in bytes", "watch 接続ごとのログバッファ (バイト)"],
  ["worker_logbuf_size", "Log buffer per worker thread in bytes", "ワーカースレッドごとのログバッファ (バイト)"],
  ["read_buf_mem_limit", "Memory for read buffers in MiB; 0 is no limit", "読み取りバッファのメモリ上限 (MiB)。0 は無制限"],
  ["resp_obj_mem_limit", "Memory for response objects in MiB; 0 is no limit", "応答オブジェクトのメモリ上限 (MiB)。0 は無制限"],
  ["track_sizes", "yes: tracks item sizes for stats sizes", "yes: stats sizes 用にアイテムサイズを集計"],
  ["inline_ascii_response", "yes: flags are stored as text for faster replies", "yes: 応答を速くするためフラグを文字で保存"],
  ["ext_item_size", "Minimum item size for extstore in bytes", "extstore に移す最小バイト数"],
  ["ext_item_age", "Seconds without use before an item moves to extstore", "extstore に移すまでの未使用秒数"],
  ["ext_low_ttl", "Items with a lower remaining TTL in seconds have separate extstore pages", "残り秒数がこれ未満のアイテムは別ページに置く"],
  ["ext_recache_rate", "One in this many reads moves an item back to memory", "何回に 1 回の読み取りで extstore から戻すか"],
  ["ext_wbuf_size", "extstore write buffer in bytes", "extstore の書き込みバッファ (バイト)"],
  ["ext_compact_under", "Compacts extstore below this number of free pages", "空きページがこれ未満なら extstore を圧縮"],
  ["ext_drop_under", "Drops unused extstore pages below this number of free pages", "空きページがこれ未満なら未使用ページを破棄"],
  ["ext_max_sleep", "Maximum sleep of the extstore threads in microseconds", "extstore スレッドの最大休止 (マイクロ秒)"],
  ["ext_max_frag", "Share of unused space in an extstore page that triggers compaction", "圧縮前に許す extstore ページの空き割合"],
  ["ext_drop_unread", "yes: compaction drops items that were never read", "yes: 圧縮時に未読のアイテムを破棄"],
  ["ssl_enabled", "yes: connections use TLS (-Z)", "yes: 接続に TLS を使う (-Z)"],
  ["ssl_chain_cert", "File of the TLS certificate chain", "TLS 証明書チェーンのファイル"],
  ["ssl_key", "File of the TLS private key", "TLS 秘密鍵のファイル"],
  ["ssl_verify_mode", "Whether clients need a TLS certificate", "クライアント証明書の要否"],
  ["ssl_keyformat", "Format of the TLS key: 1 is PEM", "TLS 鍵の形式。1 は PEM"],
  ["ssl_ciphers", "Allowed TLS ciphers; NULL is the default of OpenSSL", "許可する TLS 暗号。NULL は OpenSSL の既定"],
  ["ssl_ca_cert", "File of the certificate authorities for client certificates", "クライアント証明書の CA ファイル"],
  ["ssl_wbuf_size", "Write buffer per TLS connection in bytes", "TLS 接続ごとの書き込みバッファ (バイト)"],
  ["ssl_session_cache", "yes: TLS sessions are resumed", "yes: TLS セッションを再開できる"],
  ["ssl_kernel_tls", "yes: the kernel handles TLS", "yes: カーネルが TLS を処理"],
  ["ssl_min_version", "Minimum TLS version", "受け付ける TLS の最低バージョン"],
  ["num_napi_ids", "NAPI IDs that connections are distributed over", "接続を割り当てる NAPI ID の数"],
  ["memory_file", "File that preserves the memory across restarts (-e)", "再起動をまたいでメモリを保つファイル (-e)"],
  ["client_flags_size", "Bytes for the flags of an item", "アイテムのフラグ用バイト数"],
  ["proxy_enabled", "yes: runs as a proxy", "yes: プロキシとして動作"],
  ["proxy_uring_enabled", "yes: the proxy uses io_uring", "yes: プロキシが io_uring を使う"],
];

/**
 * Whether a server may have cut the value: it formats at most 126 characters of one (memcached.c, `append_stat`), such as
 * of a list of addresses (`-l`) or a path.
 */
export function isCutSetting(value: string): boolean {
  return value.length >= 126;
}

/** By name. */
export const SETTINGS: ReadonlyMap<string, Meaning> = new Map(ROWS.map(([name, en, ja]) => [name, { en, ja }]));
