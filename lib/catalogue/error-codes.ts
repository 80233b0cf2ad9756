/**
 * Errors of memcached and libmemcached, with their meaning and what to try. Used in the browser, so it has no schemas.
 * Sources: the text replies in memcached's `doc/protocol.txt`, the statuses in `doc/protocol-binary.txt`, and the output of
 * `memcerror` for libmemcached's codes.
 */

export const ERROR_FAMILIES = ["libmemcached", "text", "binary"] as const;
export type ErrorFamily = (typeof ERROR_FAMILIES)[number];

export interface ErrorText {
  readonly en: string;
  readonly ja: string;
}

export interface ErrorCode {
  readonly family: ErrorFamily;
  /** `37`, `0x82`, or the beginning of the reply. */
  readonly code: string;
  /** Its name in libmemcached or memcached. */
  readonly name: string;
  /** The text that a client prints; null if it is the code. */
  readonly says: string | null;
  readonly meaning: ErrorText;
  /** What to try; null if it is not an error. */
  readonly remedy: ErrorText | null;
}

type Row = readonly [code: string, name: string, says: string, meaning: string, ja: string, remedy?: ErrorText];

const NETWORK: ErrorText = {
  en: "Check that the node is up and reachable from the client: address, port, firewall.",
  ja: "クライアントのあるホストからノードに届くか (アドレス、ポート、ファイアウォール) を確認してください。",
};
const LOCAL: ErrorText = {
  en: "Check the client's machine: memory, file descriptors, permissions.",
  ja: "クライアント側のマシン (メモリ、ファイルディスクリプター、権限) を確認してください。",
};
const CALLER: ErrorText = {
  en: "This is a bug in the calling program. Check the arguments of the call.",
  ja: "呼び出し側プログラムの誤りです。呼び出しの引数を確認してください。",
};
const AUTHENTICATION: ErrorText = {
  en: "Check the user name and password against the node's SASL database or authfile. SASL requires the binary protocol.",
  ja: "ユーザー名とパスワードをノードの SASL データベースまたは authfile と照合してください。SASL にはバイナリプロトコルが必要です。",
};
const MEMORY: ErrorText = {
  en: "Raise -m (or cache_memlimit), shorten TTLs, and check the slab classes: one may have no page to evict from.",
  ja: "-m (または cache_memlimit) を増やし、TTL を短くし、スラブクラスを確認してください (追い出しに使えるページがないクラスがある可能性があります)。",
};
const TOO_LARGE: ErrorText = {
  en: "Store less per key, compress the value, or raise the item limit with -I (1 MB by default).",
  ja: "1 つのキーに格納する量を減らすか、圧縮するか、-I で上限 (既定は 1 MB) を上げてください。",
};
const KEY_FORM: ErrorText = {
  en: "Keys are 1 to 250 bytes without blanks or control characters. Hash longer keys.",
  ja: "キーは空白と制御文字を含まない 1～250 バイトです。長いキーはハッシュ化してください。",
};
const VERSION: ErrorText = {
  en: "Check the node's version and startup options: the command may be newer, belong to the other protocol, or be disabled.",
  ja: "ノードのバージョンと起動オプションを確認してください。コマンドが新しいバージョンや別のプロトコルのものか、無効になっている可能性があります。",
};
const GARBLED: ErrorText = {
  en: "Check what is listening on the port and that both sides use the same protocol, then reconnect.",
  ja: "そこで何が待ち受けているか、双方が同じプロトコルを使っているかを確認し、接続を張り直してください。",
};
const RETRY_CAS: ErrorText = {
  en: "Fetch the item again with gets and apply the change to the new value.",
  ja: "gets で取り直し、新しい値に対して変更をやり直してください。",
};
const COUNTER: ErrorText = {
  en: "incr and decr require a 64-bit decimal number. Set the key to a number first.",
  ja: "数えられるのは 64 ビットの 10 進数だけです。先にキーに数値を設定してください。",
};
const ADD_FIRST: ErrorText = {
  en: "Expected if another client was faster. Use set to store the value in any case.",
  ja: "他のクライアントが先だった場合は想定どおりです。必ず格納したいなら set を使ってください。",
};
const LATER: ErrorText = {
  en: "Retry in a moment.",
  ja: "少し待ってからやり直してください。",
};

