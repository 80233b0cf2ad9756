"use client";
/** Actions on nodes: previewing, starting, following and controlling them. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ActionKind } from "@/lib/model/actions/action";
import type { Action, ActionInput, ActionPreview, Actions } from "@/lib/model/actions/action.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { type ApiError, getJson, queryString, segment, sendJson } from "../api";
import { useRunEvents } from "../events/use-run-events";
import { ALL_AUDIT } from "./audit";

const OPEN_ACTIONS = ["actions", "open"] as const;
const actionKey = (id: string) => ["actions", "one", id] as const;

/** How often an action is read again while its event stream is not open. */
const REREAD_MS = 2_000;

interface PreviewScope {
  readonly pool: string | null;
  readonly nodes: readonly Pick<Node, "id">[];
}

/** The impact of an action on these nodes, or this pool, by the last collected values. */
export function useActionPreview(kind: ActionKind, { pool, nodes }: PreviewScope) {
  const scope = pool === null ? { node: nodes.map((node) => node.id) } : { pool };
  const query = queryString({ kind, ...scope });
  return useQuery<ActionPreview, ApiError>({
    queryKey: ["actions", "preview", query],
    queryFn: ({ signal }) => getJson<ActionPreview>(`/actions/preview${query}`, signal),
    refetchInterval: 5_000,
    // Numbers that a decision rests on are never older than the dialog.
    gcTime: 0,
  });
}

/** No more requests will be sent to nodes. */
export function hasEnded({ state }: Pick<Action, "state">): boolean {
  return state === "done" || state === "failed" || state === "cancelled";
}

/** Whether the action can still change: a flush is watched for a while after it has ended. */
function canChange(action: Action): boolean {
  return !hasEnded(action) || (action.watchedUntilMs ?? 0) > Date.now() - 5_000;
}

function mergeAction(cached: Action, event: Action, partial: boolean): Action {
  if (!partial) return event;
  const changed = new Map(event.targets.map((target) => [target.node, target]));
  return { ...event, targets: cached.targets.map((target) => changed.get(target.node) ?? target) };
}

/** An action, refreshed until it has ended and is no longer watched. */
export function useAction(id: string | null, started?: Action) {
  const client = useQueryClient();
  const queryKey = actionKey(id ?? "");
  const path = `/actions/${segment(id ?? "")}`;
  const cached = client.getQueryData<Action>(queryKey) ?? started;
  const follows = id !== null && cached !== undefined && canChange(cached);
  const live = useRunEvents({
    path: follows ? `${path}/events` : null,
    queryKey,
    snapshot: "action",
    merge: mergeAction,
  });
  return useQuery<Action, ApiError>({
    queryKey,
    queryFn: ({ signal }) => getJson<Action>(path, signal),
    enabled: id !== null,
    initialData: started,
    staleTime: live ? Number.POSITIVE_INFINITY : 0,
    refetchInterval: ({ state: { data } }) =>
      !live && data !== undefined && canChange(data) ? REREAD_MS : false,
  });
}

/** Running and paused actions, newest first. */
export function useOpenActions() {
  return useQuery<readonly Action[], ApiError>({
    queryKey: OPEN_ACTIONS,
    queryFn: async ({ signal }) => {
      const states = ["running", "paused"] as const;
      const lists = await Promise.all(
        states.map((state) => getJson<Actions>(`/actions${queryString({ state, limit: 20 })}`, signal)),
      );
      return lists.flatMap((list) => list.actions);
    },
    refetchInterval: REREAD_MS,
  });
}

/** Starts an action; the reply comes before it has ended. Never retried: without a reply, it may have started. */
export function useStartAction() {
  const client = useQueryClient();
  return useMutation<Action, ApiError, ActionInput>({
    mutationFn: (input) => sendJson<Action>("POST", "/actions", input),
    onSettled: () => void client.invalidateQueries({ queryKey: ALL_AUDIT }),
  });
}

export type ActionControl = "pause" | "resume" | "cancel";

/** Pauses, resumes or cancels the rest of an action. */
export function useControlAction(id: string) {
  const client = useQueryClient();
  return useMutation<Action, ApiError, ActionControl>({
    mutationFn: (control) => sendJson<Action>("POST", `/actions/${segment(id)}/${control}`),
    onSuccess: (action) => client.setQueryData(actionKey(id), action),
    onSettled: () => void client.invalidateQueries({ queryKey: OPEN_ACTIONS }),
  });
}

export interface RunAction {
  readonly start: (input: ActionInput) => void;
  /** Its current state; null before the first. */
  readonly action: Action | null;
  /** Started and not ended. */
  readonly busy: boolean;
  readonly error: ApiError | null;
  readonly reset: () => void;
}

/** Starts an action and follows it to its end, when `onEnded` is called once. */
export function useRunAction(onEnded?: (action: Action) => void): RunAction {
  const mutation = useStartAction();
  const started = mutation.data ?? null;
  const { data: action = started } = useAction(started?.id ?? null, started ?? undefined);
  const endedId = action !== null && hasEnded(action) ? action.id : null;
  const [reportedId, setReportedId] = useState<string | null>(null);
  useEffect(() => {
    if (endedId === null || endedId === reportedId || action === null) return;
    setReportedId(endedId);
    onEnded?.(action);
  }, [endedId, reportedId, action, onEnded]);
  return {
    start: (input) => mutation.mutate(input),
    action: mutation.isPending ? null : action,
    busy: mutation.isPending || (started !== null && endedId !== started.id),
    error: mutation.error,
    reset: mutation.reset,
  };
}
