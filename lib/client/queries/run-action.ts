"use client";
import { useEffect, useState } from "react";
import type { Action, ActionInput } from "@/lib/model/actions/action.schema";
import type { ApiError } from "../api";
import { useAction } from "./actions";
import { useAct } from "./mutations";

export interface RunAction {
  readonly begin: (input: ActionInput) => void;
  /** As it goes on; null before the first. */
  readonly action: Action | null;
  /** Begun and not ended. */
  readonly busy: boolean;
  readonly error: ApiError | null;
  readonly reset: () => void;
}

const ENDED = new Set<Action["state"]>(["done", "failed", "cancelled"]);

/** Begins an action and follows it to its end, which `onEnded` is told of once. */
export function useRunAction(onEnded?: (action: Action) => void): RunAction {
  const act = useAct();
  const begun = act.data ?? null;
  const { data: action = begun } = useAction(begun?.id ?? null, begun ?? undefined);
  const ended = action !== null && ENDED.has(action.state) ? action.id : null;
  const [told, setTold] = useState<string | null>(null);
  useEffect(() => {
    if (ended === null || ended === told || action === null) return;
    setTold(ended);
    onEnded?.(action);
  }, [ended, told, action, onEnded]);
  return {
    begin: (input) => act.mutate(input),
    action: act.isPending ? null : action,
    busy: act.isPending || (begun !== null && ended !== begun.id),
    error: act.error,
    reset: act.reset,
  };
}
