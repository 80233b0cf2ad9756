"use client";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Dialog } from "@/components/ui/overlay/dialog";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { useActionPreview, useStartAction } from "@/lib/client/queries/actions";
import type { ActionPreview } from "@/lib/model/actions/action.schema";
import { FlushConfirm } from "./confirm";
import { FlushImpact } from "./impact";
import { FlushOutcome } from "./outcome";
import { flushRefusalOf } from "./refusal";
import { type FlushScope, flushInput } from "./scope";
import { type FlushTiming, NEW_TIMING, timingProblems } from "./timing";
import { FlushTimingFields } from "./timing-fields";

interface FlushDialogProps {
  readonly scope: FlushScope;
  readonly onClose: () => void;
}

/** A flush: its impact, timing, confirmation and verification. Loaded on demand. */
export default function FlushDialog({ scope: given, onClose }: FlushDialogProps) {
  const t = useTranslations("action.flush");
  const act = useStartAction();
  // The nodes shown are the nodes flushed, even if the page behind changes.
  const [scope] = useState(given);
  const [preview, setPreview] = useState<ActionPreview | null>(null);
  const { pool, nodes } = scope;
  if (act.data !== undefined) {
    return <FlushOutcome begun={act.data} preview={preview} onClose={onClose} />;
  }
  const single = pool === null && nodes.length === 1;
  const title =
    pool !== null
      ? t("titlePool", { pool, count: nodes.length })
      : single
        ? t("title", { node: escapedText(nodes[0]?.id ?? "") })
        : t("titleSeveral", { count: nodes.length });
  return (
    <Dialog
      open
      onClose={onClose}
      wide={!single}
      title={title}
      description={t(single ? "description" : "descriptionSeveral")}
    >
      <Ask scope={scope} act={act} onPreview={setPreview} onClose={onClose} />
    </Dialog>
  );
}

interface AskProps extends FlushDialogProps {
  readonly act: ReturnType<typeof useStartAction>;
  readonly onPreview: (preview: ActionPreview) => void;
}

function Ask({ scope, act, onPreview, onClose }: AskProps) {
  const t = useTranslations("action.flush");
  // One idempotency key per dialog: sent again after a lost response, it does not flush twice.
  const [key] = useState(randomKey);
  const [timing, setTiming] = useState<FlushTiming>(NEW_TIMING);
  const { data: preview, error, refetch } = useActionPreview("flush_all", scope);
  const only = scope.pool === null && scope.nodes.length === 1 ? scope.nodes[0]?.id : undefined;
  if (preview === undefined) {
    return error === null ? (
      <div role="status" aria-label={t("reading")}>
        <Skeleton className="h-48 w-full" />
      </div>
    ) : (
      <ErrorNote what={t("reading")} node={only} error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <FlushImpact preview={preview} scope={scope} delayed={timing.mode === "delay"} />
      <FlushTimingFields
        timing={timing}
        nodes={preview.nodes.filter((node) => flushRefusalOf(node) === null).length}
        onChange={(change) => setTiming((before) => ({ ...before, ...change }))}
      />
      {act.error !== null && <ErrorNote what={t("acting")} node={only} error={act.error} />}
      <FlushConfirm
        preview={preview}
        ready={timingProblems(timing).length === 0}
        busy={act.isPending}
        onCancel={onClose}
        onConfirm={(confirm) => {
          onPreview(preview);
          act.mutate(flushInput(scope, timing, confirm, key));
        }}
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
