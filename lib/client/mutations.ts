"use client";
/** What pages change. Nothing here is tried twice: a write that got no answer may have happened. */
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import type { SignIn, Whoami } from "@/lib/model/access";
import type { Action, ActionInput } from "@/lib/model/action";
import type { ShareInput, ShareMade } from "@/lib/model/share";
import { ApiError, problemOf, segment } from "./api";
import { queryKeys } from "./query-keys";

/** Sends a JSON body to a path of our own. Throws `ApiError`; an answer without content is undefined. */
export async function sendJson<T>(method: "POST" | "DELETE", path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { accept: "application/json", "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "unreachable", "");
  }
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Signs in with user name and password. */
export function signIn(input: SignIn): Promise<Whoami> {
  return sendJson<Whoami>("POST", "/api/v1/session", input);
}

/** Ends the session of this browser. */
export function signOut(): Promise<void> {
  return sendJson<void>("DELETE", "/api/v1/session");
}

/** Opens a share link that has a password, for this browser. */
export function unlockShare(token: string, password: string): Promise<void> {
  return sendJson<void>("POST", `/s/${segment(token)}/unlock`, { password });
}

/** Makes a share link. */
export function useMakeShare() {
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
