/** An item before and after it is changed, read without bumping it in the LRU. */
import type { ItemInfo, KeyCommands } from "@/lib/memcached/key-contract";
import type { Measurements } from "@/lib/model/actions/action.schema";

/** Null where the node can only be read by a get, which bumps the item. `found`: 1 or 0. */
export async function inspectKey(
  keys: KeyCommands,
  key: Buffer,
  nowMs: () => number,
): Promise<Measurements | null> {
  if (!keys.inspectsSilently) return null;
  const item = await keys.inspect(key, 0);
  // Only the reply shows whether the node has the flag that leaves an item alone.
  return keys.inspectsSilently ? itemMeasurements(item, nowMs()) : null;
}

function itemMeasurements(item: ItemInfo | null, atMs: number): Measurements {
  if (item === null) return { atMs, found: 0, size: null, ttlSeconds: null, flags: null };
  return { atMs, found: 1, size: item.size, ttlSeconds: item.ttlSeconds, flags: item.flags };
}

/** A node's reply to a command on one key, with what `NOT_FOUND` means. */
export function withMeaning(reply: string): string {
  return reply === "NOT_FOUND" ? `${reply}: no item has this key` : reply;
}
