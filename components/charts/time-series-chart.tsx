"use client";
import { lazy, Suspense, useCallback, useId, useMemo, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { timeTicks, valueAxis } from "./chart-axes";
import { useCursor } from "./chart-cursor";
import type { ChartData } from "./chart-data";
import { axisLabels, formatValue } from "./chart-format";
import { ChartOverlay } from "./chart-overlay";
import { chartRows, drawnTimes, nearestIndex } from "./chart-rows";
import { summarise } from "./chart-table";
import { ChartTableView } from "./chart-table-view";
import { ChartLegend } from "./lines/chart-legend";
import { type PositionedMarker, positionMarkers } from "./plot-geometry";
import { useTimeFormats } from "./time-formats";
import { useWidth } from "./use-width";

export interface TimeSeriesChartProps {
  readonly data: ChartData;
  /** When the data was read, Unix milliseconds: a bucket that ends later is drawn as unfinished. */
  readonly nowMs: number;
  /** What is drawn, in words. */
  readonly label: string;
  /** Height of drawing and axes in CSS pixels; the legend comes on top. */
  readonly height?: number;
  /** Charts of one group mark the same instant. */
  readonly group?: string;
  readonly view?: "chart" | "table";
  readonly onZoom?: (fromMs: number, toMs: number) => void;
}

export const CHART_HEIGHT = 168;

const PlotDrawing = lazy(() => import("./plot"));

/** Lines over time with their limits and markers; readable by eye, pointer, keyboard, screen reader and as a table. */
export function TimeSeriesChart({
  data,
  nowMs,
  label,
  height = CHART_HEIGHT,
  group = "page",
  view = "chart",
  onZoom,
}: TimeSeriesChartProps) {
  const t = useTranslations("charts");
  const locale = useLocale();
  const id = useId();
  const [frame, width] = useWidth<HTMLDivElement>(480);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const formats = useTimeFormats(data.toMs - data.fromMs);
  const cursor = useCursor(group);

  const times = useMemo(() => drawnTimes(data, nowMs), [data, nowMs]);
  const shaped = useMemo(() => chartRows(data, nowMs), [data, nowMs]);
  const axis = useMemo(() => valueAxis(data, hidden), [data, hidden]);
  const axisText = useMemo(() => axisLabels(axis.ticks, data.unit, locale), [axis, data.unit, locale]);
  const plot = useMemo(
    () => ({ width, height, fromMs: data.fromMs, toMs: data.toMs }),
    [width, height, data.fromMs, data.toMs],
  );
  const timeText = useMemo(() => {
    const most = Math.max(2, Math.floor(width / 90));
    const { ticks, precision } = timeTicks(data.fromMs, data.toMs, formats.timeZone, most);
    return new Map(ticks.map((tick) => [tick, formats.tick(tick, precision)]));
  }, [width, data.fromMs, data.toMs, formats]);
  const markers = useMemo(() => positionMarkers(plot, data.markers), [plot, data.markers]);
  const markerText = useCallback((placed: PositionedMarker) => t(`marker.${placed.marker.kind}`), [t]);
  const lines = useMemo(() => data.lines.filter((line) => !hidden.has(line.key)), [data.lines, hidden]);

  const toggle = (key: string) =>
    setHidden((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  const pointed = cursor.atMs !== null && cursor.atMs >= data.fromMs && cursor.atMs <= data.toMs;
  const index = pointed && cursor.atMs !== null ? nearestIndex(times, cursor.atMs) : null;

  return (
    <figure className="m-0 min-w-0" aria-label={label}>
      <figcaption id={id} className="sr-only">
        <ChartSummary data={data} label={label} instant={formats.instant} />
      </figcaption>
      {view === "table" ? (
        <ChartTableView data={data} times={times} label={label} height={height} />
      ) : (
        <div ref={frame} className="relative" style={{ height }}>
          <div aria-hidden className="absolute inset-0 overflow-hidden">
            <Suspense fallback={<div className="skeleton absolute inset-x-[52px] top-4 bottom-6" />}>
              <PlotDrawing
                plot={plot}
                shaped={shaped}
                lines={lines}
                limits={data.limits}
                axis={axis}
                axisText={axisText}
                timeText={timeText}
                markers={markers}
                markerText={markerText}
              />
            </Suspense>
          </div>
          <ChartOverlay
            data={data}
            times={times}
            plot={plot}
            axis={axis}
            hidden={hidden}
            label={label}
            describedBy={id}
            group={group}
            chart={id}
            onZoom={onZoom}
          />
        </div>
      )}
      <ChartLegend data={data} hidden={hidden} onToggle={toggle} index={index} />
    </figure>
  );
}

interface ChartSummaryProps {
  readonly data: ChartData;
  readonly label: string;
  readonly instant: (atMs: number) => string;
}

/**
 * What is visible at a glance: the time range, and the first, last, least and greatest value of each line.
 */
function ChartSummary({ data, label, instant }: ChartSummaryProps) {
  const t = useTranslations("charts");
  const locale = useLocale();
  const text = (value: number | null) => formatValue(value, data.unit, locale);
  return (
    <>
      {t("summary.window", { chart: label, from: instant(data.fromMs), to: instant(data.toMs) })}
      {summarise(data).map(({ line, first, last, min, max, gaps }) => (
        <span key={line.key}>
          {" "}
          {first === null
            ? t("summary.nothing", { line: line.label })
            : t("summary.line", {
                line: line.label,
                first: text(first),
                last: text(last),
                min: text(min),
                max: text(max),
                gaps,
              })}
        </span>
      ))}
      {data.limits.map((limit) => (
        <span key={limit.label}> {t("summary.limit", { label: limit.label, value: text(limit.value) })}</span>
      ))}
      {data.markers.map((marker) => (
        <span key={`${marker.atMs} ${marker.kind} ${marker.node}`}>
          {" "}
          {t("summary.marker", {
            time: instant(marker.atMs),
            kind: t(`marker.${marker.kind}`),
            node: marker.node,
          })}
        </span>
      ))}
    </>
  );
}
