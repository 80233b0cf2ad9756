"use client";
import { Eraser } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { useRefusal } from "../access/use-refusal";
import { Button } from "../ui/button";
import { Tooltip } from "../ui/tooltip";
import { flushRefusalOf } from "./flush-refusal";
import type { FlushScope } from "./flush-scope";
import { useFlushRefusalText } from "./use-flush-refusal";

const FlushDialog = lazy(() => import("./flush-dialog"));

/** Opens the dialog that flushes a node, several, or a pool; where that cannot be, it is there with the reason. */
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
  const button = (
    <Button
      tone="harm"
      aria-disabled={refusal !== null}
      aria-haspopup="dialog"
      onClick={() => refusal === null && setOpen(true)}
      className={refusal === null ? undefined : "cursor-not-allowed opacity-60"}
    >
      <Eraser size={14} aria-hidden="true" />
      {t("button")}
    </Button>
  );
  return (
    <>
      {refusal === null ? button : <Tooltip text={refusal}>{button}</Tooltip>}
      {open && (
        <Suspense>
          <FlushDialog scope={scope} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
