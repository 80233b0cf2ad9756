/** Where the cells of a map of nodes lie, and in which order. Pure. */

import type { Tone } from "@/components/ui/status/tag";
import type { Node } from "@/lib/model/node/node.schema";
import type { Health } from "../node-health";
import type { NodeOrder } from "../node-list/node-order";

export interface CellLayout {
  /** Edge of a cell, CSS pixels. */
  readonly size: number;
  /** From one cell to the next. */
  readonly pitch: number;
  readonly columns: number;
  readonly rows: number;
  readonly height: number;
}

/** The more nodes, the smaller the cells: [up to this many, edge, gap]. */
const SIZES = [
  [600, 13, 3],
  [2_000, 9, 3],
  [Number.POSITIVE_INFINITY, 6, 2],
] as const;

export function cellLayout(count: number, width: number): CellLayout {
  const [, size, gap] = SIZES.find(([most]) => count <= most) ?? SIZES[2];
  const pitch = size + gap;
  const columns = Math.max(1, Math.floor((width + gap) / pitch));
  const rows = Math.ceil(count / columns);
  return { size, pitch, columns, rows, height: Math.max(size, rows * pitch - gap) };
}

/** The index of the cell at a point, CSS pixels from the top left corner; null between and beyond the cells. */
export function cellAt(
  { size, pitch, columns }: CellLayout,
  count: number,
  x: number,
  y: number,
): number | null {
  const column = Math.floor(x / pitch);
  const row = Math.floor(y / pitch);
  if (x < 0 || y < 0 || column >= columns || x % pitch > size || y % pitch > size) return null;
  const index = row * columns + column;
  return index < count ? index : null;
}

const WORST_FIRST: Readonly<Record<Tone, number>> = { crit: 0, warn: 1, off: 2, ok: 3 };

export interface MapCell {
  readonly node: Node;
  readonly tone: Tone;
}

/** Worst first; equals by rank, so that a cell moves only when the state of a node changes. */
export function cellsOf(
  nodes: readonly Node[],
  health: ReadonlyMap<string, Health>,
  places: NodeOrder,
): MapCell[] {
  return nodes
    .map((node) => ({ node, tone: health.get(node.id)?.tone ?? ("off" as const) }))
    .sort(
      (a, b) =>
        WORST_FIRST[a.tone] - WORST_FIRST[b.tone] ||
        (places.get(a.node.id) ?? 0) - (places.get(b.node.id) ?? 0),
    );
}
