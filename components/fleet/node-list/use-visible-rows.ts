"use client";
import { type RefObject, useEffect, useState } from "react";
import { DRAWN_WHOLE, type RowWindow, rowsInSight } from "./visible-rows";

/** Height of a row in pixels, before one was measured. */
const ROW_HEIGHT = 33;

export interface RowsInSight extends RowWindow {
  readonly rowHeight: number;
}

/** The rows of a table body that are in sight while the page scrolls. All rows have the height of the first. */
export function useRowsInSight(body: RefObject<HTMLTableSectionElement | null>, count: number): RowsInSight {
  const [sight, setSight] = useState<RowsInSight>({ first: 0, end: DRAWN_WHOLE, rowHeight: ROW_HEIGHT });
  useEffect(() => {
    let frame = 0;
    const measure = () => {
      frame = 0;
      const element = body.current;
      if (element === null) return;
      const row = element.querySelector<HTMLElement>("tr[data-row]");
      const rowHeight = row?.offsetHeight || ROW_HEIGHT;
      const { first, end } = rowsInSight(
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
