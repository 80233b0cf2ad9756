/**
 * What an error of memcached or libmemcached means and what to try. Without schemas: the browser looks them up.
 * Sources: the text replies of memcached's `doc/protocol.txt`, the statuses of `doc/protocol-binary.txt`, and what
 * `memcerror` says of libmemcached's codes.
 */

export const ERROR_FAMILIES = ["libmemcached", "text", "binary"] as const;
export type ErrorFamily = (typeof ERROR_FAMILIES)[number];

export interface ErrorText {
  readonly en: string;
  readonly ja: string;
}

export interface ErrorCode {
  readonly family: ErrorFamily;
  /** `37`, `0x82`, or how the reply begins. */
  readonly code: string;
  /** libmemcached's and memcached's own word for it. */
  readonly name: string;
  /** What the client prints; null where the code is the text. */
  readonly says: string | null;
  readonly meaning: ErrorText;
  /** What to try; null where nothing is wrong. */
  readonly remedy: ErrorText | null;
}

type Row = readonly [code: string, name: string, says: string, meaning: string, ja: string, remedy?: ErrorText];

const NETWORK: ErrorText = {
  en: "See whether the node is up and reachable from where the client runs: address, port, firewall.",
  ja: "クライアントのあるホストからノードに届くか（アドレス、ポート、ファイアウォール）を確認してください。",
};
const LOCAL: ErrorText = {
  en: "Look at the client's own machine: memory, file descriptors, permissions.",
  ja: "クライアント側のマシン（メモリー、ファイルディスクリプター、権限）を確認してください。",
};
const CALLER: ErrorText = {
  en: "A mistake in the calling program: check the arguments of the call.",
  ja: "呼び出し側プログラムの誤りです。呼び出しの引数を確認してください。",
};
const SIGN_IN: ErrorText = {
  en: "Compare user name and password with the node's SASL database or authfile; SASL needs the binary protocol.",
  ja: "ユーザー名とパスワードをノードの SASL データベースまたは authfile と照合してください。SASL にはバイナリプロトコルが必要です。",
};
const MEMORY: ErrorText = {
  en: "Raise -m (or cache_memlimit), shorten TTLs, and look at the slab classes: one may have no page to evict from.",
  ja: "-m（または cache_memlimit）を増やす、TTL を短くする、スラブクラスを確認する（退避できるページのないクラスがあるかもしれません）。",
};
const TOO_LARGE: ErrorText = {
  en: "Store less under one key, compress it, or raise the item limit with -I (1 MB by default).",
  ja: "1 つのキーに格納する量を減らすか、圧縮するか、-I で上限（既定は 1 MB）を上げてください。",
};
const KEY_FORM: ErrorText = {
  en: "A key has 1 to 250 bytes without blanks and control characters: hash long ones.",
  ja: "キーは空白と制御文字を含まない 1〜250 バイトです。長いキーはハッシュ化してください。",
};
const VERSION: ErrorText = {
  en: "See the node's version and start-up options: the command may be newer, of the other protocol, or switched off.",
  ja: "ノードのバージョンと起動オプションを確認してください。コマンドがより新しい版や別のプロトコルのものか、無効になっている可能性があります。",
};
const GARBLED: ErrorText = {
  en: "See what really listens there, and whether both sides speak the same protocol; then open a new connection.",
  ja: "そこで何が待ち受けているか、双方が同じプロトコルを使っているかを確認し、接続を張り直してください。",
};
const RETRY_CAS: ErrorText = {
  en: "Fetch it again with gets and repeat the change on the new value.",
  ja: "gets で取り直し、新しい値に対して変更をやり直してください。",
};
const COUNTER: ErrorText = {
  en: "Only decimal numbers of 64 bits can be counted: set the key to a number first.",
  ja: "数えられるのは 64 ビットの 10 進数だけです。先にキーへ数値を設定してください。",
};
const ADD_FIRST: ErrorText = {
  en: "Expected when another client was faster. Use set if it is to be stored in any case.",
  ja: "他のクライアントが先だった場合は想定どおりです。必ず格納したいなら set を使ってください。",
};
const LATER: ErrorText = {
  en: "Ask again in a moment.",
  ja: "少し待ってからやり直してください。",
};

