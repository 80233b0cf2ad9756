"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { FormNote } from "@/components/ui/form/form-note";
import { useFormat } from "@/components/ui/hooks/use-format";
import { useNowMs } from "@/components/ui/hooks/use-now";
import { Meter } from "@/components/ui/status/meter";
import type { Tone } from "@/components/ui/status/tag";
import { hasEnded } from "@/lib/client/queries/actions";
import type { Action } from "@/lib/model/actions/action.schema";
import { ActionControls } from "./action-controls";
import { actionCounts } from "./action-counts";

const TONES: Record<Action["state"], Tone> = {
  running: "off",
  paused: "warn",
  done: "ok",
  failed: "crit",
  cancelled: "warn",
};

/** The progress of an action, what it waits for, and its controls. */
export function ActionProgress({ action }: { readonly action: Action }) {
  const t = useTranslations("action.progress");
  const format = useFormat();
  const counts = actionCounts(action.targets);
  const share = (part: number) => (counts.total === 0 ? 0 : part / counts.total);
  return (
    <div className="flex flex-col gap-2">
      <FormNote tone={TONES[action.state]}>
        <b className="font-semibold">{t(`state.${action.state}`)}</b>
        {action.detail !== null && <> {escapedText(action.detail)}</>}
        {!hasEnded(action) && <Next action={action} nextDueMs={counts.nextDueMs} />}
      </FormNote>
      {counts.total > 1 && (
        <>
          <Meter
            parts={[
              { share: share(counts.verified), tone: "ok" },
              { share: share(counts.failed), tone: "crit" },
              { share: share(counts.left), tone: "off" },
              { share: share(counts.under), tone: "s1" },
            ]}
          />
          <p className="text-muted text-xs">
            {t("counts", {
              verified: format.integer(counts.verified),
              failed: format.integer(counts.failed),
              left: format.integer(counts.left),
              remaining: format.integer(counts.pending + counts.under),
              total: format.integer(counts.total),
            })}
          </p>
        </>
      )}
      <ActionControls action={action} pending={counts.pending} />
    </div>
  );
}

function Next({ action, nextDueMs }: { readonly action: Action; readonly nextDueMs: number | null }) {
  const t = useTranslations("action.progress");
  const format = useFormat();
  const nowMs = useNowMs();
  if (nextDueMs === null || action.state === "paused") return null;
  const seconds = Math.max(0, Math.ceil((nextDueMs - nowMs) / 1000));
  return (
    <span className="block tabular-nums" suppressHydrationWarning>
      {seconds === 0
        ? t("nextNow")
        : t("nextIn", {
            seconds: format.duration(seconds),
            at: format.instant(nextDueMs, "timeSeconds"),
          })}
    </span>
  );
}
