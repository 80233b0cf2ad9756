"use client";
/** What pages ask about share links and actions. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Action, ActionPreview } from "@/lib/model/action";
import type { Audit } from "@/lib/model/audit";
import type { ShareStatus, Shares } from "@/lib/model/share";
import { ApiError, getJson, problemOf, queryString, segment } from "./api";
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

/** What a flush of a node would hit, from what was collected last. */
export function useFlushPreview(node: string) {
  return useQuery<ActionPreview, ApiError>({
    queryKey: queryKeys.preview(node),
    queryFn: ({ signal }) =>
      getJson<ActionPreview>(`/actions/preview${queryString({ kind: "flush_all", node })}`, signal),
    refetchInterval: 5_000,
    // Numbers somebody decides by are never older than the dialog.
    gcTime: 0,
  });
}

const ENDED = new Set<Action["state"]>(["done", "failed", "cancelled"]);

/** An action as it goes on: asked for every half second until it has ended. */
export function useAction(begun: Action) {
  return useQuery<Action, ApiError>({
    queryKey: queryKeys.action(begun.id),
    queryFn: ({ signal }) => getJson<Action>(`/actions/${segment(begun.id)}`, signal),
    initialData: begun,
    refetchInterval: (query) => (query.state.data && ENDED.has(query.state.data.state) ? false : 500),
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
