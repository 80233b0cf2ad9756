"use client";
import { useLocale, useTranslations } from "use-intl";
import type { ChartData, ChartLine } from "./chart-data";
import { formatValue } from "./chart-format";
import { LineSample } from "./lines/line-sample";
import { markersNear } from "./plot-geometry";
import { useTimeFormats } from "./time-formats";

interface ChartTooltipProps {
  readonly data: ChartData;
  readonly lines: readonly ChartLine[];
  readonly index: number;
  readonly atMs: number;
  /** Of the cursor, in CSS pixels from the left edge of the chart. */
  readonly x: number;
  readonly width: number;
}

const SHOWN_LINES = 12;

/**
 * The values beside the cursor. Hidden from screen readers, which get the same text as the slider's value.
 */
export function ChartTooltip({ data, lines, index, atMs, x, width }: ChartTooltipProps) {
  const t = useTranslations("charts");
  const locale = useLocale();
  const { instant } = useTimeFormats(data.toMs - data.fromMs);
  const left = x > width / 2;
  const near = markersNear(data.markers, atMs, Math.max(data.stepMs, (data.toMs - data.fromMs) / 100));
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute top-2 z-10 max-w-64 rounded-md border border-line bg-raised px-2 py-1.5 text-xs shadow-float"
      style={left ? { right: width - x + 10 } : { left: x + 10 }}
    >
      <div className="text-muted">{instant(atMs)}</div>
      {lines.slice(0, SHOWN_LINES).map((line) => (
        <div key={line.key} className="flex items-center gap-1.5">
          <LineSample tone={line.tone} dash={line.dash} />
          <span className="truncate text-muted">{line.label}</span>
          <b className="ml-auto pl-2 font-medium whitespace-nowrap">
            {formatValue(line.values[index] ?? null, data.unit, locale)}
          </b>
        </div>
      ))}
      {lines.length > SHOWN_LINES ? (
        <div className="text-faint">{t("moreLines", { count: lines.length - SHOWN_LINES })}</div>
      ) : null}
      {near.map((marker) => (
        <div
          key={`${marker.atMs} ${marker.kind} ${marker.node}`}
          className="mt-1 border-t border-line-soft pt-1 whitespace-normal"
        >
          <b className="font-medium">{t(`marker.${marker.kind}`)}</b>{" "}
          <span className="text-muted">
            {instant(marker.atMs)} · {marker.node}
          </span>
        </div>
      ))}
    </div>
  );
}
