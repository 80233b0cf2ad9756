"use client";
/** A panel around a chart of given data. `TimeSeriesPanel` reads the data itself. */
import { Download, LineChart, Table2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { IconButton } from "@/components/ui/button";
import { CopyCommand } from "@/components/ui/copy/command";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { useWindow } from "@/lib/client/view-state";
import type { ChartData } from "./chart-data";
import { chartCsv } from "./chart-table";
import { downloadText, fileName } from "./download";
import { CHART_HEIGHT, TimeSeriesChart } from "./time-series-chart";

export interface TimeSeriesViewProps {
  /** Names the panel in file names; unique on the page. */
  readonly id: string;
  /** Names the metric. */
  readonly title: string;
  /** One line that explains it, on hover of the title. */
  readonly meaning: string;
  /** The latest value, beside the title. */
  readonly current?: ReactNode;
  /** Null while it is loading or failed. */
  readonly data: ChartData | null;
  /** When the data was read, Unix milliseconds. */
  readonly nowMs: number;
  readonly loading?: boolean;
  readonly error?: unknown;
  readonly onRetry?: () => void;
  /** True where the page reports the failure itself: the panel then only shows that it has no data. */
  readonly brief?: boolean;
  /** The node of the chart, for error messages; absent for several nodes. */
  readonly node?: string;
  /** Shell commands that show the same. */
  readonly commands?: readonly string[];
  /** Charts of one group mark the same instant. */
  readonly group?: string;
  readonly height?: number;
  readonly className?: string;
  /** Further small controls, before table, CSV and `$_`. */
  readonly tools?: ReactNode;
}

/** Title, latest value, chart or table, CSV and command; keeps its height while loading, empty or failed. */
export function TimeSeriesView(props: TimeSeriesViewProps) {
  const {
    id,
    title,
    meaning,
    current,
    data,
    nowMs,
    commands,
    group,
    height = CHART_HEIGHT,
    className,
  } = props;
  const t = useTranslations("charts");
  const [table, setTable] = useState(false);
  const { setAbsolute } = useWindow();
  const drawable = data?.lines.some((line) => line.values.some((value) => value !== null)) ? data : null;
  const save = () => {
    if (data)
      downloadText(fileName([id, new Date(data.fromMs).toISOString().slice(0, 16)], "csv"), chartCsv(data));
  };
  return (
    <Panel
      className={className}
      title={<Hint text={meaning}>{title}</Hint>}
      subtitle={current}
      tools={
        <>
          {props.tools}
          {drawable !== null ? (
            <>
              <IconButton
                label={t(table ? "showChart" : "showTable")}
                aria-pressed={table}
                icon={table ? <LineChart size={14} aria-hidden /> : <Table2 size={14} aria-hidden />}
                onClick={() => setTable((was) => !was)}
              />
              <IconButton label={t("csv")} icon={<Download size={14} aria-hidden />} onClick={save} />
            </>
          ) : null}
          {commands && commands.length > 0 ? <CopyCommand commands={commands} /> : null}
        </>
      }
    >
      {drawable !== null ? (
        <>
          {props.error ? <StaleNote error={props.error} /> : null}
          <TimeSeriesChart
            data={drawable}
            nowMs={nowMs}
            label={title}
            height={height}
            group={group}
            view={table ? "table" : "chart"}
            onZoom={setAbsolute}
          />
        </>
      ) : (
        <div className="flex flex-col justify-center" style={{ minHeight: height + LEGEND_HEIGHT }}>
          <Placeholder {...props} height={height} />
        </div>
      )}
    </Panel>
  );
}

/** Height of one line of legend, so that a panel does not grow when its data arrives. */
const LEGEND_HEIGHT = 22;

function Placeholder({
  title,
  data,
  loading,
  error,
  brief,
  onRetry,
  node,
  height = CHART_HEIGHT,
}: TimeSeriesViewProps) {
  const t = useTranslations("charts");
  if (error && brief) return <p className="text-center text-muted">{t("failed")}</p>;
  if (error)
    return <ErrorNote what={t("reading", { chart: title })} node={node} error={error} onRetry={onRetry} />;
  if (data === null && loading !== false) {
    return (
      <div role="status" aria-label={t("loading", { chart: title })} style={{ height }}>
        <Skeleton className="h-full w-full" />
      </div>
    );
  }
  return <p className="text-center text-muted">{t("nothingObserved")}</p>;
}

function StaleNote({ error }: { readonly error: unknown }) {
  const t = useTranslations("charts");
  return (
    <p
      role="status"
      className="mb-1 text-xs text-warn"
      title={error instanceof Error ? error.message : undefined}
    >
      {t("stale")}
    </p>
  );
}
