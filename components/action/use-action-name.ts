"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import type { Action } from "@/lib/model/actions/action.schema";

/** "flush_all · sessions", "Key set · 127.0.0.1:11211", "flush_all · 12 nodes". */
export function useActionName(): (action: Action) => string {
  const t = useTranslations("action");
  return (action) => {
    const [first] = action.targets;
    const where =
      action.pool ??
      (action.targets.length === 1 && first !== undefined
        ? first.node
        : t("progress.nodes", { count: action.targets.length }));
    return `${t(`audit.kinds.${action.kind}`)} · ${escapedText(where)}`;
  };
}
