/** Path parameters of route handlers. Next hands them over decoded. */
import { keyBytes } from "@/lib/memcached/key-bytes";
import type { KeyEncoding } from "@/lib/model/actions/action";
import { InputError } from "@/lib/model/errors";
import { STATS_GROUPS, type StatsGroup } from "@/lib/model/node/capability";

type Params = Readonly<Record<string, string>>;

/** The node id in the path. */
export function nodeParam(params: Params): string {
  return params.node ?? "";
}

/** The pool's name in the path. */
export function poolParam(params: Params): string {
  return params.pool ?? "";
}

/** The id in the path. */
export function idParam(params: Params): string {
  return params.id ?? "";
}

/**
 * The key in the path, as bytes.
 * @throws InputError for one that the encoding does not allow
 */
export function keyParam(params: Params, keyEncoding: KeyEncoding): Buffer {
  return keyBytes(params.key ?? "", keyEncoding);
}

/** @throws InputError for a group that memcached does not have or that Memfleet never asks for */
export function groupParam(params: Params): StatsGroup {
  const group = STATS_GROUPS.find((known) => known === params.group);
  if (group) return group;
  throw new InputError([
    { field: "group", found: JSON.stringify(params.group), allowed: STATS_GROUPS.join(", ") },
  ]);
}
