"use client";
/** The audit log. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import type { AuditKind } from "@/lib/model/actions/audit";
import type { Audit } from "@/lib/model/actions/audit.schema";
import { type ApiError, getJson, queryString } from "../api";

export interface AuditSearch {
  readonly node?: string;
  readonly actor?: string;
  readonly kind?: AuditKind;
  /** Words in actor, kind, target, input or outcome. */
  readonly q?: string;
  /** Unix milliseconds, or relative as `now-24h`. */
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

/** The path below `/api/v1` of a search; `cursor` continues an earlier reply. */
export function auditPath(search: AuditSearch, cursor: string | null = null): string {
  return `/audit${queryString({ ...search, cursor })}`;
}

export const ALL_AUDIT = ["audit"] as const;

/** Audit entries, newest first, a page at a time. */
export function useAudit(search: AuditSearch) {
  return useInfiniteQuery<Audit, ApiError, { pages: Audit[] }, readonly unknown[], string | null>({
    queryKey: [...ALL_AUDIT, search],
    queryFn: ({ signal, pageParam }) => getJson<Audit>(auditPath(search, pageParam), signal),
    initialPageParam: null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.pages.length === 1 ? 15_000 : false),
  });
}