const LIBMEMCACHED: readonly Row[] = [
  ["0", "MEMCACHED_SUCCESS", "SUCCESS", "Done as asked", "要求どおり完了"],
  ["1", "MEMCACHED_FAILURE", "FAILURE", "It failed; no more is known", "失敗。詳細は不明", NETWORK],
  [
    "2",
    "MEMCACHED_HOST_LOOKUP_FAILURE",
    "getaddrinfo() or getnameinfo() HOSTNAME LOOKUP FAILURE",
    "The node's name does not resolve",
    "ノードの名前を解決できない",
    {
      en: "Check the name and the client's resolver.",
      ja: "名前とクライアントの名前解決の設定を確認してください。",
    },
  ],
  ["3", "MEMCACHED_CONNECTION_FAILURE", "CONNECTION FAILURE", "No connection could be made", "接続できなかった", NETWORK],
  ["4", "MEMCACHED_CONNECTION_BIND_FAILURE", "CONNECTION BIND FAILURE", "The client could not bind its socket", "クライアントがソケットをバインドできなかった", LOCAL],
  ["5", "MEMCACHED_WRITE_FAILURE", "WRITE FAILURE", "The request could not be sent", "要求を送信できなかった", NETWORK],
  ["6", "MEMCACHED_READ_FAILURE", "READ FAILURE", "The answer could not be read", "応答を読み取れなかった", NETWORK],
  ["7", "MEMCACHED_UNKNOWN_READ_FAILURE", "UNKNOWN READ FAILURE", "The client did not understand the answer", "クライアントが応答を解釈できなかった", GARBLED],
  ["8", "MEMCACHED_PROTOCOL_ERROR", "PROTOCOL ERROR", "The answer breaks the protocol", "応答がプロトコルに反している", GARBLED],
  [
    "9",
    "MEMCACHED_CLIENT_ERROR",
    "CLIENT ERROR",
    "The node says that the request is wrong",
    "要求が誤っているとノードが答えた",
    {
      en: "Look at the node's text after CLIENT_ERROR: it names the mistake.",
      ja: "CLIENT_ERROR に続くノードの文に誤りの内容があります。",
    },
  ],
  [
    "10",
    "MEMCACHED_SERVER_ERROR",
    "SERVER ERROR",
    "The node could not do it",
    "ノードが処理できなかった",
    {
      en: "Look at the node's text after SERVER_ERROR: it names the reason.",
      ja: "SERVER_ERROR に続くノードの文に理由があります。",
    },
  ],
  ["11", "MEMCACHED_ERROR", "ERROR was returned by server", "The node does not know the command", "ノードがそのコマンドを知らない", VERSION],
  ["12", "MEMCACHED_DATA_EXISTS", "CONNECTION DATA EXISTS", "Somebody changed the item since it was fetched (cas)", "取得後に他者がアイテムを変更した (cas)", RETRY_CAS],
  [
    "13",
    "MEMCACHED_DATA_DOES_NOT_EXIST",
    "CONNECTION DATA DOES NOT EXIST",
    "There is no such item",
    "そのアイテムは存在しない",
    {
      en: "Expected for a miss: it was never stored, expired or was evicted.",
      ja: "ミスなら想定どおりです。未格納、期限切れ、または退避済みです。",
    },
  ],
  ["14", "MEMCACHED_NOTSTORED", "NOT STORED", "The condition of add, replace, append or prepend did not hold", "add、replace、append、prepend の条件が満たされなかった", ADD_FIRST],
  ["15", "MEMCACHED_STORED", "STORED", "Stored", "格納された"],
  [
    "16",
    "MEMCACHED_NOTFOUND",
    "NOT FOUND",
    "There is no item under this key",
    "このキーのアイテムはない",
    {
      en: "Expected for a miss. If it should be there: evicted, expired, or on another node (hashing).",
      ja: "ミスなら想定どおりです。あるはずなら、退避・期限切れ、または別ノードにあります（ハッシュ）。",
    },
  ],
  ["17", "MEMCACHED_MEMORY_ALLOCATION_FAILURE", "MEMORY ALLOCATION FAILURE", "The client has no memory left", "クライアントのメモリーが足りない", LOCAL],
  ["18", "MEMCACHED_PARTIAL_READ", "PARTIAL READ", "Only a part of the answer came", "応答の一部しか届かなかった", NETWORK],
  [
    "19",
    "MEMCACHED_SOME_ERRORS",
    "SOME ERRORS WERE REPORTED",
    "Some nodes of several failed",
    "複数ノードの一部で失敗した",
    {
      en: "Ask for the error of each node; the others did what was asked.",
      ja: "ノードごとのエラーを確認してください。ほかのノードでは完了しています。",
    },
  ],
  [
    "20",
    "MEMCACHED_NO_SERVERS",
    "NO SERVERS DEFINED",
    "The client has no list of nodes",
    "クライアントにノードの一覧がない",
    {
      en: "Give it --servers or set MEMCACHED_SERVERS.",
      ja: "--servers を渡すか、MEMCACHED_SERVERS を設定してください。",
    },
  ],
  ["21", "MEMCACHED_END", "SERVER END", "The end of a list of values", "値の列の終わり"],
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
      en: "See whether the socket's file is there and whether the client may open it (-a sets its mode).",
      ja: "ソケットのファイルが存在し、クライアントに開く権限があるか（モードは -a）を確認してください。",
    },
  ],
  ["28", "MEMCACHED_NOT_SUPPORTED", "ACTION NOT SUPPORTED", "This client cannot do that with this protocol or node", "このプロトコルまたはノードでは行えない", VERSION],
  ["29", "MEMCACHED_NO_KEY_PROVIDED", "A KEY LENGTH OF ZERO WAS PROVIDED", "The key is empty", "キーが空", KEY_FORM],
  ["30", "MEMCACHED_FETCH_NOTFINISHED", "FETCH WAS NOT COMPLETED", "Values of an earlier request are still unread", "前の要求の値がまだ読み残されている", CALLER],
  [
    "31",
    "MEMCACHED_TIMEOUT",
    "A TIMEOUT OCCURRED",
    "No answer in time",
    "時間内に応答がなかった",
    {
      en: "Compare with a ping: a slow node, a slow network, or a client timeout that is too short.",
      ja: "ping と比べてください。ノードやネットワークが遅いか、クライアントのタイムアウトが短すぎます。",
    },
  ],
  [
    "32",
    "MEMCACHED_BUFFERED",
    "ACTION QUEUED",
    "Queued in the client; nothing was sent yet",
    "クライアント内に溜められ、まだ送信されていない",
    {
      en: "Flush the client's buffers (memcached_flush_buffers), or switch buffering off.",
      ja: "クライアントのバッファーを送り出す (memcached_flush_buffers) か、バッファリングを切ってください。",
    },
  ],
  ["33", "MEMCACHED_BAD_KEY_PROVIDED", "A BAD KEY WAS PROVIDED/CHARACTERS OUT OF RANGE", "The key is too long or has forbidden bytes", "キーが長すぎるか、使えないバイトを含む", KEY_FORM],
  [
    "34",
    "MEMCACHED_INVALID_HOST_PROTOCOL",
    "THE HOST TRANSPORT PROTOCOL DOES NOT MATCH THAT OF THE CLIENT",
    "TCP and UDP nodes cannot be mixed in one client",
    "1 つのクライアントで TCP と UDP のノードは混ぜられない",
    {
      en: "Use TCP for all of them: nodes have UDP off by default since 1.5.6.",
      ja: "すべて TCP にしてください。1.5.6 以降 UDP は既定で無効です。",
    },
  ],
  ["35", "MEMCACHED_SERVER_MARKED_DEAD", "SERVER IS MARKED DEAD", "The client gave this node up after failures", "失敗が続いたためクライアントがこのノードを外した", NETWORK],
  [
    "36",
    "MEMCACHED_UNKNOWN_STAT_KEY",
    "ENCOUNTERED AN UNKNOWN STAT KEY",
    "The node reports a stat that the client does not know",
    "クライアントの知らない統計項目をノードが返した",
    {
      en: "Harmless: the node is newer than the client.",
      ja: "害はありません。ノードがクライアントより新しいためです。",
    },
  ],
  ["37", "MEMCACHED_E2BIG", "ITEM TOO BIG", "The value is larger than the node takes", "値がノードの上限より大きい", TOO_LARGE],
  ["38", "MEMCACHED_INVALID_ARGUMENTS", "INVALID ARGUMENTS", "An argument of the call is not allowed", "呼び出しの引数が許されていない", CALLER],
  ["39", "MEMCACHED_KEY_TOO_BIG", "KEY RETURNED FROM SERVER WAS TOO LARGE", "The node returned a key longer than any can be", "ノードが上限を超える長さのキーを返した", GARBLED],
  ["40", "MEMCACHED_AUTH_PROBLEM", "FAILED TO SEND AUTHENTICATION TO SERVER", "The sign-in could not be carried out", "サインインの手順を行えなかった", SIGN_IN],
  ["41", "MEMCACHED_AUTH_FAILURE", "AUTHENTICATION FAILURE", "The node refuses user name and password", "ユーザー名とパスワードをノードが拒否した", SIGN_IN],
  ["42", "MEMCACHED_AUTH_CONTINUE", "CONTINUE AUTHENTICATION", "The sign-in takes another step", "サインインに続きがある"],
  ["43", "MEMCACHED_PARSE_ERROR", "ERROR OCCURED WHILE PARSING", "The client's configuration text is wrong", "クライアントの設定文字列が誤っている", CALLER],
  ["44", "MEMCACHED_PARSE_USER_ERROR", "USER INITIATED ERROR OCCURED WHILE PARSING", "The configuration text says ERROR", "設定文字列に ERROR の指定がある", CALLER],
  ["45", "MEMCACHED_DEPRECATED", "DEPRECATED", "The call is no longer supported", "この呼び出しは廃止された", CALLER],
  ["46", "MEMCACHED_IN_PROGRESS", "OPERATION IN PROCESS", "The connection is still being made", "接続の確立がまだ続いている", LATER],
  [
    "47",
    "MEMCACHED_SERVER_TEMPORARILY_DISABLED",
    "SERVER HAS FAILED AND IS DISABLED UNTIL TIMED RETRY",
    "The client leaves this node alone for a while after a failure",
    "失敗後、クライアントがこのノードをしばらく使わない",
    NETWORK,
  ],
  ["48", "MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE", "SERVER FAILED TO ALLOCATE OBJECT", "The node has no memory for the item", "アイテムのためのメモリーがノードにない", MEMORY],
];

