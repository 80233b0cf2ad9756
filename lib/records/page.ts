/** Pages of records, newest first. A cursor is a letter and the id of the last record of the page before. */
import { numberCursor, parseNumberCursor } from "@/lib/model/cursor";

/**
 * The id that only older records follow; null: from the newest.
 * @throws InputError for a cursor that no earlier reply gave
 */
export function idOfCursor(letter: string, cursor: string | undefined): number | null {
  return cursor === undefined ? null : parseNumberCursor(letter, cursor);
}

/** The first `limit` of the records found, of which there is one more when another page follows. */
export function pageOf<Item extends { readonly id: number | string }>(
  letter: string,
  found: readonly Item[],
  limit: number,
): { readonly page: Item[]; readonly nextCursor: string | null } {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    page,
    nextCursor: found.length > limit && last !== undefined ? numberCursor(letter, last.id) : null,
  };
}