const LIBMEMCACHED: readonly Row[] = [
  ["0", "MEMCACHED_SUCCESS", "SUCCESS", "Success", "要求どおり完了"],
  ["1", "MEMCACHED_FAILURE", "FAILURE", "Failed without further details", "失敗。詳細は不明", NETWORK],
  [
    "2",
    "MEMCACHED_HOST_LOOKUP_FAILURE",
    "getaddrinfo() or getnameinfo() HOSTNAME LOOKUP FAILURE",
    "The node's host name could not be resolved",
    "ノードの名前を解決できない",
    {
      en: "Check the name and the client's resolver.",
      ja: "名前とクライアントの名前解決の設定を確認してください。",
    },
  ],
  ["3", "MEMCACHED_CONNECTION_FAILURE", "CONNECTION FAILURE", "Could not connect", "接続できなかった", NETWORK],
  ["4", "MEMCACHED_CONNECTION_BIND_FAILURE", "CONNECTION BIND FAILURE", "The client could not bind its socket", "クライアントがソケットをバインドできなかった", LOCAL],
  ["5", "MEMCACHED_WRITE_FAILURE", "WRITE FAILURE", "The request could not be sent", "要求を送信できなかった", NETWORK],
  ["6", "MEMCACHED_READ_FAILURE", "READ FAILURE", "The response could not be read", "応答を読み取れなかった", NETWORK],
  ["7", "MEMCACHED_UNKNOWN_READ_FAILURE", "UNKNOWN READ FAILURE", "The client could not parse the response", "クライアントが応答を解釈できなかった", GARBLED],
  ["8", "MEMCACHED_PROTOCOL_ERROR", "PROTOCOL ERROR", "The response violates the protocol", "応答がプロトコルに反している", GARBLED],
  [
    "9",
    "MEMCACHED_CLIENT_ERROR",
    "CLIENT ERROR",
    "The node rejected the request as invalid",
    "ノードが不正な要求として拒否した",
    {
      en: "See the text after CLIENT_ERROR for the mistake.",
      ja: "CLIENT_ERROR に続くノードの文に誤りの内容があります。",
    },
  ],
  [
    "10",
    "MEMCACHED_SERVER_ERROR",
    "SERVER ERROR",
    "The node could not process the request",
    "ノードが処理できなかった",
    {
      en: "See the text after SERVER_ERROR for the reason.",
      ja: "SERVER_ERROR に続くノードの文に理由があります。",
    },
  ],
  ["11", "MEMCACHED_ERROR", "ERROR was returned by server", "The node does not have this command", "ノードがこのコマンドに対応していない", VERSION],
  ["12", "MEMCACHED_DATA_EXISTS", "CONNECTION DATA EXISTS", "The item has changed since it was fetched (cas)", "取得後にアイテムが変更された (cas)", RETRY_CAS],
  [
    "13",
    "MEMCACHED_DATA_DOES_NOT_EXIST",
    "CONNECTION DATA DOES NOT EXIST",
    "The item does not exist",
    "そのアイテムは存在しない",
    {
      en: "Expected for a miss: never stored, expired, or evicted.",
      ja: "ミスなら想定どおりです。未格納、期限切れ、または追い出し済みです。",
    },
  ],
  ["14", "MEMCACHED_NOTSTORED", "NOT STORED", "The condition of add, replace, append, or prepend was not met", "add、replace、append、prepend の条件が満たされなかった", ADD_FIRST],
  ["15", "MEMCACHED_STORED", "STORED", "Stored", "格納された"],
  [
    "16",
    "MEMCACHED_NOTFOUND",
    "NOT FOUND",
    "No item with this key",
    "このキーのアイテムは存在しない",
    {
      en: "Expected for a miss. Otherwise the item was evicted, expired, or is on another node (hashing).",
      ja: "ミスなら想定どおりです。そうでなければ、追い出し、期限切れ、または別ノードにあります (ハッシュ)。",
    },
  ],
  ["17", "MEMCACHED_MEMORY_ALLOCATION_FAILURE", "MEMORY ALLOCATION FAILURE", "The client is out of memory", "クライアントのメモリが足りない", LOCAL],
  ["18", "MEMCACHED_PARTIAL_READ", "PARTIAL READ", "Only part of the response arrived", "応答の一部しか届かなかった", NETWORK],
  [
    "19",
    "MEMCACHED_SOME_ERRORS",
    "SOME ERRORS WERE REPORTED",
    "Some of several nodes failed",
    "複数ノードの一部で失敗した",
    {
      en: "Check the error of each node. The other nodes succeeded.",
      ja: "ノードごとのエラーを確認してください。ほかのノードでは完了しています。",
    },
  ],
  [
    "20",
    "MEMCACHED_NO_SERVERS",
    "NO SERVERS DEFINED",
    "The client has no nodes configured",
    "クライアントにノードの一覧がない",
    {
      en: "Pass --servers or set MEMCACHED_SERVERS.",
      ja: "--servers を渡すか、MEMCACHED_SERVERS を設定してください。",
    },
  ],
  ["21", "MEMCACHED_END", "SERVER END", "The end of a list of values", "値の一覧の終わり"],
  ["22", "MEMCACHED_DELETED", "SERVER DELETE", "Deleted", "削除された"],
  ["23", "MEMCACHED_VALUE", "SERVER VALUE", "A value follows", "値が続く"],
  ["24", "MEMCACHED_STAT", "STAT VALUE", "A stat follows", "統計値が続く"],
  ["25", "MEMCACHED_ITEM", "ITEM VALUE", "An item follows", "アイテムが続く"],
  ["26", "MEMCACHED_ERRNO", "SYSTEM ERROR", "A system call of the client failed", "クライアントのシステムコールが失敗した", LOCAL],
  [
    "27",
    "MEMCACHED_FAIL_UNIX_SOCKET",
    "COULD NOT OPEN UNIX SOCKET",
    "The unix socket could not be opened",
    "unix ソケットを開けなかった",
    {
      en: "Check that the socket file exists and that the client has permission to open it (-a sets its mode).",
      ja: "ソケットのファイルが存在し、クライアントに開く権限があるか (モードは -a) を確認してください。",
    },
  ],
  ["28", "MEMCACHED_NOT_SUPPORTED", "ACTION NOT SUPPORTED", "Not supported with this protocol or node", "このプロトコルまたはノードでは行えない", VERSION],
  ["29", "MEMCACHED_NO_KEY_PROVIDED", "A KEY LENGTH OF ZERO WAS PROVIDED", "The key is empty", "キーが空", KEY_FORM],
  ["30", "MEMCACHED_FETCH_NOTFINISHED", "FETCH WAS NOT COMPLETED", "Values of an earlier request have not been read yet", "前の要求の値がまだ読み残されている", CALLER],
  [
    "31",
    "MEMCACHED_TIMEOUT",
    "A TIMEOUT OCCURRED",
    "The response timed out",
    "時間内に応答がなかった",
    {
      en: "Compare with a ping: the node or the network is slow, or the client's timeout is too short.",
      ja: "ping と比べてください。ノードやネットワークが遅いか、クライアントのタイムアウトが短すぎます。",
    },
  ],
  [
    "32",
    "MEMCACHED_BUFFERED",
    "ACTION QUEUED",
    "Queued in the client, not sent yet",
    "クライアントのキューにあり、まだ送信されていない",
    {
      en: "Flush the client's buffers (memcached_flush_buffers), or disable buffering.",
      ja: "クライアントのバッファをフラッシュする (memcached_flush_buffers) か、バッファリングを無効にしてください。",
    },
  ],
  ["33", "MEMCACHED_BAD_KEY_PROVIDED", "A BAD KEY WAS PROVIDED/CHARACTERS OUT OF RANGE", "The key is too long or has invalid bytes", "キーが長すぎるか、使えないバイトを含む", KEY_FORM],
  [
    "34",
    "MEMCACHED_INVALID_HOST_PROTOCOL",
    "THE HOST TRANSPORT PROTOCOL DOES NOT MATCH THAT OF THE CLIENT",
    "TCP and UDP nodes cannot be mixed in one client",
    "1 つのクライアントで TCP と UDP のノードは混ぜられない",
    {
      en: "Use TCP for all nodes. UDP is off by default from 1.5.6.",
      ja: "すべて TCP にしてください。1.5.6 以降 UDP は既定で無効です。",
    },
  ],
  ["35", "MEMCACHED_SERVER_MARKED_DEAD", "SERVER IS MARKED DEAD", "The client stopped using this node after failures", "失敗が続いたためクライアントがこのノードの使用を停止した", NETWORK],
  [
    "36",
    "MEMCACHED_UNKNOWN_STAT_KEY",
    "ENCOUNTERED AN UNKNOWN STAT KEY",
    "The node reported a stat that is unknown to the client",
    "クライアントが対応していない統計項目をノードが返した",
    {
      en: "Harmless: the node is newer than the client.",
      ja: "害はありません。ノードがクライアントより新しいためです。",
    },
  ],
  ["37", "MEMCACHED_E2BIG", "ITEM TOO BIG", "The value exceeds the node's limit", "値がノードの上限より大きい", TOO_LARGE],
  ["38", "MEMCACHED_INVALID_ARGUMENTS", "INVALID ARGUMENTS", "Invalid argument", "呼び出しの引数が不正", CALLER],
  ["39", "MEMCACHED_KEY_TOO_BIG", "KEY RETURNED FROM SERVER WAS TOO LARGE", "The node returned a key over the maximum length", "ノードが最大長を超えるキーを返した", GARBLED],
  ["40", "MEMCACHED_AUTH_PROBLEM", "FAILED TO SEND AUTHENTICATION TO SERVER", "The authentication could not be performed", "認証を実行できなかった", AUTHENTICATION],
  ["41", "MEMCACHED_AUTH_FAILURE", "AUTHENTICATION FAILURE", "The node rejected user name and password", "ユーザー名とパスワードをノードが拒否した", AUTHENTICATION],
  ["42", "MEMCACHED_AUTH_CONTINUE", "CONTINUE AUTHENTICATION", "Authentication takes another step", "認証に続きがある"],
  ["43", "MEMCACHED_PARSE_ERROR", "ERROR OCCURED WHILE PARSING", "The client's configuration string is invalid", "クライアントの設定文字列が不正", CALLER],
  ["44", "MEMCACHED_PARSE_USER_ERROR", "USER INITIATED ERROR OCCURED WHILE PARSING", "The configuration string contains ERROR", "設定文字列に ERROR の指定がある", CALLER],
  ["45", "MEMCACHED_DEPRECATED", "DEPRECATED", "The call is no longer supported", "この呼び出しは廃止された", CALLER],
  ["46", "MEMCACHED_IN_PROGRESS", "OPERATION IN PROCESS", "The connection is still being established", "接続の確立がまだ続いている", LATER],
  [
    "47",
    "MEMCACHED_SERVER_TEMPORARILY_DISABLED",
    "SERVER HAS FAILED AND IS DISABLED UNTIL TIMED RETRY",
    "The client does not use this node for a while after a failure",
    "失敗後、クライアントがこのノードの使用を一時停止している",
    NETWORK,
  ],
  ["48", "MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE", "SERVER FAILED TO ALLOCATE OBJECT", "The node has no memory for the item", "アイテムのためのメモリがノードにない", MEMORY],
];

