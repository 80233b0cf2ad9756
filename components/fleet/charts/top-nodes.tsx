"use client";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { chartData, type Tone } from "@/components/charts/chart-data";
import { nodeTone } from "@/components/charts/lines/node-tone";
import { presentValue } from "@/components/charts/lines/present-value";
import { TimeSeriesView } from "@/components/charts/time-series-view";
import { usePollIntervalMs } from "@/lib/client/queries/fleet";
import { useSeries } from "@/lib/client/queries/series";
import { useWindow, windowQuery } from "@/lib/client/view-state";
import { SERIES_LIMITS } from "@/lib/model/series";
import type { FleetScope } from "../use-fleet-scope";
import { metricsFor, type TopMetric, topNodes, withOthers } from "./top-rows";
import { useStickySelection } from "./use-sticky-selection";

const OTHERS_TONE: Tone = "s5";

interface TopNodesProps {
  readonly scope: FleetScope;
  /** Changes when the nodes have to be selected again. */
  readonly scopeKey: string;
  readonly commands: readonly string[];
  readonly metric: TopMetric;
  /** The choice of the metric. */
  readonly tools: ReactNode;
}

/** The top nodes of a metric, and all other nodes combined: a readable number of lines at any fleet size. */
export function TopNodes({ scope, scopeKey, commands, metric, tools }: TopNodesProps) {
  const t = useTranslations("fleet.charts");
  const { window } = useWindow();
  const intervalMs = usePollIntervalMs();
  const now = topNodes(scope.nodes, metric);
  // Just after a start only some nodes have a value: once more do, the selection is made again.
  const top = useStickySelection(() => now, `${scopeKey} ${metric} ${now.length}`);
  const query = { metrics: metricsFor(metric), points: SERIES_LIMITS.usualPoints, ...windowQuery(window) };
  const total = useSeries({ ...query, pool: scope.pool ?? undefined, aggregate: "fleet" });
  const lines = useSeries({ ...query, nodes: top }, { enabled: top.length > 0 });
  const others = scope.totals.nodes - top.length;
  const waiting = total.isPending || (top.length > 0 && lines.isPending);
  const reply =
    total.data === undefined || lines.data === undefined
      ? null
      : withOthers(total.data, lines.data, metric, others);
  const data =
    reply === null
      ? null
      : chartData(
          [reply],
          ({ node }) =>
            node === null
              ? { label: t("others", { count: others }), tone: OTHERS_TONE }
              : {
                  label: node,
                  tone: nodeTone(node),
                  current: presentValue(
                    scope.nodes.find(({ id }) => id === node),
                    metric,
                  ),
                },
          [],
          intervalMs,
        );
  const error = total.error ?? lines.error;
  return (
    <TimeSeriesView
      id={`top-${metric}`}
      title={t("top")}
      meaning={t("topMeaning")}
      current={
        metric === "hit_ratio" ? t("lowestOf", { count: top.length }) : t("topOf", { count: top.length })
      }
      data={data}
      nowMs={total.dataUpdatedAt > 0 ? total.dataUpdatedAt : scope.atMs}
      loading={waiting}
      error={error ?? undefined}
      onRetry={() => {
        void total.refetch();
        void lines.refetch();
      }}
      commands={commands}
      tools={tools}
    />
  );
}
