/**
 * Names of `stats settings` with their meaning.
 *
 * After memcached's `doc/protocol.txt`, "Settings statistics", its `--help`, and the replies of servers from
 * 1.4.25 to 1.6.18. No version reports all of them.
 */
import type { Meaning } from "./slab-stats";

type Row = readonly [name: string, en: string, ja: string];

const ROWS: readonly Row[] = [
  ["maxbytes", "Memory limit for items in bytes (-m)", "アイテム用メモリの上限バイト数 (-m)"],
  ["maxconns", "Connections allowed at the same time (-c)", "同時接続数の上限 (-c)"],
  ["tcpport", "TCP port it listens on (-p)", "待ち受ける TCP ポート (-p)"],
  ["udpport", "UDP port it listens on (-U); 0 is off", "待ち受ける UDP ポート (-U)。0 は無効"],
  [
    "inter",
    "Addresses it listens on (-l); NULL is every interface",
    "待ち受けるアドレス (-l)。NULL は全インターフェース",
  ],
  ["verbosity", "How much it writes to its log (-v)", "ログの詳しさ (-v)"],
  [
    "oldest",
    "Items older than this second are flushed; 0 when never flushed",
    "この時刻より古いアイテムはフラッシュ済み。0 は未実行",
  ],
  [
    "evictions",
    "on: full memory evicts; off: full memory refuses stores (-M)",
    "on: 満杯時に退避、off: 満杯時に保存を拒否 (-M)",
  ],
  ["domain_socket", "Unix socket it listens on (-s)", "待ち受ける unix ソケット (-s)"],
  ["umask", "Permissions of the unix socket (-a)", "unix ソケットの権限 (-a)"],
  [
    "shutdown_command",
    "yes: any client may stop the server (-A)",
    "yes: クライアントがサーバーを停止できる (-A)",
  ],
  [
    "growth_factor",
    "Factor between the chunk sizes of two classes (-f)",
    "隣り合うクラスのチャンクサイズ比 (-f)",
  ],
  ["chunk_size", "Least bytes for key, value and flags (-n)", "キー・値・フラグの最小バイト数 (-n)"],
  ["num_threads", "Worker threads (-t)", "ワーカースレッド数 (-t)"],
  [
    "num_threads_per_udp",
    "Worker threads that serve each UDP socket",
    "UDP ソケットごとのワーカースレッド数",
  ],
  [
    "stat_key_prefix",
    "Separates prefix and key in detailed statistics (-D)",
    "詳細統計でのプレフィックス区切り文字 (-D)",
  ],
  ["detail_enabled", "yes: statistics are counted per key prefix", "yes: キーのプレフィックス別に統計を取る"],
  ["reqs_per_event", "Requests of one connection served in a row (-R)", "1 接続で連続処理する要求数 (-R)"],
  [
    "cas_enabled",
    "no: compare-and-swap is off and items are 8 bytes smaller (-C)",
    "no: CAS 無効。アイテムは 8 バイト小さい (-C)",
  ],
  ["tcp_backlog", "Connections that may wait to be accepted (-b)", "受け付け待ち接続数の上限 (-b)"],
  [
    "binding_protocol",
    "Protocols accepted: auto-negotiate, ascii or binary (-B)",
    "受け付けるプロトコル (-B)",
  ],
  ["auth_enabled_sasl", "yes: clients have to sign in by SASL (-S)", "yes: SASL 認証が必要 (-S)"],
  [
    "auth_enabled_ascii",
    "File of user names for text sign-in (-Y); no is off",
    "テキスト認証のユーザーファイル (-Y)。no は無効",
  ],
  ["item_size_max", "Largest item in bytes (-I)", "アイテムの最大バイト数 (-I)"],
  [
    "maxconns_fast",
    "yes: connections over the limit are told so and closed",
    "yes: 上限超過の接続にエラーを返して閉じる",
  ],
  [
    "hashpower_init",
    "Initial size of the hash table as a power of two; 0 is the default",
    "ハッシュテーブルの初期サイズ (2 の累乗)。0 は既定",
  ],
  ["slab_reassign", "yes: slab pages may move between classes", "yes: スラブページのクラス間移動が可能"],
  [
    "slab_automove",
    "1: pages are moved by need; 2: at every eviction; 0: never",
    "1: 必要に応じ移動、2: 退避のたび移動、0: 移動しない",
  ],
  [
    "slab_automove_ratio",
    "Age difference between classes that makes a page move",
    "ページを移動させるクラス間の年齢差の比",
  ],
  ["slab_automove_window", "Observations averaged before a page moves", "ページ移動の判断に平均する観測回数"],
  [
    "slab_automove_freeratio",
    "Share of memory kept free for moving pages",
    "ページ移動のため空けておくメモリの割合",
  ],
  [
    "slab_chunk_max",
    "Largest chunk in bytes; larger items span several",
    "チャンクの最大バイト数。大きいアイテムは複数に分かれる",
  ],
  ["lru_crawler", "yes: a thread frees expired items", "yes: 期限切れアイテムを解放するスレッドが動作"],
  [
    "lru_crawler_sleep",
    "Microseconds the LRU crawler rests between items",
    "LRU クローラーが休むマイクロ秒数",
  ],
  [
    "lru_crawler_tocrawl",
    "Items per class and run of the LRU crawler; 0 is all",
    "LRU クローラーが 1 回に調べるアイテム数。0 は全部",
  ],
  [
    "tail_repair_time",
    "Seconds after which a stuck LRU tail item is freed; 0 is off",
    "固着した LRU 末尾アイテムを解放する秒数。0 は無効",
  ],
  ["flush_enabled", "no: flush_all is refused (-F)", "no: flush_all を拒否 (-F)"],
  ["dump_enabled", "no: listing keys is refused (-X)", "no: キーの一覧取得を拒否 (-X)"],
  ["hash_algorithm", "Hash function of the hash table", "ハッシュテーブルのハッシュ関数"],
  [
    "lru_maintainer_thread",
    "yes: a thread keeps the LRU tiers balanced",
    "yes: LRU 段を調整するスレッドが動作",
  ],
  ["lru_segmented", "yes: the LRU has the tiers HOT, WARM and COLD", "yes: LRU が HOT/WARM/COLD に分かれる"],
  ["hot_lru_pct", "Share of a class that HOT may take, in per cent", "HOT が占めてよい割合 (%)"],
  ["warm_lru_pct", "Share of a class that WARM may take, in per cent", "WARM が占めてよい割合 (%)"],
  [
    "hot_max_factor",
    "HOT items older than COLD's age times this move on",
    "COLD の年齢にこの係数を掛けた値より古い HOT は移動",
  ],
  [
    "warm_max_factor",
    "WARM items older than COLD's age times this move on",
    "COLD の年齢にこの係数を掛けた値より古い WARM は移動",
  ],
  ["temp_lru", "yes: short-lived items have a tier of their own", "yes: 短命アイテム専用の段がある"],
  [
    "temporary_ttl",
    "Items that live at most this many seconds go to TEMP",
    "この秒数以下の寿命のアイテムは TEMP に入る",
  ],
  [
    "expirezero_does_not_evict",
    "yes: items without expiry are never evicted",
    "yes: 期限なしアイテムは退避されない",
  ],
  [
    "idle_timeout",
    "Seconds after which idle connections are closed; 0 is never",
    "無通信の接続を閉じるまでの秒数。0 は閉じない",
  ],
  ["watcher_logbuf_size", "Bytes of log buffer per watcher", "watch 接続ごとのログバッファ (バイト)"],
  [
    "worker_logbuf_size",
    "Bytes of log buffer per worker thread",
    "ワーカースレッドごとのログバッファ (バイト)",
  ],
  [
    "read_buf_mem_limit",
    "Memory for read buffers in MiB; 0 is no limit",
    "読み取りバッファのメモリ上限 (MiB)。0 は無制限",
  ],
  [
    "resp_obj_mem_limit",
    "Memory for response objects in MiB; 0 is no limit",
    "応答オブジェクトのメモリ上限 (MiB)。0 は無制限",
  ],
  ["track_sizes", "yes: item sizes are counted for stats sizes", "yes: stats sizes 用にアイテムサイズを集計"],
  [
    "inline_ascii_response",
    "yes: flags are stored as text for faster replies",
    "yes: 応答を速くするためフラグを文字で保存",
  ],
  ["ext_item_size", "Items of at least this many bytes may go to extstore", "extstore に移す最小バイト数"],
  [
    "ext_item_age",
    "Seconds an item must be unused before it goes to extstore",
    "extstore に移すまでの未使用秒数",
  ],
  [
    "ext_low_ttl",
    "Items with less than this many seconds left have their own extstore pages",
    "残り秒数がこれ未満のアイテムは別ページに置く",
  ],
  [
    "ext_recache_rate",
    "One in this many reads brings an item back from extstore",
    "何回に 1 回の読み取りで extstore から戻すか",
  ],
  ["ext_wbuf_size", "Bytes of the extstore write buffer", "extstore の書き込みバッファ (バイト)"],
  [
    "ext_compact_under",
    "extstore is compacted when fewer pages than this are free",
    "空きページがこれ未満なら extstore を圧縮",
  ],
  [
    "ext_drop_under",
    "extstore drops unused pages when fewer than this are free",
    "空きページがこれ未満なら未使用ページを捨てる",
  ],
  [
    "ext_max_sleep",
    "Longest rest of the extstore threads in microseconds",
    "extstore スレッドの最大休止 (マイクロ秒)",
  ],
  [
    "ext_max_frag",
    "Share of an extstore page that may be unused before compaction",
    "圧縮前に許す extstore ページの空き割合",
  ],
  ["ext_drop_unread", "yes: compaction drops items that nobody read", "yes: 圧縮時に未読のアイテムを捨てる"],
  ["ssl_enabled", "yes: connections use TLS (-Z)", "yes: 接続に TLS を使う (-Z)"],
  ["ssl_chain_cert", "File of the TLS certificate chain", "TLS 証明書チェーンのファイル"],
  ["ssl_key", "File of the TLS private key", "TLS 秘密鍵のファイル"],
  ["ssl_verify_mode", "Whether clients must show a TLS certificate", "クライアント証明書を求めるか"],
  ["ssl_keyformat", "Format of the TLS key: 1 is PEM", "TLS 鍵の形式。1 は PEM"],
  [
    "ssl_ciphers",
    "TLS ciphers allowed; NULL is OpenSSL's default",
    "許可する TLS 暗号。NULL は OpenSSL の既定",
  ],
  [
    "ssl_ca_cert",
    "File of the authorities that client certificates need",
    "クライアント証明書の CA ファイル",
  ],
  ["ssl_wbuf_size", "Bytes of write buffer per TLS connection", "TLS 接続ごとの書き込みバッファ (バイト)"],
  ["ssl_session_cache", "yes: TLS sessions are resumed", "yes: TLS セッションを再開できる"],
  ["ssl_kernel_tls", "yes: the kernel does TLS", "yes: カーネルが TLS を処理"],
  ["ssl_min_version", "Lowest TLS version accepted", "受け付ける TLS の最低バージョン"],
  ["num_napi_ids", "NAPI ids over which connections are spread", "接続を割り当てる NAPI ID の数"],
  [
    "memory_file",
    "File that keeps the memory over a restart (-e)",
    "再起動をまたいでメモリを保つファイル (-e)",
  ],
  ["client_flags_size", "Bytes kept for the flags of an item", "アイテムのフラグ用バイト数"],
  ["proxy_enabled", "yes: it runs as a proxy", "yes: プロキシとして動作"],
  ["proxy_uring_enabled", "yes: the proxy uses io_uring", "yes: プロキシが io_uring を使う"],
];

/** By memcached's name. */
export const SETTINGS: ReadonlyMap<string, Meaning> = new Map(
  ROWS.map(([name, en, ja]) => [name, { en, ja }]),
);
