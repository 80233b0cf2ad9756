/** Path parameters of route handlers. Next hands them over decoded. */
import { STATS_GROUPS, type StatsGroup } from "@/lib/model/capability";
import { InputError } from "@/lib/model/errors";

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

/** @throws InputError for a group that memcached does not have or that Memfleet never asks for */
export function groupParam(params: Params): StatsGroup {
  const group = STATS_GROUPS.find((known) => known === params.group);
  if (group) return group;
  throw new InputError([
    { field: "group", found: JSON.stringify(params.group), allowed: STATS_GROUPS.join(", ") },
  ]);
}
