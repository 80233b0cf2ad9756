"use client";
import { useRefusal } from "@/components/access/use-refusal";
import { ACTION_FACTS, type ActionKind } from "@/lib/model/actions/action";

/** Whether the user may start this kind of action; `refusal` gives the reason if not. */
export function useCanAct(kind: ActionKind): { readonly refusal: string | null } {
  return { refusal: useRefusal(ACTION_FACTS[kind].role) };
}
