/**
 * The stats per slab class in `stats slabs` and `stats items`, with their meaning.
 *
 * Sources: memcached's `doc/protocol.txt`, "Slab statistics" and "Item statistics", and replies of servers from 1.4.25 to
 * 1.6.18.
 */

export interface Meaning {
  readonly en: string;
  readonly ja: string;
}

type Row = readonly [name: string, en: string, ja: string];

const ROWS: readonly Row[] = [
  ["chunk_size", "Bytes per chunk of this class; an item takes up a complete chunk", "このクラスのチャンク 1 個のバイト数。アイテムは 1 チャンク全体を占有"],
  ["chunks_per_page", "Chunks per slab page", "スラブページ 1 枚あたりのチャンク数"],
  ["total_pages", "Slab pages of the class", "クラスが持つスラブページ数"],
  ["total_chunks", "Chunks of the class", "クラスが持つチャンク数"],
  ["used_chunks", "Chunks with an item", "アイテムが入っているチャンク数"],
  ["free_chunks", "Chunks without an item", "空いているチャンク数"],
  ["free_chunks_end", "Chunks at the end of the newest page that were never used", "最新ページ末尾の未使用チャンク数"],
  ["mem_requested", "Bytes requested for the items of this class", "このクラスのアイテムが要求したバイト数"],
  ["get_hits", "Gets that found an item in this class", "このクラスで見つかった get の数"],
  ["cmd_set", "Stores in this class", "このクラスへの保存コマンド数"],
  ["delete_hits", "Deletes that found an item in this class", "このクラスで見つかった delete の数"],
  ["incr_hits", "Successful incr commands in this class", "このクラスで成功した incr の数"],
  ["decr_hits", "Successful decr commands in this class", "このクラスで成功した decr の数"],
  ["cas_hits", "Successful cas commands", "成功した cas の数"],
  ["cas_badval", "cas commands rejected because the item had changed", "アイテムが変更済みで拒否された cas の数"],
  ["touch_hits", "Successful touch commands in this class", "このクラスで成功した touch の数"],
  ["active_slabs", "Slab classes with pages", "ページを持つスラブクラス数"],
  ["total_malloced", "Bytes allocated for slab pages", "スラブページに確保したバイト数"],
  ["number", "Items in this class", "クラス内の現在のアイテム数"],
  ["number_hot", "Items in the HOT tier: recently stored", "HOT 段のアイテム数 (最近保存されたもの)"],
  ["number_warm", "Items in the WARM tier: fetched more than once", "WARM 段のアイテム数 (複数回取得されたもの)"],
  ["number_cold", "Items in the COLD tier: the source of evictions", "COLD 段のアイテム数 (ここから追い出される)"],
  ["number_temp", "Items in the TEMP tier: short-lived, never bumped", "TEMP 段のアイテム数 (短命で LRU 更新なし)"],
  ["age", "Seconds since the oldest item was last used", "最も古いアイテムの最終利用からの秒数"],
  ["age_hot", "Seconds since the oldest HOT item was last used", "最も古い HOT アイテムの最終利用からの秒数"],
  ["age_warm", "Seconds since the oldest WARM item was last used", "最も古い WARM アイテムの最終利用からの秒数"],
  ["evicted", "Unexpired items removed to make room", "空きを作るため期限前に追い出されたアイテム数"],
  ["evicted_nonzero", "Evicted items with an expiration time", "追い出されたアイテムのうち期限付きの数"],
  ["evicted_time", "Seconds since last use of the most recently evicted item", "最後に追い出されたアイテムの最終利用からの秒数"],
  ["evicted_unfetched", "Items evicted without being fetched", "一度も取得されず追い出されたアイテム数"],
  ["evicted_active", "Items evicted despite recent fetches", "最近取得されたのに追い出されたアイテム数"],
  ["expired_unfetched", "Items that expired without being fetched", "一度も取得されず期限切れになったアイテム数"],
  ["outofmemory", "Stores rejected for lack of memory in this class", "クラスのメモリ不足で拒否した保存の数"],
  ["tailrepairs", "Items freed although they seemed to be in use", "使用中に見えたが強制解放したアイテム数"],
  ["reclaimed", "Stores that reused the memory of an expired item", "期限切れアイテムの領域を再利用した回数"],
  ["crawler_reclaimed", "Items freed by the LRU crawler", "LRU クローラーが解放したアイテム数"],
  ["crawler_items_checked", "Items checked by the LRU crawler", "LRU クローラーが調べたアイテム数"],
  ["lrutail_reflocked", "LRU tail items that were in use", "使用中だった LRU 末尾アイテムの数"],
  ["moves_to_cold", "Items moved from HOT or WARM to COLD", "HOT/WARM から COLD へ移した数"],
  ["moves_to_warm", "Items moved from COLD to WARM", "COLD から WARM へ移した数"],
  ["moves_within_lru", "Items moved to the front of HOT or WARM", "HOT/WARM 内で先頭へ移した数"],
  ["direct_reclaims", "Times a worker thread had to free memory itself", "ワーカー自身がメモリを解放した回数"],
  ["hits_to_hot", "Hits in the HOT tier", "HOT 段のヒット数"],
  ["hits_to_warm", "Hits in the WARM tier", "WARM 段のヒット数"],
  ["hits_to_cold", "Hits in the COLD tier", "COLD 段のヒット数"],
  ["hits_to_temp", "Hits in the TEMP tier", "TEMP 段のヒット数"],
];

/** By name without the class: `items:12:evicted` is `evicted`. */
export const SLAB_STATS: ReadonlyMap<string, Meaning> = new Map(ROWS.map(([name, en, ja]) => [name, { en, ja }]));

/** Meaning of an entry of `stats slabs` or `stats items` (`12:chunk_size`, `items:12:evicted`), if known. */
export function slabStatMeaning(entry: string): Meaning | undefined {
  return SLAB_STATS.get(entry.replace(/^(?:items:)?\d+:/, ""));
}
