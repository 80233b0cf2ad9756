"use client";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { SharedStatus } from "@/components/shared-page/status";
import { useNowMs } from "@/components/ui/hooks/use-now";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { useFleet } from "@/lib/client/queries/fleet";
import { useSeries } from "@/lib/client/queries/series";
import { SERIES_LIMITS } from "@/lib/model/series";
import { SHARE_LIMITS } from "@/lib/model/share";
import { draftMetrics, draftStatus, type ShareDraft, type ShareScope } from "./draft";

interface SharePreviewProps {
  readonly scope: ShareScope;
  readonly draft: ShareDraft;
}

/** A preview of the link, rendered by the component of the shared page. */
export function SharePreview({ scope, draft }: SharePreviewProps) {
  const t = useTranslations("share.dialog");
  const { data: fleet } = useFleet();
  const nowMs = useNowMs();
  const nodes = useMemo(() => {
    const all = fleet?.nodes ?? [];
    if ("pool" in scope) return all.filter((node) => node.pool === scope.pool);
    return scope.nodes.flatMap((id) => all.find((node) => node.id === id) ?? []);
  }, [fleet, scope]);
  const metrics = draftMetrics(draft.fields);
  const hasMetrics = metrics.length > 0;
  const series = useSeries(
    {
      metrics,
      ...("pool" in scope ? { pool: scope.pool } : { nodes: scope.nodes }),
      aggregate: nodes.length > SHARE_LIMITS.lines ? "fleet" : "none",
      from: `now-${draft.window}`,
      to: "now",
      points: SERIES_LIMITS.usualPoints,
    },
    { enabled: hasMetrics && nodes.length > 0 },
  );
  const minute = Math.floor(nowMs / 60_000) * 60_000;
  const status = useMemo(
    () =>
      draftStatus({ scope, draft, nodes, series: hasMetrics ? (series.data ?? null) : null, nowMs: minute }),
    [scope, draft, nodes, hasMetrics, series.data, minute],
  );
  if (hasMetrics && series.isPending && nodes.length > 0) {
    return (
      <div role="status" aria-label={t("previewLoading")}>
        <Skeleton className="h-72 w-full" />
      </div>
    );
  }
  return (
    <>
      {series.error !== null && (
        <ErrorNote what={t("reading")} error={series.error} onRetry={() => void series.refetch()} />
      )}
      <SharedStatus status={status} as="preview" />
    </>
  );
}
