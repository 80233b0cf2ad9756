"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { FormNote } from "@/components/ui/form/form-note";
import { useFormat } from "@/components/ui/hooks/use-format";
import { useNowMs } from "@/components/ui/hooks/use-now";
import { Dialog } from "@/components/ui/overlay/dialog";
import { ViewLink } from "@/components/ui/view-link";
import { hasEnded, useAction } from "@/lib/client/queries/actions";
import { useNode } from "@/lib/client/queries/node";
import type { Action, ActionPreview, ActionTarget } from "@/lib/model/actions/action.schema";
import { ActionOutcome } from "../action-outcome";
import { ActionProgress } from "../action-progress";
import { ActionTargets } from "../action-targets";
import { FlushVerification } from "./verification";

interface FlushOutcomeProps {
  readonly begun: Action;
  /** The impact shown before it was confirmed. */
  readonly preview: ActionPreview | null;
  readonly onClose: () => void;
}

/** The progress of a flush, and its verification at the end. */
export function FlushOutcome({ begun, preview, onClose }: FlushOutcomeProps) {
  const t = useTranslations("action.flush");
  const { data: action = begun } = useAction(begun.id, begun);
  const [target] = action.targets;
  const single = action.targets.length === 1 && target !== undefined;
  const name = single ? escapedText(target.node) : escapedText(action.pool ?? String(action.targets.length));
  const ended = hasEnded(action);
  const several = single ? "" : "Several";
  const title = ended
    ? t(`verification.${action.state as "done" | "failed" | "cancelled"}${several}`, { node: name })
    : t(`running.title${several}`, { node: name });
  const expected = preview?.nodes.find((node) => node.node === target?.node)?.itemsAfterwards ?? "unknown";
  return (
    <Dialog open onClose={onClose} wide={!single} title={title}>
      <div className="flex flex-col gap-4">
        <div role="status">
          {single ? <Single action={action} target={target} /> : <ActionProgress action={action} />}
        </div>
        {single ? (
          <FlushVerification target={target} expected={expected} />
        ) : (
          <ActionTargets action={action} />
        )}
        <Watched action={action} />
      </div>
      <div className="mt-4 flex flex-wrap items-center justify-end gap-2">
        <ViewLink href={`/actions?action=${action.id}`} className="mr-auto text-accent hover:underline">
          {t("verification.audit")}
        </ViewLink>
        <Button tone="primary" onClick={onClose}>
          {t(ended ? "verification.close" : "running.close")}
        </Button>
      </div>
    </Dialog>
  );
}

interface SingleProps {
  readonly action: Action;
  readonly target: ActionTarget;
}

function Single({ action, target }: SingleProps) {
  const t = useTranslations("action.flush");
  const pending = useNode(target.node).data?.pendingFlushMs ?? null;
  const { before, after } = target;
  if (!hasEnded(action)) {
    return (
      <FormNote tone="off">{t(target.state === "pending" ? "running.pending" : "running.sent")}</FormNote>
    );
  }
  if (action.state !== "done") return <ActionOutcome action={action} />;
  const counted = typeof before?.cmdFlush === "number" && typeof after?.cmdFlush === "number";
  return (
    <>
      <FormNote tone="ok">
        {counted
          ? t("verification.verified", { before: String(before.cmdFlush), after: String(after.cmdFlush) })
          : t("verification.verifiedPlain")}
      </FormNote>
      {pending !== null && <PendingNote pendingMs={pending} />}
    </>
  );
}

/** A flush that the node will run later, by its own clock. */
function PendingNote({ pendingMs }: { readonly pendingMs: number }) {
  const t = useTranslations("action.flush.verification");
  const format = useFormat();
  const nowMs = useNowMs();
  const seconds = Math.max(0, Math.ceil((pendingMs - nowMs) / 1000));
  return (
    <p className="mt-2 tabular-nums" suppressHydrationWarning>
      {t("pending", { seconds: format.duration(seconds), at: format.instant(pendingMs, "timeSeconds") })}
    </p>
  );
}

/** After a flush, its stats are read for another minute. */
function Watched({ action }: { readonly action: Action }) {
  const t = useTranslations("action.flush.verification");
  const format = useFormat();
  const nowMs = useNowMs();
  if (!hasEnded(action) || action.watchedUntilMs === null || action.watchedUntilMs <= nowMs) return null;
  return (
    <p className="text-muted text-xs tabular-nums" suppressHydrationWarning>
      {t("watching", { seconds: format.duration(Math.ceil((action.watchedUntilMs - nowMs) / 1000)) })}
    </p>
  );
}
