/** The keys of a list, filtered and sorted. Pure. */
import type { KeyLine } from "@/lib/model/node/keys.schema";

export const KEY_SORTS = ["key", "size", "exp", "la", "cls"] as const;
export type KeySort = (typeof KEY_SORTS)[number];

/** Never expires: the longest time to live there is. */
const FOR_EVER = Number.POSITIVE_INFINITY;
/** Before every number. */
const NOT_REPORTED = -1;

function sortValue(line: KeyLine, by: KeySort): number | string {
  if (by === "key") return line.key;
  if (by === "exp") return line.exp < 0 ? FOR_EVER : line.exp;
  return line[by] ?? NOT_REPORTED;
}

/** Rows whose key contains `filter`, sorted; equals keep their order. */
export function keyRows(
  lines: readonly KeyLine[],
  filter: string,
  by: KeySort | null,
  direction: "asc" | "desc",
): KeyLine[] {
  const shown = lines.filter((line) => line.key.includes(filter));
  if (by === null) return shown;
  const sign = direction === "asc" ? 1 : -1;
  return shown.sort((a, b) => {
    const [first, second] = [sortValue(a, by), sortValue(b, by)];
    return first === second ? 0 : first < second ? -sign : sign;
  });
}
