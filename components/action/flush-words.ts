/** What an operator will see after a flush, by the node's version and settings. Pure. */

export type ItemsAfterFlush = "itemsFall" | "itemsStay" | "itemsUnknown";

/**
 * memcached 1.6 with its LRU maintainer collects dead items within a second or two; 1.4, and any server without
 * the maintainer, counts a dead item out only when a get finds it or its memory is needed. Seen on 1.4.25 and
 * on 1.6.18. `lruMaintainer`: `lru_maintainer_thread` of `stats settings`; undefined when not known.
 */
export function itemsAfterFlush(version: string | null, lruMaintainer: string | undefined): ItemsAfterFlush {
  if (lruMaintainer === "no") return "itemsStay";
  const parts = /^(\d+)\.(\d+)/.exec(version ?? "");
  if (parts === null) return "itemsUnknown";
  const [major, minor] = [Number(parts[1]), Number(parts[2])];
  if (major > 1 || minor >= 6) return "itemsFall";
  return minor <= 4 ? "itemsStay" : "itemsUnknown";
}
