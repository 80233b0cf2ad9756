"use client";
import { useTranslations } from "use-intl";
import type { FlushRefusal } from "./refusal";

/** Why a flush is refused, in the user's language. */
export function useFlushRefusalText(): (refusal: FlushRefusal) => string {
  const t = useTranslations("action.flush.refused");
  const lacking = useTranslations("status.lacking");
  return (refusal) =>
    refusal.why === "cannot" ? t("cannot", { reason: lacking(refusal.reason) }) : t(refusal.why);
}
