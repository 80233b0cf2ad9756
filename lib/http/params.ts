/** Path parameters of route handlers, already decoded by Next. */

import { STATS_GROUPS, type StatsGroup } from "@/lib/catalogue/stats-groups";
import { keyBytes } from "@/lib/memcached/key-bytes";
import type { KeyEncoding } from "@/lib/model/actions/action";
import { InputError } from "@/lib/model/errors";
import { readNodeSegment } from "@/lib/model/node/path-segments";

type Params = Readonly<Record<string, string>>;

/** The path parameter `{name}`. */
export function pathParam(params: Params, name: "node" | "pool" | "id" | "token"): string {
  const text = params[name] ?? "";
  return name === "node" ? readNodeSegment(text) : text;
}

/**
 * The key in the path, as bytes.
 * @throws InputError for a key that the encoding does not allow
 */
export function keyParam(params: Params, keyEncoding: KeyEncoding): Buffer {
  return keyBytes(params.key ?? "", keyEncoding);
}

/** @throws InputError for a group that memcached does not have or that Memfleet never reads */
export function groupParam(params: Params): StatsGroup {
  const group = STATS_GROUPS.find((name) => name === params.group);
  if (group) return group;
  throw new InputError([
    { field: "group", found: JSON.stringify(params.group), allowed: STATS_GROUPS.join(", ") },
  ]);
}
