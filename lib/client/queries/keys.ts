"use client";
/** What pages ask about keys. */
import { useQuery } from "@tanstack/react-query";
import type { KeyEncoding } from "@/lib/model/actions/action";
import type { KeyItem, KeyOwner } from "@/lib/model/node/keys.schema";
import { type ApiError, getJson, queryString, segment } from "../api";
import { queryKeys } from "./query-keys";

export interface KeyName {
  readonly key: string;
  readonly keyEncoding: KeyEncoding;
}

/** Where a key's item is read from. */
export function keyPath(node: string, { key, keyEncoding }: KeyName): string {
  return `/nodes/${segment(node)}/keys/${segment(key)}${queryString({ keyEncoding })}`;
}

/** Where a value's bytes are downloaded from. */
export function keyValuePath(node: string, { key, keyEncoding }: KeyName): string {
  return `/api/v1/nodes/${segment(node)}/keys/${segment(key)}/value${queryString({ keyEncoding })}`;
}

/** One item, asked once: looking may move it in the LRU of older servers. */
export function useKeyItem(node: string, name: KeyName | null) {
  return useQuery<KeyItem, ApiError>({
    queryKey: queryKeys.key(node, name),
    queryFn: ({ signal }) =>
      getJson<KeyItem>(keyPath(node, name ?? { key: "", keyEncoding: "utf8" }), signal),
    enabled: name !== null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
}

/** Which node of a pool owns a key, and where it is. */
export function useKeyOwner(pool: string, name: KeyName | null) {
  return useQuery<KeyOwner, ApiError>({
    queryKey: queryKeys.keyOwner(pool, name),
    queryFn: ({ signal }) =>
      getJson<KeyOwner>(`/pools/${segment(pool)}/owner${queryString({ ...name })}`, signal),
    enabled: name !== null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
}
