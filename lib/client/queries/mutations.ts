"use client";
/** What pages change. Nothing here is tried twice: a write that got no answer may have happened. */
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type { Action, ActionInput } from "@/lib/model/actions/action.schema";
import type { ShareInput, ShareMade } from "@/lib/model/share.schema";
import { type ApiError, segment, sendJson } from "../api";
import { queryKeys } from "./query-keys";

/** Makes a share link. */
export function useCreateShare() {
  const client = useQueryClient();
  return useMutation<ShareMade, ApiError, ShareInput>({
    mutationFn: (input) => sendJson<ShareMade>("POST", "/api/v1/shares", input),
    onSettled: () => refreshAfterShare(client),
  });
}

/** Revokes a share link by its id. */
export function useRevokeShare() {
  const client = useQueryClient();
  return useMutation<void, ApiError, string>({
    mutationFn: (id) => sendJson<void>("DELETE", `/api/v1/shares/${segment(id)}`),
    onSettled: () => refreshAfterShare(client),
  });
}

function refreshAfterShare(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: queryKeys.shares });
  void client.invalidateQueries({ queryKey: queryKeys.allAudit });
}

/** Begins an action on nodes; the answer comes before it has ended. */
export function useAct() {
  const client = useQueryClient();
  return useMutation<Action, ApiError, ActionInput>({
    mutationFn: (input) => sendJson<Action>("POST", "/api/v1/actions", input),
    onSettled: () => void client.invalidateQueries({ queryKey: queryKeys.allAudit }),
  });
}

export type ActionControl = "pause" | "resume" | "cancel";

/** Pauses, resumes or cancels what an action has not sent. */
export function useControlAction(id: string) {
  const client = useQueryClient();
  return useMutation<Action, ApiError, ActionControl>({
    mutationFn: (how) => sendJson<Action>("POST", `/api/v1/actions/${segment(id)}/${how}`),
    onSuccess: (action) => client.setQueryData(queryKeys.action(id), action),
    onSettled: () => void client.invalidateQueries({ queryKey: queryKeys.openActions }),
  });
}