/** The beginnings of replies. Where one is the beginning of another, the longer one comes first. */
const TEXT: readonly (readonly [code: string, meaning: string, ja: string, remedy?: ErrorText])[] = [
  ["ERROR metadump not allowed", "The node was started without dumps (-X)", "ダンプを無効にして起動されている (-X)", VERSION],
  ["CLIENT_ERROR watch commands not allowed", "The node was started without watchers (-W)", "watch を無効にして起動されている (-W)", VERSION],
  ["ERROR locked try again later", "The crawler is locked", "クローラーがロックされている", LATER],
  ["ERROR", "The node does not have this command", "ノードがこのコマンドに対応していない", VERSION],
  ["CLIENT_ERROR unauthenticated", "The node requires authfile authentication first", "先に authfile による認証が必要", AUTHENTICATION],
  ["CLIENT_ERROR authentication failure", "User name or password is not in the authfile", "ユーザー名かパスワードが authfile にない", AUTHENTICATION],
  ["CLIENT_ERROR bad command line format", "Missing or extra words, an invalid number, or a key longer than 250 bytes", "語の過不足、数値でない数値、または 250 バイトを超えるキー", CALLER],
  [
    "CLIENT_ERROR bad data chunk",
    "The length of the value does not match the announced one",
    "値の長さが宣言と一致しない",
    {
      en: "Count bytes, not characters, and end the value with CRLF.",
      ja: "文字数ではなくバイト数を数え、値を CRLF で終えてください。",
    },
  ],
  ["CLIENT_ERROR cannot increment or decrement non-numeric value", "The item is not a number", "アイテムが数値ではない", COUNTER],
  ["CLIENT_ERROR invalid numeric delta argument", "The amount to add or subtract is not a number", "増減値が数値ではない", COUNTER],
  ["CLIENT_ERROR invalid exptime argument", "The exptime is not a number", "exptime が数値ではない", CALLER],
  ["CLIENT_ERROR invalid or duplicate flag", "A meta command has a duplicate or unknown flag", "メタコマンドのフラグが重複しているか未知", CALLER],
  [
    "CLIENT_ERROR flush_all not allowed",
    "The node was started without flush_all (-F)",
    "flush_all を無効にして起動されている (-F)",
    {
      en: "This is intentional. Restart the node without -F, or delete by prefix.",
      ja: "これは意図的な設定です。-F なしで再起動するか、プレフィックスで削除してください。",
    },
  ],
  ["CLIENT_ERROR slab reassignment disabled", "The node was started with no_slab_reassign", "no_slab_reassign で起動されている", VERSION],
  ["CLIENT_ERROR invalid arguments", "An argument of the command is invalid", "コマンドの引数が不正", CALLER],
  ["CLIENT_ERROR", "The request is invalid; see the text after it", "要求が不正。続く文を参照", CALLER],
  ["SERVER_ERROR out of memory storing object", "No memory for the item, and no item to evict in its slab class", "アイテムのメモリがなく、そのスラブクラスに追い出せるアイテムもない", MEMORY],
  ["SERVER_ERROR object too large for cache", "The value exceeds the item size limit", "値がアイテムの上限より大きい", TOO_LARGE],
  ["SERVER_ERROR out of memory", "No memory for the request", "要求を処理するメモリがない", MEMORY],
  ["SERVER_ERROR", "The node could not process the request; see the text after it", "ノードが要求を処理できなかった。続く文を参照", MEMORY],
  ["STORED", "Stored", "格納された"],
  ["NOT_STORED", "The condition of add, replace, append, or prepend was not met", "add、replace、append、prepend の条件が満たされなかった", ADD_FIRST],
  ["EXISTS", "The item has changed since it was fetched (cas)", "取得後にアイテムが変更された (cas)", RETRY_CAS],
  [
    "NOT_FOUND",
    "No item with this key",
    "このキーのアイテムは存在しない",
    {
      en: "Expected for a miss: never stored, expired, evicted, or on another node.",
      ja: "ミスなら想定どおりです。未格納、期限切れ、追い出し済み、または別ノードにあります。",
    },
  ],
  ["DELETED", "Deleted", "削除された"],
  ["TOUCHED", "The exptime was updated", "exptime が更新された"],
  ["RESET", "Counters were reset", "カウンターが 0 になった"],
  ["BUSY", "Another crawl or page move is in progress", "別のクロールまたはページ移動が進行中", LATER],
  [
    "BADCLASS",
    "The node does not have this slab class",
    "このノードにそのスラブクラスはない",
    {
      en: "See the Slabs tab of the node for its classes.",
      ja: "ノードのスラブ一覧でクラスを確認してください。",
    },
  ],
  [
    "NOSPARE",
    "The source class has no spare page (it keeps at least one)",
    "移動元クラスに余分なページがない (1 ページは残す)",
    {
      en: "Choose a class with more pages, or -1 for any.",
      ja: "ページの多いクラスか、-1 (任意) を選んでください。",
    },
  ],
  ["NOTFULL", "The destination class still has free chunks", "移動先クラスにまだ空きチャンクがある", { en: "It does not need a page now.", ja: "今はページを必要としていません。" }],
  ["UNSAFE", "The source class cannot release a page right now", "移動元クラスは現在ページを解放できない", LATER],
  ["SAME", "Source and destination are the same class", "移動元と移動先が同じクラス", CALLER],
  ["MEMLIMIT_TOO_SMALL", "The node requires at least 8 MB", "ノードは最低 8 MB を保つ", { en: "Set 8 or more.", ja: "8 以上を指定してください。" }],
  [
    "MEMLIMIT_ADJUST_FAILED",
    "The memory limit could not be changed",
    "メモリ上限を変更できなかった",
    {
      en: "The limit is fixed with preallocated or mapped memory. Restart with another -m.",
      ja: "事前確保やファイル割り当てのメモリでは固定です。-m を変えて再起動してください。",
    },
  ],
  [
    "WATCHER_TOO_MANY",
    "The node is at its watcher limit",
    "ノードの watcher の上限に達した",
    {
      en: "End another watch first. A node allows 20.",
      ja: "ほかの watch を終了してください。上限は 20 です。",
    },
  ],
  ["HD", "Success (meta commands)", "要求どおり完了 (メタコマンド)"],
  ["EN", "A miss (meta get)", "ミス (メタ get)"],
  ["NF", "No item with this key (meta commands)", "このキーのアイテムは存在しない (メタコマンド)"],
  ["NS", "The condition was not met; nothing was stored (meta set)", "条件が満たされず格納されなかった (メタ set)", ADD_FIRST],
  ["EX", "The item has changed since it was fetched (meta commands)", "取得後にアイテムが変更された (メタコマンド)", RETRY_CAS],
];

