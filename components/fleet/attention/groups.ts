/** Groups entries with the same text about many nodes of a pool: a lost rack must not fill the page. Pure. */
import type { Attention } from "@/lib/model/fleet.schema";

export interface AttentionGroup {
  /** The worst of them, as they are sorted. */
  readonly first: Attention;
  /** The number of nodes with the same text; 1 for a single entry. */
  readonly count: number;
}

/** Up to this many entries of a kind are listed one by one. */
const ONE_BY_ONE = 3;

/**
 * In the order of the entries; a group has the index of its first entry. `detailOf` is equal for the entries of a
 * group.
 */
export function groupsOf(
  entries: readonly Attention[],
  detailOf: (entry: Attention) => string,
): AttentionGroup[] {
  const keys = entries.map((entry) =>
    JSON.stringify([entry.pool, entry.severity, entry.kind, detailOf(entry)]),
  );
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const grouped = new Set<string>();
  const groups: AttentionGroup[] = [];
  entries.forEach((first, index) => {
    const key = keys[index] as string;
    const count = counts.get(key) ?? 1;
    if (count <= ONE_BY_ONE) groups.push({ first, count: 1 });
    else if (!grouped.has(key)) groups.push({ first, count });
    grouped.add(key);
  });
  return groups;
}
