/** Cursors of paged lists: opaque to clients, checked when they are returned. */
import { InputError } from "./errors";

/** A position as a number. `list` is a letter, so that a cursor of another list is rejected. */
export function numberCursor(list: string, position: number | string): string {
  return `${list}${position}`;
}

/** @throws InputError for a cursor of another list, or none at all */
export function parseNumberCursor(list: string, cursor: string): number {
  const digits = cursor.startsWith(list) ? cursor.slice(list.length) : "";
  if (/^\d{1,15}$/.test(digits)) return Number(digits);
  throw invalidCursor(cursor);
}

/** A position as the sort keys of the last entry. */
export function keysCursor(keys: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(keys)).toString("base64url");
}

/** @throws InputError when the cursor does not decode to a list */
export function parseKeysCursor(cursor: string): readonly unknown[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(keys)) return keys;
  } catch {
    // Not an issued cursor: rejected below.
  }
  throw invalidCursor(cursor);
}

export function invalidCursor(cursor: string): InputError {
  const found = JSON.stringify(cursor).slice(0, 200);
  return new InputError([{ field: "cursor", found, allowed: "nextCursor of an earlier reply" }]);
}