const BINARY: readonly Row[] = [
  ["0x00", "NO_ERROR", "No error", "Success", "要求どおり完了"],
  [
    "0x01",
    "KEY_ENOENT",
    "Key not found",
    "No item with this key; for a stat request: unknown group",
    "このキーのアイテムは存在しない (stat 要求の場合は未知のグループ)",
    {
      en: "Expected for a miss: never stored, expired, evicted, or on another node.",
      ja: "ミスなら想定どおりです。未格納、期限切れ、追い出し済み、または別ノードにあります。",
    },
  ],
  ["0x02", "KEY_EEXISTS", "Key exists", "The item already exists (add) or has changed (cas)", "すでに存在する (add)、または途中で変更された (cas)", RETRY_CAS],
  ["0x03", "E2BIG", "Value too large", "The value is larger than the item limit", "値がアイテムの上限より大きい", TOO_LARGE],
  ["0x04", "EINVAL", "Invalid arguments", "A field of the request is invalid", "要求のフィールドが不正", CALLER],
  ["0x05", "NOT_STORED", "Item not stored", "There was no item to append or prepend to", "append や prepend の対象がなかった", ADD_FIRST],
  ["0x06", "DELTA_BADVAL", "Incr/Decr on non-numeric value", "The item is not a number", "アイテムが数値ではない", COUNTER],
  [
    "0x07",
    "NOT_MY_VBUCKET",
    "The vbucket belongs to another server",
    "The key's vbucket is on another server",
    "キーの vbucket が別のサーバーにある",
    {
      en: "Not a memcached status: the client's vbucket map is outdated.",
      ja: "memcached 本体のものではありません。クライアントの vbucket 表が古くなっています。",
    },
  ],
  ["0x08", "AUTH_ERROR_OLD", "Authentication error", "Authentication failed (number from old drafts)", "認証に失敗した (旧草案の番号)", AUTHENTICATION],
  ["0x09", "AUTH_CONTINUE_OLD", "Authentication continue", "Authentication takes another step (number from old drafts)", "認証に続きがある (旧草案の番号)"],
  [
    "0x20",
    "AUTH_ERROR",
    "Authentication required / Not Successful",
    "Not authenticated, or authentication failed. Also the response of a node started with -F to a flush",
    "未認証、または認証に失敗した。-F のノードは flush にもこれを返す",
    AUTHENTICATION,
  ],
  ["0x21", "AUTH_CONTINUE", "Further authentication steps required", "Authentication takes another step", "認証に続きがある"],
  ["0x81", "UNKNOWN_COMMAND", "Unknown command", "The node does not have this request", "ノードがこの要求に対応していない", VERSION],
  ["0x82", "ENOMEM", "Out of memory", "No memory for the item", "アイテムのためのメモリがない", MEMORY],
  ["0x83", "NOT_SUPPORTED", "Not supported", "The node does not support the request", "ノードがその要求に対応していない", VERSION],
  ["0x84", "EINTERNAL", "Internal error", "Internal error of the node", "ノード内部で失敗した", { en: "Check the node's log.", ja: "ノードのログを確認してください。" }],
  ["0x85", "EBUSY", "Busy", "The node is busy", "ノードが処理中", LATER],
  ["0x86", "ETMPFAIL", "Temporary failure", "Temporary failure", "一時的に失敗した", LATER],
];

