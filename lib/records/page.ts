/** Pages of records, newest first. A cursor is a letter and the id of the last record of the page before. */
import { InputError } from "@/lib/model/errors";

/**
 * The id that only older records follow; null: from the newest.
 * @throws InputError for a cursor that no earlier reply gave
 */
export function idOfCursor(letter: string, cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const digits = cursor.startsWith(letter) ? cursor.slice(letter.length) : "";
  if (/^\d{1,15}$/.test(digits)) return Number(digits);
  throw new InputError([
    { field: "cursor", found: JSON.stringify(cursor), allowed: "nextCursor of an earlier reply" },
  ]);
}

/** The first `limit` of the records found, of which there is one more when another page follows. */
export function pageOf<Item extends { readonly id: number | string }>(
  letter: string,
  found: readonly Item[],
  limit: number,
): { readonly page: Item[]; readonly nextCursor: string | null } {
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return { page, nextCursor: found.length > limit && last !== undefined ? `${letter}${last.id}` : null };
}
