/** Which rows of a long list of equally high rows are in sight. Pure. */

export interface RowWindow {
  /** First row to draw. */
  readonly first: number;
  /** One after the last row to draw. */
  readonly end: number;
}

/** Rows drawn beyond what is in sight, so that scrolling does not outrun drawing. */
const OVERSCAN = 12;

/** Lists up to this long are drawn whole. */
export const RENDER_ALL_BELOW = 60;

/**
 * @param top distance from the top of the window to the first row, pixels; negative once scrolled past
 * @param height height of the window, pixels
 */
export function visibleRows(count: number, rowHeight: number, top: number, height: number): RowWindow {
  if (count <= RENDER_ALL_BELOW || rowHeight <= 0) return { first: 0, end: count };
  const above = Math.floor(-top / rowHeight);
  const below = Math.ceil((height - top) / rowHeight);
  const first = Math.min(Math.max(0, above - OVERSCAN), Math.max(0, count - 1));
  return { first, end: Math.min(count, Math.max(below + OVERSCAN, first + OVERSCAN)) };
}
