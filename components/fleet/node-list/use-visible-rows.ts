"use client";
import { type RefObject, useEffect, useState } from "react";

/** Height of a row in pixels, before one is measured. */
const ROW_HEIGHT = 33;
/** Rows rendered beyond the visible ones, so that scrolling does not outrun rendering. */
const OVERSCAN = 12;
/** Lists up to this long are rendered completely. */
const RENDER_ALL_BELOW = 60;

interface RowRange {
  /** First row to render. */
  readonly first: number;
  /** One after the last row to render. */
  readonly end: number;
}

interface VisibleRows extends RowRange {
  readonly rowHeight: number;
}

/**
 * @param top distance from the top of the window to the first row, pixels; negative once scrolled past
 * @param height height of the window, pixels
 */
export function visibleRows(count: number, rowHeight: number, top: number, height: number): RowRange {
  if (count <= RENDER_ALL_BELOW) return { first: 0, end: count };
  const first = Math.min(Math.max(0, Math.floor(-top / rowHeight) - OVERSCAN), count - 1);
  const end = Math.ceil((height - top) / rowHeight) + OVERSCAN;
  return { first, end: Math.min(count, Math.max(end, first + OVERSCAN)) };
}

/**
 * The rows of a table body to render while the page scrolls. All rows have the height of the first. Measured here
 * rather than by the virtualizer of longer lists, which every overview would load, and which needs an update
 * whenever the content above the table changes its height.
 */
export function useVisibleRows(body: RefObject<HTMLTableSectionElement | null>, count: number): VisibleRows {
  const [rows, setRows] = useState<VisibleRows>({ first: 0, end: RENDER_ALL_BELOW, rowHeight: ROW_HEIGHT });
  useEffect(() => {
    let frame = 0;
    const measure = () => {
      frame = 0;
      const element = body.current;
      if (element === null) return;
      const rowHeight = element.querySelector<HTMLElement>("tr[data-row]")?.offsetHeight || ROW_HEIGHT;
      const { top } = element.getBoundingClientRect();
      const next = { ...visibleRows(count, rowHeight, top, window.innerHeight), rowHeight };
      setRows((before) =>
        before.first === next.first && before.end === next.end && before.rowHeight === next.rowHeight
          ? before
          : next,
      );
    };
    const measureSoon = () => {
      if (frame === 0) frame = requestAnimationFrame(measure);
    };
    measure();
    addEventListener("scroll", measureSoon, { passive: true });
    addEventListener("resize", measureSoon);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("scroll", measureSoon);
      removeEventListener("resize", measureSoon);
    };
  }, [body, count]);
  return { ...rows, first: Math.min(rows.first, count), end: Math.min(rows.end, count) };
}
