/** An item before and after it is changed, where looking is no use of it. */
import type { ItemInfo, KeyCommands } from "@/lib/memcached/key-contract";
import type { Figures } from "@/lib/model/actions/action.schema";

/** Null where the node cannot be asked without that counting as a use. `found`: 1 or 0. */
export async function inspectKey(
  keys: KeyCommands,
  key: Buffer,
  nowMs: () => number,
): Promise<Figures | null> {
  if (!keys.inspectsSilently) return null;
  const look = await keys.inspect(key, 0);
  // Only now it is known whether the node has the flag that leaves an item alone.
  return keys.inspectsSilently ? itemFigures(look, nowMs()) : null;
}

function itemFigures(look: ItemInfo | null, atMs: number): Figures {
  if (look === null) return { atMs, found: 0, size: null, ttlSeconds: null, flags: null };
  return { atMs, found: 1, size: look.size, ttlSeconds: look.ttlSeconds, flags: look.flags };
}
