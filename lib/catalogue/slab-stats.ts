/**
 * Names of `stats slabs` and `stats items`, per slab class, with their meaning.
 *
 * After memcached's `doc/protocol.txt`, "Slab statistics" and "Item statistics", and the replies of servers
 * from 1.4.25 to 1.6.18.
 */

export interface Meaning {
  readonly en: string;
  readonly ja: string;
}

type Row = readonly [name: string, en: string, ja: string];

const ROWS: readonly Row[] = [
  ["chunk_size", "Bytes that one chunk of this class holds; an item occupies a whole chunk", "このクラスのチャンク 1 個のバイト数。アイテムはチャンクを丸ごと使う"],
  ["chunks_per_page", "Chunks that one slab page is cut into", "スラブページ 1 枚あたりのチャンク数"],
  ["total_pages", "Slab pages the class holds", "クラスが持つスラブページ数"],
  ["total_chunks", "Chunks the class holds", "クラスが持つチャンク数"],
  ["used_chunks", "Chunks that hold items", "アイテムが入っているチャンク数"],
  ["free_chunks", "Chunks without an item", "空いているチャンク数"],
  ["free_chunks_end", "Chunks at the end of the newest page, never used yet", "最新ページ末尾の未使用チャンク数"],
  ["mem_requested", "Bytes that the items of this class asked for", "クラス内のアイテムが要求したバイト数"],
  ["get_hits", "Gets that found an item in this class", "このクラスで見つかった get の数"],
  ["cmd_set", "Stores into this class", "このクラスへの保存コマンド数"],
  ["delete_hits", "Deletes that found an item in this class", "このクラスで見つかった delete の数"],
  ["incr_hits", "incr commands on items of this class", "このクラスで成功した incr の数"],
  ["decr_hits", "decr commands on items of this class", "このクラスで成功した decr の数"],
  ["cas_hits", "cas commands that stored", "成功した cas の数"],
  ["cas_badval", "cas commands refused because the item had changed", "アイテムが変更済みで拒否された cas の数"],
  ["touch_hits", "touch commands on items of this class", "このクラスで成功した touch の数"],
  ["active_slabs", "Slab classes that hold pages", "ページを持つスラブクラス数"],
  ["total_malloced", "Bytes allocated for slab pages", "スラブページに確保したバイト数"],
  ["number", "Items stored in this class now", "クラス内の現在のアイテム数"],
  ["number_hot", "Items in the HOT tier: stored lately", "HOT 段のアイテム数 (最近保存されたもの)"],
  ["number_warm", "Items in the WARM tier: fetched more than once", "WARM 段のアイテム数 (複数回取得されたもの)"],
  ["number_cold", "Items in the COLD tier: evictions come from here", "COLD 段のアイテム数 (ここから退避される)"],
  ["number_temp", "Items in the TEMP tier: short-lived, never bumped", "TEMP 段のアイテム数 (短命で LRU 更新なし)"],
  ["age", "Seconds since the oldest item of the class was used", "最も古いアイテムが最後に使われてからの秒数"],
  ["age_hot", "Seconds since the oldest HOT item was used", "最も古い HOT アイテムの経過秒数"],
  ["age_warm", "Seconds since the oldest WARM item was used", "最も古い WARM アイテムの経過秒数"],
  ["evicted", "Items thrown out before they expired, to make room", "空きを作るため期限前に追い出したアイテム数"],
  ["evicted_nonzero", "Evicted items that had an expiry time set", "期限付きのまま追い出したアイテム数"],
  ["evicted_time", "Seconds for which the item evicted last had not been used", "最後に追い出したアイテムが未使用だった秒数"],
  ["evicted_unfetched", "Items evicted without ever being fetched", "一度も取得されず追い出されたアイテム数"],
  ["evicted_active", "Items evicted although fetched lately", "最近取得されたのに追い出されたアイテム数"],
  ["expired_unfetched", "Items that expired without ever being fetched", "一度も取得されず期限切れになったアイテム数"],
  ["outofmemory", "Stores refused for lack of memory in this class", "クラスのメモリ不足で拒否した保存の数"],
  ["tailrepairs", "Items freed although a client seemed to hold them", "参照中に見えたが強制解放したアイテム数"],
  ["reclaimed", "Stores that reused the memory of an expired item", "期限切れアイテムの領域を再利用した回数"],
  ["crawler_reclaimed", "Items freed by the LRU crawler", "LRU クローラーが解放したアイテム数"],
  ["crawler_items_checked", "Items the LRU crawler looked at", "LRU クローラーが調べたアイテム数"],
  ["lrutail_reflocked", "LRU tail items that were in use", "使用中だった LRU 末尾アイテムの数"],
  ["moves_to_cold", "Items moved from HOT or WARM to COLD", "HOT/WARM から COLD へ移した数"],
  ["moves_to_warm", "Items moved from COLD to WARM", "COLD から WARM へ移した数"],
  ["moves_within_lru", "Items moved to the front of HOT or WARM", "HOT/WARM 内で先頭へ移した数"],
  ["direct_reclaims", "Times a worker had to free memory itself", "ワーカー自身がメモリを解放した回数"],
  ["hits_to_hot", "Hits on items of the HOT tier", "HOT 段のヒット数"],
  ["hits_to_warm", "Hits on items of the WARM tier", "WARM 段のヒット数"],
  ["hits_to_cold", "Hits on items of the COLD tier", "COLD 段のヒット数"],
  ["hits_to_temp", "Hits on items of the TEMP tier", "TEMP 段のヒット数"],
];

/** By memcached's name without the class: `items:12:evicted` is `evicted`. */
export const SLAB_STATS: ReadonlyMap<string, Meaning> = new Map(ROWS.map(([name, en, ja]) => [name, { en, ja }]));

/** Meaning of an entry of `stats slabs` or `stats items` (`12:chunk_size`, `items:12:evicted`), if known. */
export function slabStatMeaning(entry: string): Meaning | undefined {
  return SLAB_STATS.get(entry.replace(/^(?:items:)?\d+:/, ""));
}
