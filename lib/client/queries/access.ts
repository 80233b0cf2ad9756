"use client";
/** What pages ask about share links and the audit. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Audit } from "@/lib/model/actions/audit.schema";
import type { ShareStatus, Shares } from "@/lib/model/share.schema";
import { ApiError, getJson, problemOf, segment } from "../api";
import { type AuditSearch, auditPath } from "./audit-search";
import { queryKeys } from "./query-keys";

/** Share links that still work, newest first. */
export function useShares() {
  return useQuery<Shares, ApiError>({
    queryKey: queryKeys.shares,
    queryFn: ({ signal }) => getJson<Shares>("/shares", signal),
    refetchInterval: 30_000,
  });
}

/** The audit, newest first, a page at a time. */
export function useAudit(search: AuditSearch) {
  return useInfiniteQuery<Audit, ApiError, { pages: Audit[] }, readonly unknown[], string | null>({
    queryKey: queryKeys.audit(search),
    queryFn: ({ signal, pageParam }) => getJson<Audit>(auditPath(search, pageParam), signal),
    initialPageParam: null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.pages.length === 1 ? 15_000 : false),
  });
}

/** What a share link shows. A link that stopped working is an `ApiError` with status 404. */
export function useSharedStatus(token: string, initial: ShareStatus, intervalMs: number) {
  return useQuery<ShareStatus, ApiError>({
    queryKey: queryKeys.sharedStatus(token),
    queryFn: ({ signal }) => readSharedStatus(token, signal),
    initialData: initial,
    initialDataUpdatedAt: initial.servedMs,
    refetchInterval: (query) => (query.state.error?.status === 404 ? false : intervalMs),
    // A revoked link must not stay readable in a window that was left open.
    refetchOnWindowFocus: "always",
    retry: false,
  });
}

async function readSharedStatus(token: string, signal: AbortSignal): Promise<ShareStatus> {
  let response: Response;
  try {
    response = await fetch(`/s/${segment(token)}/status.json`, {
      signal,
      headers: { accept: "application/json" },
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError(0, "unreachable", "");
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as ShareStatus;
}
