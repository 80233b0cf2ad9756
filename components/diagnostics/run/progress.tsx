"use client";
import { useEffect } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Panel } from "@/components/ui/panel";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { Meter } from "@/components/ui/status/meter";
import { useCancelDiagnostic, useProgress, useRefreshFindings } from "@/lib/client/queries/diagnostics";
import { RunProbes } from "./probes";

/** How often what a run has found so far is read. */
const REFRESH_MS = 5_000;

interface RunProgressProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** How far a run is; it goes on without this page. */
export function RunProgress({ id, onClose }: RunProgressProps) {
  const t = useTranslations("diagnostics.run");
  const format = useFormat();
  const { data: run, error, refetch } = useProgress(id);
  const cancel = useCancelDiagnostic(id);
  const refresh = useRefreshFindings();
  const begun = (run?.done ?? 0) > 0;
  const ended = run !== undefined && (run.state === "done" || run.state === "cancelled");
  useEffect(() => {
    if (!begun) return;
    refresh();
    if (ended) return;
    const timer = setInterval(refresh, REFRESH_MS);
    return () => clearInterval(timer);
  }, [begun, ended, refresh]);
  if (error !== null) {
    return <ErrorNote what={t("reading")} error={error} onRetry={() => void refetch()} />;
  }
  if (run === undefined) return <Skeleton className="h-20 w-full" />;
  return (
    <Panel>
      <div className="flex flex-wrap items-center gap-3" role="status">
        <b className="font-semibold">{t(`state.${run.state}`)}</b>
        <span className="text-muted tabular-nums">
          {t("progress", {
            done: format.integer(run.done),
            total: format.integer(run.total),
            nodes: format.integer(run.nodes),
          })}
        </span>
        <span className="ml-auto">
          {ended ? (
            <Button onClick={onClose}>{t("close")}</Button>
          ) : (
            <Button disabled={cancel.isPending} onClick={() => cancel.mutate()}>
              {t("stop")}
            </Button>
          )}
        </span>
      </div>
      <Meter
        className="mt-2"
        parts={[{ share: run.total === 0 ? 0 : run.done / run.total, tone: ended ? "ok" : "s1" }]}
      />
      <RunProbes run={run} />
      {cancel.error !== null && <ErrorNote what={t("stopping")} error={cancel.error} />}
    </Panel>
  );
}
