"use client";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { CHART_HEIGHT, TimeSeriesChart } from "@/components/charts/time-series-chart";
import { classNames } from "@/components/ui/class-names";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Panel } from "@/components/ui/panel";
import type { ShareStatus } from "@/lib/model/share.schema";
import { sharedChartData, shownCharts } from "./charts-data";

interface SharedChartsProps {
  readonly status: ShareStatus;
  /** Smaller, as in the dialog. */
  readonly small?: boolean;
}

/** The shared charts over the shared time range. */
export function SharedCharts({ status, small = false }: SharedChartsProps) {
  const t = useTranslations("share.status");
  const { locale } = useFormat();
  const charts = useMemo(
    () =>
      shownCharts(status.fields).map((chart) => ({
        chart,
        data: sharedChartData(status, chart, t("allNodes"), locale),
      })),
    [status, t, locale],
  );
  if (charts.length === 0) return null;
  const height = small ? 112 : CHART_HEIGHT;
  return (
    <section
      aria-label={t("charts")}
      className={classNames("grid grid-cols-[minmax(0,1fr)] gap-3.5", !small && "lg:grid-cols-2")}
    >
      {charts.map(({ chart, data }) => (
        <Panel
          key={chart.id}
          title={t(chart.id)}
          className={small || charts.length === 2 ? undefined : "lg:first:col-span-2"}
        >
          {data === null || data.lines.every((line) => line.values.every((value) => value === null)) ? (
            <p className="flex items-center justify-center text-muted" style={{ minHeight: height }}>
              {t("nothingObserved")}
            </p>
          ) : (
            <TimeSeriesChart
              data={data}
              nowMs={status.frozenMs ?? status.servedMs}
              label={t(chart.id)}
              height={height}
              group="shared"
            />
          )}
        </Panel>
      ))}
    </section>
  );
}