function rowsOf(family: ErrorFamily, rows: readonly Row[]): ErrorCode[] {
  return rows.map(([code, name, says, en, ja, remedy]) => ({
    family,
    code,
    name,
    says,
    meaning: { en, ja },
    remedy: remedy ?? null,
  }));
}

/** Every code, libmemcached's by number, then text replies, then binary statuses. */
export const ERROR_CODES: readonly ErrorCode[] = [
  ...rowsOf("libmemcached", LIBMEMCACHED),
  ...TEXT.map(
    ([code, en, ja, remedy]): ErrorCode => ({
      family: "text",
      code,
      name: code,
      says: null,
      meaning: { en, ja },
      remedy: remedy ?? null,
    }),
  ),
  ...rowsOf("binary", BINARY),
];

/**
 * The errors that match a number, a status, a name, or a line printed by a client or a node. Of the text replies, only the
 * longest match; of the others, every one with this code or these words. Empty without a match.
 */
export function lookUpError(query: string): ErrorCode[] {
  const text = query.trim();
  if (text === "") return [];
  if (/^\d{1,3}$/.test(text)) return exactly("libmemcached", String(Number(text)));
  const status = /^0x([0-9a-f]{1,4})$/i.exec(text)?.[1];
  if (status !== undefined)
    return exactly(
      "binary",
      `0x${status
        .toLowerCase()
        .replace(/^0+(?=..)/, "")
        .padStart(2, "0")}`,
    );
  const line = text.toUpperCase();
  const replies = ERROR_CODES.filter(({ family, code }) => family === "text" && begins(line, code.toUpperCase()));
  const longest = replies.reduce<ErrorCode[]>((best, reply) => {
    const [longestSoFar] = best;
    return longestSoFar === undefined || reply.code.length > longestSoFar.code.length ? [reply] : best;
  }, []);
  const named = ERROR_CODES.filter(({ family, name, says }) => {
    if (family === "text") return longest.length === 0 && name.toUpperCase().includes(line);
    return name.includes(line.replaceAll(" ", "_")) || says?.toUpperCase().includes(line) === true;
  });
  return [...longest, ...named];
}

function exactly(family: ErrorFamily, code: string): ErrorCode[] {
  return ERROR_CODES.filter((error) => error.family === family && error.code === code);
}

/** Whether a line begins with the complete words of a reply. */
function begins(line: string, reply: string): boolean {
  return line === reply || line.startsWith(`${reply} `) || line.startsWith(`${reply}:`);
}
