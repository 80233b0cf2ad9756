"use client";
import { Eraser } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { GuardedButton } from "@/components/access/guarded-button";
import { useRefusal } from "@/components/access/use-refusal";
import { lazyPanel } from "@/components/ui/lazy-panel";
import { flushRefusalOf } from "./refusal";
import type { FlushScope } from "./scope";
import { useFlushRefusalText } from "./use-refusal";

const FlushDialog = lazyPanel(() => import("./dialog"));

/** Opens the dialog that flushes nodes or a pool; where that is refused, it shows the reason. */
export function FlushButton({ scope }: { readonly scope: FlushScope }) {
  const t = useTranslations("action.flush");
  const [open, setOpen] = useState(false);
  const notAllowed = useRefusal("operator");
  const textOf = useFlushRefusalText();
  const [node] = scope.nodes;
  const impossible =
    scope.pool !== null || scope.nodes.length !== 1 || node === undefined
      ? null
      : flushRefusalOf({
          status: node.status,
          flushEnabled: node.lacking.flush_all === "disabledBySetting" ? false : null,
          lacking: node.lacking.flush_all ?? null,
        });
  const refusal = notAllowed ?? (impossible === null ? null : textOf(impossible));
  return (
    <>
      <GuardedButton refusal={refusal} tone="harm" onOpen={() => setOpen(true)}>
        <Eraser size={14} aria-hidden="true" />
        {t("button")}
      </GuardedButton>
      {open && <FlushDialog scope={scope} onClose={() => setOpen(false)} />}
    </>
  );
}
