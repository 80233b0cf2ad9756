"use client";
import { type RefObject, useEffect, useState } from "react";
import { RENDER_ALL_BELOW, type RowWindow, visibleRows } from "./visible-rows";

/** Height of a row in pixels, before one was measured. */
const ROW_HEIGHT = 33;

export interface VisibleRows extends RowWindow {
  readonly rowHeight: number;
}

/** The rows of a table body that are in sight while the page scrolls. All rows have the height of the first. */
export function useVisibleRows(body: RefObject<HTMLTableSectionElement | null>, count: number): VisibleRows {
  const [sight, setSight] = useState<VisibleRows>({ first: 0, end: RENDER_ALL_BELOW, rowHeight: ROW_HEIGHT });
  useEffect(() => {
    let frame = 0;
    const measure = () => {
      frame = 0;
      const element = body.current;
      if (element === null) return;
      const row = element.querySelector<HTMLElement>("tr[data-row]");
      const rowHeight = row?.offsetHeight || ROW_HEIGHT;
      const { first, end } = visibleRows(
        count,
        rowHeight,
        element.getBoundingClientRect().top,
        window.innerHeight,
      );
      setSight((was) =>
        was.first === first && was.end === end && was.rowHeight === rowHeight
          ? was
          : { first, end, rowHeight },
      );
    };
    const soon = () => {
      if (frame === 0) frame = requestAnimationFrame(measure);
    };
    measure();
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("scroll", soon);
      removeEventListener("resize", soon);
    };
  }, [body, count]);
  return { ...sight, first: Math.min(sight.first, count), end: Math.min(sight.end, count) };
}
