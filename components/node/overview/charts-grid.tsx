"use client";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { type ChartData, chartData, latestValue } from "@/components/charts/chart-data";
import { formatValue } from "@/components/charts/chart-format";
import { presentValue } from "@/components/charts/lines/present-value";
import { TimeSeriesView } from "@/components/charts/time-series-view";
import { useFormat } from "@/components/ui/hooks/use-format";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { usePollIntervalMs } from "@/lib/client/queries/fleet";
import type { Node } from "@/lib/model/node/node.schema";
import type { Series } from "@/lib/model/series.schema";
import { DAY_MS } from "@/lib/model/time";
import { useChartCommands } from "../use-group-commands";
import { chartReply, metricsOf, type NodeChart, type NodeChartId, newestOf, styleOf } from "./charts";
import { useNodeSeries } from "./use-node-series";

export interface NodeChartsGridProps {
  readonly node: Node;
  readonly charts: readonly (NodeChart & { readonly id: NodeChartId })[];
}

/** Charts of one node over the page's time range, from one request. */
export default function NodeChartsGrid({ node, charts }: NodeChartsGridProps) {
  const t = useTranslations("node");
  const metrics = useMemo(() => metricsOf(charts), [charts]);
  const query = useNodeSeries(node.id, metrics);
  const reply = query.data ?? null;
  // A dozen empty frames tell a reader nothing; an answer of a node that is up is about to come.
  const isEmpty = node.status !== "up" && reply !== null && !hasValues(reply);
  if (isEmpty) return <p className="px-1 text-muted">{t("charts.noneInRange")}</p>;
  return (
    <>
      {query.error ? (
        <ErrorNote
          what={t("reading.series")}
          node={node.id}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : null}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3.5 sm:grid-cols-[repeat(auto-fit,minmax(min(100%,340px),1fr))]">
        {charts.map((chart) => (
          <NodeChartPanel
            key={chart.id}
            node={node}
            chart={chart}
            reply={reply}
            nowMs={query.dataUpdatedAt}
            loading={query.isPending}
            error={query.error}
          />
        ))}
      </div>
    </>
  );
}

function hasValues({ series }: Series): boolean {
  return series.some(({ values }) => values.some((value) => value !== null));
}

interface NodeChartPanelProps {
  readonly node: Node;
  readonly chart: NodeChart & { readonly id: NodeChartId };
  readonly reply: Series | null;
  readonly nowMs: number;
  readonly loading: boolean;
  readonly error: unknown;
}

function NodeChartPanel({ node, chart, reply, nowMs, loading, error }: NodeChartPanelProps) {
  const t = useTranslations("node.charts");
  const format = useFormat();
  const intervalMs = usePollIntervalMs();
  const commandsFor = useChartCommands(node);
  const limit =
    chart.limit === undefined || reply === null
      ? null
      : (limitOf(node, chart.limit) ?? newestOf(reply, chart.limit));
  const { id } = chart;
  const data = useMemo(() => {
    if (reply === null) return null;
    const part = chartReply(reply, chart);
    const limits =
      limit === null || limit <= 0
        ? []
        : [{ value: limit, label: `${chart.limit} ${formatValue(limit, part.unit, format.locale)}` }];
    const style = styleOf(chart, labelOf);
    return chartData(
      [part],
      (row, index) => ({ ...style(row, index), current: presentOf(node, row.metric) }),
      limits,
      intervalMs,
    );
  }, [reply, chart, node, limit, intervalMs, format.locale]);
  return (
    <TimeSeriesView
      id={`${node.id}-${chart.metrics[0]}`}
      title={t(`${id}.title`)}
      meaning={t(`${id}.meaning`)}
      current={data === null ? null : <Current data={data} limit={limit} />}
      data={data}
      nowMs={nowMs}
      loading={loading}
      error={error ?? undefined}
      brief
      node={node.id}
      commands={commandsFor(chart.limit === undefined ? chart.metrics : [...chart.metrics, chart.limit])}
      group="node"
    />
  );
}

const LABELS: Readonly<Record<string, string>> = {
  bytes_read: "read",
  bytes_written: "written",
  connections_opened: "opened",
  gets: "get",
  sets: "set",
  cpu_user: "user",
  cpu_system: "system",
};

function labelOf(metric: string): string {
  return LABELS[metric] ?? metric;
}

/** A limit reported by the node overrides the history: old servers report maxconns in settings only. */
function limitOf(node: Node, metric: string): number | null {
  if (metric === "limit_maxbytes") return node.limitMaxbytes;
  return metric === "max_connections" ? node.maxConnections : null;
}

/** What a node that is up reports now; of any other only the history tells. */
function presentOf(node: Node, metric: string): number | null | undefined {
  return node.status === "up" ? presentValue(node, metric) : undefined;
}

function Current({ data, limit }: { readonly data: ChartData; readonly limit: number | null }) {
  const t = useTranslations("node.charts");
  const format = useFormat();
  const latest = data.lines.flatMap((line) => {
    const last = latestValue(line);
    if (typeof line.current === "number") {
      return [{ label: line.label, value: line.current, present: true, index: line.values.length - 1 }];
    }
    return last === null ? [] : [{ label: line.label, ...last }];
  });
  const [first] = latest;
  if (first === undefined) return null;
  const text = (value: number) => formatValue(value, data.unit, format.locale);
  const value =
    limit !== null
      ? t("of", { value: text(first.value), limit: text(limit) })
      : latest.length === 1
        ? text(first.value)
        : latest.map((line) => `${text(line.value)} ${line.label}`).join(" · ");
  if (first.present) return value;
  const at = (data.atMs[first.index] ?? data.toMs) + Math.max(0, data.stepMs - data.intervalMs);
  return t("lastSeen", { value, at: format.instant(at, data.toMs - at > DAY_MS ? "dateTime" : "time") });
}