/** How a reply begins, and what it means. Longer ones first where one begins another. */
const TEXT: readonly (readonly [code: string, meaning: string, ja: string, remedy?: ErrorText])[] = [
  ["ERROR metadump not allowed", "The node was started without dumps (-X)", "ダンプを無効にして起動されている (-X)", VERSION],
  ["CLIENT_ERROR watch commands not allowed", "The node was started without watchers (-W)", "watch を無効にして起動されている (-W)", VERSION],
  ["ERROR locked try again later", "The crawler's lock is taken", "クローラーのロックが取られている", LATER],
  ["ERROR", "The node does not know the command", "ノードがそのコマンドを知らない", VERSION],
  ["CLIENT_ERROR unauthenticated", "The node wants an authfile sign-in first", "先に authfile でのサインインが必要", SIGN_IN],
  ["CLIENT_ERROR authentication failure", "User name or password is not in the authfile", "ユーザー名かパスワードが authfile にない", SIGN_IN],
  ["CLIENT_ERROR bad command line format", "Words are missing or too many, a number is none, or the key is longer than 250 bytes", "語の過不足、数値でない数値、または 250 バイトを超えるキー", CALLER],
  [
    "CLIENT_ERROR bad data chunk",
    "The value is not as long as announced",
    "値の長さが宣言と一致しない",
    {
      en: "Count bytes, not characters, and end the value with CRLF.",
      ja: "文字数ではなくバイト数を数え、値を CRLF で終えてください。",
    },
  ],
  ["CLIENT_ERROR cannot increment or decrement non-numeric value", "The item is not a number", "アイテムが数値ではない", COUNTER],
  ["CLIENT_ERROR invalid numeric delta argument", "The amount to add or subtract is not a number", "増減値が数値ではない", COUNTER],
  ["CLIENT_ERROR invalid exptime argument", "The exptime is not a number", "exptime が数値ではない", CALLER],
  ["CLIENT_ERROR invalid or duplicate flag", "A meta command has a flag twice or one it does not know", "メタコマンドのフラグが重複しているか未知", CALLER],
  [
    "CLIENT_ERROR flush_all not allowed",
    "The node was started without flush_all (-F)",
    "flush_all を無効にして起動されている (-F)",
    {
      en: "Intended: restart it without -F, or delete by prefix.",
      ja: "意図的な設定です。-F なしで再起動するか、プレフィックスで削除してください。",
    },
  ],
  ["CLIENT_ERROR slab reassignment disabled", "The node was started with no_slab_reassign", "no_slab_reassign で起動されている", VERSION],
  ["CLIENT_ERROR invalid arguments", "A word of the command is not allowed", "コマンドの語が許されていない", CALLER],
  ["CLIENT_ERROR", "The request is wrong; the text after it says how", "要求が誤っている。続く文に内容がある", CALLER],
  ["SERVER_ERROR out of memory storing object", "No memory for the item, and nothing to evict in its slab class", "アイテムのメモリーがなく、そのスラブクラスに退避できるものもない", MEMORY],
  ["SERVER_ERROR object too large for cache", "The value is larger than the item limit", "値がアイテムの上限より大きい", TOO_LARGE],
  ["SERVER_ERROR out of memory", "No memory for the request", "要求を処理するメモリーがない", MEMORY],
  ["SERVER_ERROR", "The node could not do it; the text after it says why", "ノードが処理できなかった。続く文に理由がある", MEMORY],
  ["STORED", "Stored", "格納された"],
  ["NOT_STORED", "The condition of add, replace, append or prepend did not hold", "add、replace、append、prepend の条件が満たされなかった", ADD_FIRST],
  ["EXISTS", "Somebody changed the item since it was fetched (cas)", "取得後に他者がアイテムを変更した (cas)", RETRY_CAS],
  [
    "NOT_FOUND",
    "There is no item under this key",
    "このキーのアイテムはない",
    {
      en: "Expected for a miss: never stored, expired, evicted, or on another node.",
      ja: "ミスなら想定どおりです。未格納、期限切れ、退避済み、または別ノードにあります。",
    },
  ],
  ["DELETED", "Deleted", "削除された"],
  ["TOUCHED", "Its exptime was set anew", "exptime が更新された"],
  ["RESET", "Counters are at 0", "カウンターが 0 になった"],
  ["BUSY", "Another crawler or page move is under way", "別のクロールまたはページ移動が進行中", LATER],
  [
    "BADCLASS",
    "There is no such slab class on this node",
    "このノードにそのスラブクラスはない",
    {
      en: "See the slabs of the node for its classes.",
      ja: "ノードのスラブ一覧でクラスを確認してください。",
    },
  ],
  [
    "NOSPARE",
    "The source class has no page to spare: it keeps one",
    "移動元クラスに余分なページがない（1 ページは残す）",
    {
      en: "Choose a class with more pages, or -1 for any.",
      ja: "ページの多いクラスか、-1（任意）を選んでください。",
    },
  ],
  ["NOTFULL", "The destination class still has free chunks", "移動先クラスにまだ空きチャンクがある", { en: "It needs no page now.", ja: "今はページを必要としていません。" }],
  ["UNSAFE", "The source class cannot give a page just now", "移動元クラスは今ページを出せない", LATER],
  ["SAME", "Source and destination are the same class", "移動元と移動先が同じクラス", CALLER],
  ["MEMLIMIT_TOO_SMALL", "The node keeps at least 8 MB", "ノードは最低 8 MB を保つ", { en: "Ask for 8 or more.", ja: "8 以上を指定してください。" }],
  [
    "MEMLIMIT_ADJUST_FAILED",
    "The memory limit could not be changed",
    "メモリ上限を変更できなかった",
    {
      en: "With preallocated or mapped memory it is fixed: restart with another -m.",
      ja: "事前確保やファイル割り当てのメモリーでは固定です。-m を変えて再起動してください。",
    },
  ],
  [
    "WATCHER_TOO_MANY",
    "All watchers that the node allows are taken",
    "ノードの許す watcher がすべて使われている",
    {
      en: "End another watch first: a node has 20 at most.",
      ja: "ほかの watch を終了してください。上限は 20 です。",
    },
  ],
  ["HD", "Done as asked (meta commands)", "要求どおり完了（メタコマンド）"],
  ["EN", "A miss (meta get)", "ミス（メタ get）"],
  ["NF", "There is no item under this key (meta commands)", "このキーのアイテムはない（メタコマンド）"],
  ["NS", "The condition did not hold, nothing was stored (meta set)", "条件が満たされず格納されなかった（メタ set）", ADD_FIRST],
  ["EX", "Somebody changed the item since it was fetched (meta commands)", "取得後に他者がアイテムを変更した（メタコマンド）", RETRY_CAS],
];

