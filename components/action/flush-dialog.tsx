"use client";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useFlushPreview } from "@/lib/client/access-queries";
import { useAct } from "@/lib/client/mutations";
import type { Node } from "@/lib/model/node";
import { visibleText } from "../node/visible-text";
import { Dialog } from "../ui/dialog";
import { ErrorNote } from "../ui/error-note";
import { Skeleton } from "../ui/skeleton";
import { FlushConfirm } from "./flush-confirm";
import { FlushHits } from "./flush-hits";
import { FlushOutcome } from "./flush-outcome";

interface FlushDialogProps {
  readonly node: Node;
  readonly onClose: () => void;
}

/** What a flush would hit, the confirmation, and the proof afterwards. Loaded on demand. */
export default function FlushDialog({ node, onClose }: FlushDialogProps) {
  const t = useTranslations("action.flush");
  const act = useAct();
  const name = visibleText(node.id);
  if (act.data !== undefined) return <FlushOutcome begun={act.data} node={node} onClose={onClose} />;
  return (
    <Dialog open onClose={onClose} title={t("title", { node: name })} description={t("description")}>
      <Ask node={node} act={act} onClose={onClose} />
    </Dialog>
  );
}

interface AskProps extends FlushDialogProps {
  readonly act: ReturnType<typeof useAct>;
}

function Ask({ node, act, onClose }: AskProps) {
  const t = useTranslations("action.flush");
  // One dialog is one intention: sent again after a lost answer, it does not flush twice.
  const [key] = useState(randomKey);
  const { data: preview, error, refetch } = useFlushPreview(node.id);
  if (preview === undefined) {
    return error === null ? (
      <div role="status" aria-label={t("reading")}>
        <Skeleton className="h-48 w-full" />
      </div>
    ) : (
      <ErrorNote what={t("reading")} node={node.id} error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <FlushHits preview={preview} node={node} />
      {act.error !== null && <ErrorNote what={t("acting")} node={node.id} error={act.error} />}
      <FlushConfirm
        preview={preview}
        busy={act.isPending}
        onCancel={onClose}
        onConfirm={(confirm) =>
          act.mutate({ kind: "flush_all", nodes: [node.id], confirm, idempotencyKey: key })
        }
      />
    </div>
  );
}

/** 128 random bits as hex. `crypto.randomUUID` exists in secure contexts only. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
