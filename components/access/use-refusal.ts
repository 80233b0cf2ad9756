"use client";
import { useTranslations } from "use-intl";
import { useWhoami } from "@/lib/client/queries/session";
import type { Role } from "@/lib/model/roles";
import { type Refusal, refusalOf } from "./refusal";

/** A refusal in the user's language. */
export function useRefusalText(): (refusal: Refusal) => string {
  const t = useTranslations("access.refusal");
  return (refusal) =>
    refusal.why === "readOnly" ? t("readOnly") : t("role", { role: refusal.role, needed: refusal.needed });
}

/** Why the user may not make a change that requires `needed`, in words; null when they may. */
export function useRefusal(needed: Role): string | null {
  const { data: whoami } = useWhoami();
  const textOf = useRefusalText();
  if (whoami === undefined) return null;
  const refusal = refusalOf(whoami, needed);
  return refusal === null ? null : textOf(refusal);
}

/** Whether the user may stop what is running, which read-only mode allows. */
export function useMayStop(): boolean {
  return useMaySee("operator");
}

/** Whether the user may see what requires `needed`. */
export function useMaySee(needed: Role): boolean {
  const { data: whoami } = useWhoami();
  return whoami !== undefined && refusalOf(whoami, needed, "see") === null;
}
