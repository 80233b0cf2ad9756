"use client";
import { Pause, Play, Square } from "lucide-react";
import { useTranslations } from "use-intl";
import { useMayStop, useRefusal } from "@/components/access/use-refusal";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { hasEnded, useControlAction } from "@/lib/client/queries/actions";
import type { Action } from "@/lib/model/actions/action.schema";

interface ActionControlsProps {
  readonly action: Action;
  /** Targets that have not been sent. */
  readonly pending: number;
}

/** Pause, resume and cancel, while something has not been sent or can still be stopped. */
export function ActionControls({ action, pending }: ActionControlsProps) {
  const t = useTranslations("action.progress");
  const steer = useControlAction(action.id);
  const refusal = useRefusal("operator");
  const mayStop = useMayStop();
  if (hasEnded(action) || !mayStop) return null;
  const paused = action.state === "paused";
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {paused && (
          <Button
            disabled={steer.isPending || refusal !== null}
            title={refusal ?? undefined}
            onClick={() => steer.mutate("resume")}
          >
            <Play size={13} aria-hidden="true" />
            {t("resume")}
          </Button>
        )}
        {!paused && pending > 0 && (
          <Button disabled={steer.isPending} onClick={() => steer.mutate("pause")}>
            <Pause size={13} aria-hidden="true" />
            {t("pause")}
          </Button>
        )}
        <Button disabled={steer.isPending} onClick={() => steer.mutate("cancel")}>
          <Square size={13} aria-hidden="true" />
          {pending > 0 ? t("cancel", { count: pending }) : t("stop")}
        </Button>
      </div>
      {steer.error !== null && <ErrorNote what={t("steering")} error={steer.error} />}
    </>
  );
}