const BINARY: readonly Row[] = [
  ["0x00", "NO_ERROR", "No error", "Done as asked", "要求どおり完了"],
  [
    "0x01",
    "KEY_ENOENT",
    "Key not found",
    "There is no item under this key; of a stat request: no such group",
    "このキーのアイテムはない（stat 要求なら、その項目群がない）",
    {
      en: "Expected for a miss: never stored, expired, evicted, or on another node.",
      ja: "ミスなら想定どおりです。未格納、期限切れ、退避済み、または別ノードにあります。",
    },
  ],
  ["0x02", "KEY_EEXISTS", "Key exists", "The item is there already (add), or was changed meanwhile (cas)", "すでに存在する (add)、または途中で変更された (cas)", RETRY_CAS],
  ["0x03", "E2BIG", "Value too large", "The value is larger than the item limit", "値がアイテムの上限より大きい", TOO_LARGE],
  ["0x04", "EINVAL", "Invalid arguments", "A field of the request is wrong", "要求の項目が誤っている", CALLER],
  ["0x05", "NOT_STORED", "Item not stored", "There was nothing to append or prepend to", "append や prepend の対象がなかった", ADD_FIRST],
  ["0x06", "DELTA_BADVAL", "Incr/Decr on non-numeric value", "The item is not a number", "アイテムが数値ではない", COUNTER],
  [
    "0x07",
    "NOT_MY_VBUCKET",
    "The vbucket belongs to another server",
    "The key's vbucket is on another server",
    "キーの vbucket が別のサーバーにある",
    {
      en: "Not of memcached itself: the client's map of vbuckets is old.",
      ja: "memcached 本体のものではありません。クライアントの vbucket 表が古くなっています。",
    },
  ],
  ["0x08", "AUTH_ERROR_OLD", "Authentication error", "The sign-in failed (number of old drafts)", "サインインに失敗した（旧草案の番号）", SIGN_IN],
  ["0x09", "AUTH_CONTINUE_OLD", "Authentication continue", "The sign-in takes another step (number of old drafts)", "サインインに続きがある（旧草案の番号）"],
  [
    "0x20",
    "AUTH_ERROR",
    "Authentication required / Not Successful",
    "Not signed in, or the sign-in was refused. A node started with -F answers a flush so, too",
    "未サインイン、またはサインインが拒否された。-F のノードは flush にもこれを返す",
    SIGN_IN,
  ],
  ["0x21", "AUTH_CONTINUE", "Further authentication steps required", "The sign-in takes another step", "サインインに続きがある"],
  ["0x81", "UNKNOWN_COMMAND", "Unknown command", "The node does not know the request", "ノードがその要求を知らない", VERSION],
  ["0x82", "ENOMEM", "Out of memory", "No memory for the item", "アイテムのためのメモリーがない", MEMORY],
  ["0x83", "NOT_SUPPORTED", "Not supported", "The node does not support the request", "ノードがその要求に対応していない", VERSION],
  ["0x84", "EINTERNAL", "Internal error", "The node failed inside", "ノード内部で失敗した", { en: "See the node's log.", ja: "ノードのログを確認してください。" }],
  ["0x85", "EBUSY", "Busy", "The node is busy", "ノードが処理中", LATER],
  ["0x86", "ETMPFAIL", "Temporary failure", "It failed for the moment", "一時的に失敗した", LATER],
];

