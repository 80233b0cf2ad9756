"use client";
/** What pages ask about actions. */
import { useQuery } from "@tanstack/react-query";
import type { ActionKind } from "@/lib/model/actions/action";
import type { Action, ActionPreview, Actions } from "@/lib/model/actions/action.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { type ApiError, getJson, queryString, segment } from "../api";
import { queryKeys } from "./query-keys";

interface Scope {
  readonly pool: string | null;
  readonly nodes: readonly Pick<Node, "id">[];
}

/** What an action on these nodes, or this pool, would hit, from what was collected last. */
export function useActionPreview(kind: ActionKind, { pool, nodes }: Scope) {
  const where = pool === null ? { node: nodes.map((node) => node.id) } : { pool };
  const query = queryString({ kind, ...where });
  return useQuery<ActionPreview, ApiError>({
    queryKey: queryKeys.preview(query),
    queryFn: ({ signal }) => getJson<ActionPreview>(`/actions/preview${query}`, signal),
    refetchInterval: 5_000,
    // Numbers somebody decides by are never older than the dialog.
    gcTime: 0,
  });
}

const ENDED = new Set<Action["state"]>(["done", "failed", "cancelled"]);
const HALF_A_SECOND = 500;
const LARGE = 200;

/** When to ask for an action again; false once nothing about it can change. */
function againMs(action: Action | undefined): number | false {
  if (action === undefined) return false;
  const ended = ENDED.has(action.state);
  const watched = action.watchedUntilMs !== null && action.watchedUntilMs > Date.now() - 5_000;
  if (ended && !watched) return false;
  return ended || action.targets.length > LARGE ? 2_000 : HALF_A_SECOND;
}

/** An action as it goes on, until it has ended and is no longer watched. */
export function useAction(id: string | null, begun?: Action) {
  return useQuery<Action, ApiError>({
    queryKey: queryKeys.action(id ?? ""),
    queryFn: ({ signal }) => getJson<Action>(`/actions/${segment(id ?? "")}`, signal),
    enabled: id !== null,
    ...(begun === undefined ? {} : { initialData: begun }),
    refetchInterval: (query) => againMs(query.state.data),
  });
}

/** Actions that run or are paused, newest first. */
export function useOpenActions() {
  return useQuery<readonly Action[], ApiError>({
    queryKey: queryKeys.openActions,
    queryFn: async ({ signal }) => {
      const states = ["running", "paused"] as const;
      const lists = await Promise.all(
        states.map((state) => getJson<Actions>(`/actions${queryString({ state, limit: 20 })}`, signal)),
      );
      return lists.flatMap((list) => list.actions);
    },
    refetchInterval: 2_000,
  });
}
