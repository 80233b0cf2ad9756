"use client";
/** Share links and their content. */
import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ShareInput, ShareMade, ShareStatus, Shares } from "@/lib/model/share.schema";
import { type ApiError, getJson, segment, sendJson } from "../api";
import { ALL_AUDIT } from "./audit";

const SHARES = ["shares"] as const;

/** Active share links, newest first. */
export function useShares() {
  return useQuery<Shares, ApiError>({
    queryKey: SHARES,
    queryFn: ({ signal }) => getJson<Shares>("/shares", signal),
    refetchInterval: 30_000,
  });
}

export function useCreateShare() {
  const client = useQueryClient();
  return useMutation<ShareMade, ApiError, ShareInput>({
    mutationFn: (input) => sendJson<ShareMade>("POST", "/shares", input),
    onSettled: () => refreshShares(client),
  });
}

/** Revokes a share link by its id. */
export function useRevokeShare() {
  const client = useQueryClient();
  return useMutation<void, ApiError, string>({
    mutationFn: (id) => sendJson<void>("DELETE", `/shares/${segment(id)}`),
    onSettled: () => refreshShares(client),
  });
}

function refreshShares(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: SHARES });
  void client.invalidateQueries({ queryKey: ALL_AUDIT });
}

/** Pages of share links are outside the API. */
const SHARED_PAGES = "/s";

/** The content of a share link. An expired or revoked link is an `ApiError` with status 404. */
export function useSharedStatus(token: string, initial: ShareStatus, intervalMs: number) {
  return useQuery<ShareStatus, ApiError>({
    queryKey: ["shared-status", token],
    queryFn: ({ signal }) => getJson<ShareStatus>(`/${segment(token)}/status.json`, signal, SHARED_PAGES),
    initialData: initial,
    initialDataUpdatedAt: initial.servedMs,
    refetchInterval: (query) => (query.state.error?.status === 404 ? false : intervalMs),
    // A revoked link must not stay readable in a window that was left open.
    refetchOnWindowFocus: "always",
    retry: false,
  });
}

/** Opens a password-protected share link for this browser. */
export function unlockShare(token: string, password: string): Promise<void> {
  return sendJson<void>("POST", `/${segment(token)}/unlock`, { password }, SHARED_PAGES);
}
