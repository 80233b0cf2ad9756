"use client";
import { useTranslations } from "use-intl";
import { useWhoami } from "@/lib/client/queries/session";
import type { Role } from "@/lib/model/roles";
import { type Refusal, refusalOf } from "./refusal";

/** A refusal in the reader's words. */
export function useRefusalText(): (refusal: Refusal) => string {
  const t = useTranslations("access.refusal");
  return (refusal) =>
    refusal.why === "readOnly" ? t("readOnly") : t("role", { role: refusal.role, needed: refusal.needed });
}

/** Why whoever looks may not change what takes `needed`, in words; null when they may. */
export function useRefusal(needed: Role): string | null {
  const { data: whoami } = useWhoami();
  const textOf = useRefusalText();
  if (whoami === undefined) return null;
  const refusal = refusalOf(whoami, needed);
  return refusal === null ? null : textOf(refusal);
}

/** Whether whoever looks may see what takes `needed`. */
export function useMaySee(needed: Role): boolean {
  const { data: whoami } = useWhoami();
  return whoami !== undefined && refusalOf(whoami, needed, "see") === null;
}