function rowsOf(family: ErrorFamily, rows: readonly Row[]): ErrorCode[] {
  return rows.map(([code, name, says, en, ja, remedy]) => ({
    ...{ family, code, name, says },
    meaning: { en, ja },
    remedy: remedy ?? null,
  }));
}

/** Every code, libmemcached's by number, then text replies, then binary statuses. */
export const ERROR_CODES: readonly ErrorCode[] = [
  ...rowsOf("libmemcached", LIBMEMCACHED),
  ...TEXT.map(
    ([code, en, ja, remedy]): ErrorCode => ({
      ...{ family: "text", code, name: code, says: null },
      meaning: { en, ja },
      remedy: remedy ?? null,
    }),
  ),
  ...rowsOf("binary", BINARY),
];

/**
 * What a number, a status, a name or a line that a client or a node printed can mean: of text replies the one that
 * matches most of the line, of the others every one that is meant or contains the words. Empty when none is known.
 */
export function lookUpError(asked: string): ErrorCode[] {
  const text = asked.trim();
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
  const longest = replies.reduce<ErrorCode[]>((best, one) => {
    const [before] = best;
    return before === undefined || one.code.length > before.code.length ? [one] : best;
  }, []);
  const named = ERROR_CODES.filter(({ family, name, says }) => {
    if (family === "text") return longest.length === 0 && name.toUpperCase().includes(line);
    return name.includes(line.replaceAll(" ", "_")) || says?.toUpperCase().includes(line) === true;
  });
  return [...longest, ...named];
}

function exactly(family: ErrorFamily, code: string): ErrorCode[] {
  return ERROR_CODES.filter((one) => one.family === family && one.code === code);
}

/** Whether a line begins with a reply's words, and not with a longer word. */
function begins(line: string, reply: string): boolean {
  return line === reply || line.startsWith(`${reply} `) || line.startsWith(`${reply}:`);
}
