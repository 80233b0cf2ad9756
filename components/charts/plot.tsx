"use client";
/** The drawing itself. The only file that uses the chart library; loaded when first needed. */
import { memo } from "react";
import { Area, CartesianGrid, ComposedChart, Line, ReferenceLine, XAxis, YAxis } from "recharts";
import type { Axis } from "./chart-axes";
import type { ChartLimit, ChartLine } from "./chart-data";
import { type ChartRows, openKey } from "./chart-rows";
import { dotsPath, FRAME, type Plot, type PositionedMarker } from "./plot-geometry";

export interface PlotDrawingProps {
  readonly plot: Plot;
  readonly shaped: ChartRows;
  readonly lines: readonly ChartLine[];
  readonly limits: readonly ChartLimit[];
  readonly axis: Axis;
  readonly axisText: ReadonlyMap<number, string>;
  readonly timeText: ReadonlyMap<number, string>;
  readonly markers: readonly PositionedMarker[];
  readonly markerText: (placed: PositionedMarker) => string;
}

const TICK = { fontSize: "0.84615rem", fill: "var(--faint)" } as const;

function PlotDrawing(props: PlotDrawingProps) {
  const { plot, shaped, lines, limits, axis, axisText, timeText, markers, markerText } = props;
  return (
    <ComposedChart
      width={plot.width}
      height={plot.height}
      data={shaped.rows as unknown as Record<string, number>[]}
      margin={{ top: FRAME.top, right: FRAME.right, bottom: 0, left: 0 }}
      accessibilityLayer={false}
      style={{ cursor: "inherit" }}
    >
      <CartesianGrid vertical={false} syncWithTicks stroke="var(--line-soft)" />
      <XAxis
        dataKey="atMs"
        type="number"
        domain={[plot.fromMs, plot.toMs]}
        allowDataOverflow
        ticks={[...timeText.keys()]}
        tickFormatter={(at: number) => timeText.get(at) ?? ""}
        interval={0}
        height={FRAME.bottom}
        tick={TICK}
        tickLine={false}
        axisLine={{ stroke: "var(--line)" }}
      />
      <YAxis
        domain={[...axis.domain]}
        allowDataOverflow
        ticks={[...axis.ticks]}
        tickFormatter={(tick: number) => axisText.get(tick) ?? ""}
        interval={0}
        width={FRAME.left}
        tick={TICK}
        tickLine={false}
        axisLine={false}
      />
      {markers.map((placed) => (
        <ReferenceLine
          key={`${placed.marker.atMs} ${placed.marker.kind} ${placed.marker.node}`}
          x={placed.marker.atMs}
          stroke={placed.marker.kind === "down" ? "var(--crit)" : "var(--muted)"}
          strokeDasharray="2 3"
          label={placed.labelled ? markerLabel(placed, markerText(placed)) : undefined}
        />
      ))}
      {limits.map((limit) => (
        <ReferenceLine
          key={limit.label}
          y={limit.value}
          stroke="var(--limit)"
          strokeOpacity={0.55}
          strokeDasharray="3 3"
          label={limitLabel(limit.label)}
        />
      ))}
      {lines.map((line) => drawnLine(line))}
      {shaped.unfinished ? lines.map((line) => openLine(line)) : null}
      {/* Drawn as paths, because the library takes seconds for hundreds of dots. */}
      {lines.map((line) => {
        const dots = shaped.lone.filter(({ key }) => key === line.key);
        return dots.length === 0 ? null : (
          <path
            key={`${line.key}:dots`}
            d={dotsPath(plot, dots, axis.domain)}
            stroke={`var(--${line.tone})`}
            strokeWidth={4}
            strokeLinecap="round"
          />
        );
      })}
    </ComposedChart>
  );
}

function drawnLine(line: ChartLine) {
  const shared = {
    dataKey: line.key,
    type: "linear" as const,
    stroke: `var(--${line.tone})`,
    strokeWidth: 1.7,
    strokeDasharray: line.dash ?? undefined,
    dot: false as const,
    activeDot: false as const,
    isAnimationActive: false,
    connectNulls: false,
  };
  return line.area ? (
    <Area key={line.key} {...shared} fill={`var(--${line.tone})`} fillOpacity={0.13} />
  ) : (
    <Line key={line.key} {...shared} />
  );
}

/** The bucket that is still filling: dashed, because its value is not final. */
function openLine(line: ChartLine) {
  return (
    <Line
      key={openKey(line.key)}
      dataKey={openKey(line.key)}
      type="linear"
      stroke={`var(--${line.tone})`}
      strokeWidth={1.7}
      strokeDasharray="3 3"
      dot={false}
      activeDot={false}
      isAnimationActive={false}
      connectNulls={false}
    />
  );
}

interface LabelProps {
  readonly viewBox?: { readonly x?: number; readonly y?: number; readonly width?: number } | undefined;
}

function limitLabel(text: string) {
  return ({ viewBox }: LabelProps) => (
    <text
      x={(viewBox?.x ?? 0) + (viewBox?.width ?? 0)}
      y={(viewBox?.y ?? 0) - 4}
      textAnchor="end"
      fontSize="0.84615rem"
      fill="var(--muted)"
      stroke="var(--surface)"
      strokeWidth={3}
      paintOrder="stroke"
    >
      {text}
    </text>
  );
}

function markerLabel(placed: PositionedMarker, text: string) {
  const end = placed.side === "left";
  return ({ viewBox }: LabelProps) => (
    <text
      x={(viewBox?.x ?? 0) + (end ? -4 : 4)}
      y={FRAME.top - 4}
      textAnchor={end ? "end" : "start"}
      fontSize="0.84615rem"
      fill={placed.marker.kind === "down" ? "var(--crit)" : "var(--muted)"}
      stroke="var(--surface)"
      strokeWidth={3}
      paintOrder="stroke"
    >
      {text}
    </text>
  );
}

export default memo(PlotDrawing);
