/** Draws rows of values over time. Height and colour of a bar show the value. */
import type { ThemeColour } from "@/components/charts/use-drawing";

export interface DrawnRow {
  /** Pixels from the top of the drawing. */
  readonly top: number;
  /** Undefined while loading. */
  readonly values: readonly (number | null)[] | undefined;
}

/** `full` fills a cell. A bucket without a value stays empty: no ground and no bar. */
export function drawHeatmap(
  context: CanvasRenderingContext2D,
  colour: ThemeColour,
  width: number,
  rowHeight: number,
  full: number,
  rows: readonly DrawnRow[],
): void {
  const ground = colour("line-soft");
  const bar = colour("s1");
  const height = rowHeight - 2;
  for (const { top, values } of rows) {
    if (values === undefined || values.length === 0) continue;
    const step = width / values.length;
    values.forEach((value, index) => {
      if (value === null) return;
      const x = Math.floor(index * step);
      const wide = Math.max(1, Math.floor((index + 1) * step) - x);
      const share = full > 0 ? Math.min(1, Math.max(0, value / full)) : 0;
      context.globalAlpha = 1;
      context.fillStyle = ground;
      context.fillRect(x, top, wide, height);
      const tall = Math.max(1, Math.round(share * height));
      context.globalAlpha = 0.35 + 0.65 * share;
      context.fillStyle = bar;
      context.fillRect(x, top + height - tall, wide, tall);
    });
  }
}
