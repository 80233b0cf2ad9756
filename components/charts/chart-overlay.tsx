"use client";
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import type { Axis } from "./chart-axes";
import { moveCursor, useCursor } from "./chart-cursor";
import type { ChartData } from "./chart-data";
import { formatValue } from "./chart-format";
import { nearestIndex } from "./chart-rows";
import { ChartTooltip } from "./chart-tooltip";
import { FRAME, instantAt, type Plot, xOf, yOf } from "./plot-geometry";
import { useTimeFormats } from "./time-formats";

interface ChartOverlayProps {
  readonly data: ChartData;
  /** Where each bucket is drawn. */
  readonly times: readonly number[];
  readonly plot: Plot;
  readonly axis: Axis;
  readonly hidden: ReadonlySet<string>;
  /** A text alternative for the chart. */
  readonly label: string;
  readonly describedBy: string;
  /** Charts of one group share their cursor. */
  readonly group: string;
  readonly chart: string;
  /** Called with a dragged time range, Unix milliseconds. */
  readonly onZoom?: ((fromMs: number, toMs: number) => void) | undefined;
}

/** Shorter drags are clicks. */
const DRAG_PIXELS = 6;

/**
 * The layer over the drawing: cursor, values and the dragged time range; moved by pointer and by keyboard.
 */
export function ChartOverlay({
  data,
  times,
  plot,
  axis,
  hidden,
  label,
  describedBy,
  group,
  chart,
  onZoom,
}: ChartOverlayProps) {
  const t = useTranslations("charts");
  const locale = useLocale();
  const { instant } = useTimeFormats(data.toMs - data.fromMs);
  const cursor = useCursor(group);
  const dragFrom = useRef<number | null>(null);
  const [drag, setDrag] = useState<{ fromX: number; toX: number } | null>(null);

  const inWindow = cursor.atMs !== null && cursor.atMs >= plot.fromMs && cursor.atMs <= plot.toMs;
  const index = inWindow && cursor.atMs !== null ? nearestIndex(times, cursor.atMs) : -1;
  const lines = data.lines.filter((line) => !hidden.has(line.key));
  const valueText = (at: number) => {
    const time = times[at];
    if (time === undefined) return t("noPoint");
    const values = lines.map(
      (line) => `${line.label} ${formatValue(line.values[at] ?? null, data.unit, locale)}`,
    );
    return `${instant(time)}: ${values.join(", ")}`;
  };

  const pixelOf = (event: PointerEvent<HTMLElement>) =>
    event.clientX - event.currentTarget.getBoundingClientRect().left;

  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const x = pixelOf(event);
    moveCursor(group, chart, instantAt(plot, x));
    if (dragFrom.current !== null) setDrag({ fromX: dragFrom.current, toX: x });
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (!onZoom || event.button !== 0 || event.pointerType === "touch") return;
    dragFrom.current = pixelOf(event);
    event.currentTarget.setPointerCapture?.(event.pointerId);
  };
  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    const from = dragFrom.current;
    dragFrom.current = null;
    setDrag(null);
    if (from === null || !onZoom) return;
    const to = pixelOf(event);
    if (Math.abs(to - from) < DRAG_PIXELS) return;
    const [a, b] = [instantAt(plot, from), instantAt(plot, to)].sort((first, second) => first - second) as [
      number,
      number,
    ];
    onZoom(Math.floor(a), Math.ceil(b));
  };
  const onPointerLeave = () => {
    if (dragFrom.current === null) moveCursor(group, chart, null);
  };
  const stopDrag = () => {
    dragFrom.current = null;
    setDrag(null);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key === "Escape") {
      stopDrag();
      moveCursor(group, chart, null);
      return;
    }
    const next = nextIndex(event.key, index, times.length);
    const atMs = next === null ? undefined : times[next];
    if (atMs === undefined) return;
    event.preventDefault();
    moveCursor(group, chart, atMs);
  };

  const at = index >= 0 ? times[index] : undefined;
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={t("cursor", { chart: label })}
      aria-describedby={describedBy}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, times.length - 1)}
      aria-valuenow={index >= 0 ? index : Math.max(0, times.length - 1)}
      aria-valuetext={valueText(index >= 0 ? index : times.length - 1)}
      className="absolute inset-0 touch-pan-y select-none"
      style={{ cursor: onZoom ? "crosshair" : "default" }}
      onPointerMove={onPointerMove}
      onPointerDown={onPointerDown}
      onPointerUp={onPointerUp}
      onPointerLeave={onPointerLeave}
      onPointerCancel={stopDrag}
      onBlur={() => moveCursor(group, chart, null)}
      onKeyDown={onKeyDown}
    >
      {drag ? (
        <div
          className="absolute bg-accent opacity-15"
          style={{
            left: Math.min(drag.fromX, drag.toX),
            width: Math.abs(drag.toX - drag.fromX),
            top: FRAME.top,
            bottom: FRAME.bottom,
          }}
        />
      ) : null}
      {at === undefined ? null : (
        <>
          <div
            className="absolute w-px bg-faint opacity-60"
            style={{ left: xOf(plot, at), top: FRAME.top, bottom: FRAME.bottom }}
          />
          {lines.map((line) => {
            const value = line.values[index] ?? null;
            return value === null ? null : (
              <div
                key={line.key}
                className="absolute size-[7px] -translate-x-1/2 -translate-y-1/2 rounded-full border-2 border-surface"
                style={{
                  left: xOf(plot, at),
                  top: yOf(plot, value, axis.domain),
                  background: `var(--${line.tone})`,
                }}
              />
            );
          })}
        </>
      )}
      {at !== undefined && cursor.chart === chart && drag === null ? (
        <ChartTooltip
          data={data}
          lines={lines}
          index={index}
          atMs={at}
          x={xOf(plot, at)}
          width={plot.width}
        />
      ) : null}
    </div>
  );
}

/** Where a key moves the cursor: arrows by one point, page keys by a tenth, Home and End to the ends. */
export function nextIndex(key: string, index: number, count: number): number | null {
  if (count === 0) return null;
  const from = index < 0 ? count : index;
  const page = Math.max(1, Math.round(count / 10));
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: from - 1,
    ArrowRight: index < 0 ? count - 1 : from + 1,
    ArrowDown: from - 1,
    ArrowUp: index < 0 ? count - 1 : from + 1,
    PageDown: from - page,
    PageUp: from + page,
    Home: 0,
    End: count - 1,
  };
  const next = steps[key];
  return next === undefined ? null : Math.min(count - 1, Math.max(0, next));
}
