"use client";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { formatValue } from "@/components/charts/chart-format";
import { useTimeFormats } from "@/components/charts/time-formats";
import { useDrawing } from "@/components/charts/use-drawing";
import { useWidth } from "@/components/charts/use-width";
import { nodePath, useCarried, ViewLink } from "@/components/ui/view-link";
import type { Series } from "@/lib/model/series.schema";
import { ROW_HEIGHT } from "../node-map/state";
import { drawHeatmap } from "./draw";

interface HeatmapGridProps {
  readonly label: string;
  readonly height: number;
  readonly ids: readonly string[];
  readonly rows: ReadonlyMap<string, readonly (number | null)[]>;
  /** A reply for the visible rows, for its buckets and unit; undefined before the first. */
  readonly reply: Series | undefined;
  readonly full: number;
  /** Called when other rows become visible. */
  readonly onVisibleRows: (first: number, end: number) => void;
}

interface CellPosition {
  readonly row: number;
  /** Bucket; null: the latest in which the node was observed. */
  readonly bucket: number | null;
}

/** The position a key leads to; null for other keys. `shown` is the bucket of a position without one. */
export function stepFrom(
  { row, bucket }: CellPosition,
  key: string,
  rows: number,
  buckets: number,
  page: number,
  shown = buckets - 1,
): CellPosition | null {
  const newest = buckets - 1;
  const at = bucket ?? shown;
  const toRow = (next: number): CellPosition => ({ row: Math.min(rows - 1, Math.max(0, next)), bucket });
  const toBucket = (next: number): CellPosition => ({ row, bucket: Math.min(newest, Math.max(0, next)) });
  const steps: Readonly<Record<string, () => CellPosition>> = {
    ArrowUp: () => toRow(row - 1),
    ArrowDown: () => toRow(row + 1),
    PageUp: () => toRow(row - page),
    PageDown: () => toRow(row + page),
    ArrowLeft: () => toBucket(at - 1),
    ArrowRight: () => toBucket(at + 1),
    Home: () => toRow(0),
    End: () => toRow(rows - 1),
  };
  return rows === 0 || buckets === 0 ? null : (steps[key]?.() ?? null);
}

/**
 * Rows of values over time. Only the visible rows are drawn. One tab stop: up and down go to another node,
 * left and right to another time, Enter opens the node.
 */
export function HeatmapGrid({ label, height, ids, rows, reply, full, onVisibleRows }: HeatmapGridProps) {
  const t = useTranslations("fleet.heatmap");
  const locale = useLocale();
  const router = useRouter();
  const carried = useCarried();
  const scroller = useRef<HTMLDivElement>(null);
  const [frame, width] = useWidth<HTMLDivElement>(600);
  const [top, setTop] = useState(0);
  const [position, setPosition] = useState<CellPosition>({ row: 0, bucket: null });
  const formats = useTimeFormats(reply === undefined ? 0 : reply.toMs - reply.fromMs);

  const first = Math.floor(top / ROW_HEIGHT);
  const end = Math.min(ids.length, Math.ceil((top + height) / ROW_HEIGHT));
  useEffect(() => onVisibleRows(first, end), [first, end, onVisibleRows]);
  const shown = useMemo(() => ids.slice(first, end), [ids, first, end]);
  const draw = useMemo(() => {
    const drawn = shown.map((id, index) => ({
      top: (first + index) * ROW_HEIGHT - top,
      values: rows.get(id),
    }));
    return (context: CanvasRenderingContext2D, colour: (token: string) => string) =>
      drawHeatmap(context, colour, width, ROW_HEIGHT, full, drawn);
  }, [shown, first, top, rows, width, full]);
  const canvas = useDrawing(width, height, draw);

  const row = Math.min(position.row, Math.max(0, ids.length - 1));
  const id = ids[row] ?? "";
  const buckets = reply?.atMs.length ?? 0;
  const observed = rows.get(id)?.findLastIndex((value) => value !== null) ?? -1;
  const bucket = Math.min(position.bucket ?? (observed === -1 ? buckets - 1 : observed), buckets - 1);
  const describe = () => {
    const values = rows.get(id);
    const atMs = reply?.atMs[bucket];
    if (reply === undefined || values === undefined || atMs === undefined) return t("loading", { node: id });
    const value = values[bucket] ?? null;
    const time = formats.instant(atMs);
    return value === null
      ? t("gap", { node: id, time })
      : t("cell", { node: id, time, value: formatValue(value, reply.unit, locale) });
  };
  const text = describe();

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && id !== "") return router.push(carried(nodePath(id)));
    const page = Math.floor(height / ROW_HEIGHT);
    const next = stepFrom({ row, bucket: position.bucket }, event.key, ids.length, buckets, page, bucket);
    if (next === null) return;
    event.preventDefault();
    setPosition(next);
    const element = scroller.current;
    if (element === null) return;
    const y = next.row * ROW_HEIGHT;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + ROW_HEIGHT > element.scrollTop + height) element.scrollTop = y + ROW_HEIGHT - height;
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const line = Math.floor((event.clientY - box.top + top) / ROW_HEIGHT);
    const column = Math.floor(((event.clientX - box.left) / Math.max(1, width)) * buckets);
    if (line >= 0 && line < ids.length) {
      setPosition({ row: line, bucket: column >= 0 && column < buckets ? column : null });
    }
  };
  const step = buckets === 0 ? 0 : width / buckets;
  return (
    <>
      <div
        ref={scroller}
        className="overflow-y-auto"
        style={{ height }}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      >
        <div className="relative" style={{ height: Math.max(height, ids.length * ROW_HEIGHT) }}>
          <div className="sticky top-0 flex overflow-hidden" style={{ height }}>
            <ul className="relative w-36 shrink-0 sm:w-44" aria-label={t("nodes")}>
              {shown.map((node, index) => (
                <li
                  key={node}
                  className="absolute inset-x-0 truncate pr-2 text-2xs"
                  style={{ top: (first + index) * ROW_HEIGHT - top, lineHeight: `${ROW_HEIGHT}px` }}
                >
                  <ViewLink
                    href={nodePath(node)}
                    tabIndex={-1}
                    title={node}
                    className={first + index === row ? "font-semibold" : "text-muted hover:underline"}
                  >
                    {node}
                  </ViewLink>
                </li>
              ))}
            </ul>
            <div
              ref={frame}
              role="slider"
              tabIndex={0}
              aria-label={label}
              aria-orientation="vertical"
              aria-valuemin={1}
              aria-valuemax={Math.max(1, ids.length)}
              aria-valuenow={row + 1}
              aria-valuetext={text}
              onKeyDown={onKeyDown}
              onPointerMove={onPointerMove}
              className="relative min-w-0 flex-1"
            >
              <canvas ref={canvas} className="absolute inset-0" style={{ width, height }} />
              {buckets > 0 && (
                <div
                  aria-hidden="true"
                  className="pointer-events-none absolute outline-1 outline-accent"
                  style={{
                    left: Math.floor(bucket * step),
                    top: row * ROW_HEIGHT - top,
                    width: Math.max(2, Math.ceil(step)),
                    height: ROW_HEIGHT - 2,
                  }}
                />
              )}
            </div>
          </div>
        </div>
      </div>
      <div className="mt-1 flex justify-between gap-3 pl-36 text-2xs text-faint sm:pl-44">
        <span>{reply === undefined ? "" : formats.instant(reply.fromMs)}</span>
        <span>{reply === undefined ? "" : formats.instant(reply.toMs)}</span>
      </div>
      <p className="truncate text-xs" title={text}>
        {text}
      </p>
    </>
  );
}
