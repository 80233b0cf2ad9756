/** How bad it is with every node, by probe: what is counted of the findings, held in memory. */

import { invalidCursor, keysCursor, parseKeysCursor } from "@/lib/model/cursor";
import { PROBES, type ProbeName, SEVERITIES, type Severity } from "@/lib/model/findings/finding";
import type { NodePosture, PostureCell } from "@/lib/model/findings/finding.schema";
import type { Node } from "@/lib/model/node/node.schema";
import type { FindingCounts } from "@/lib/records/tables/finding-rows";

export type SeverityTotals = Record<Severity, number>;

/** For each probe a count of each severity, and of what could not be judged. */
const WIDTH = SEVERITIES.length + 1;
const UNKNOWN = SEVERITIES.length;
const WORST_FIRST = [...SEVERITIES.keys()].toReversed();

export class SeverityMatrix {
  private readonly counts = new Map<string, Uint16Array>();

  get nodes(): IterableIterator<string> {
    return this.counts.keys();
  }

  has(node: string): boolean {
    return this.counts.has(node);
  }

  /** Takes the place of what was counted of this node; nothing found is as good as never diagnosed. */
  set(node: string, tallies: readonly FindingCounts[]): void {
    if (tallies.length === 0) {
      this.counts.delete(node);
      return;
    }
    const counts = new Uint16Array(PROBES.length * WIDTH);
    for (const { probe, severity, count, unknown } of tallies) {
      const at = positionOf(PROBES, probe) * WIDTH;
      counts[at + positionOf(SEVERITIES, severity)] = count;
      counts[at + UNKNOWN] = (counts[at + UNKNOWN] ?? 0) + unknown;
    }
    this.counts.set(node, counts);
  }

  /** What is wrong with a node; null until it was diagnosed. */
  countsOf(node: string): Node["findings"] {
    if (!this.counts.has(node)) return null;
    const { critical, warning, info } = this.totals([node], PROBES);
    return { critical, warning, info };
  }

  totals(nodes: Iterable<string>, probes: readonly ProbeName[]): SeverityTotals {
    const sums = SEVERITIES.map(() => 0);
    const places = probes.map((probe) => PROBES.indexOf(probe) * WIDTH);
    for (const node of nodes) {
      const counts = this.counts.get(node);
      if (counts === undefined) continue;
      for (const at of places) {
        for (let rank = 0; rank < sums.length; rank++)
          sums[rank] = (sums[rank] ?? 0) + (counts[at + rank] ?? 0);
      }
    }
    const [ok = 0, info = 0, warning = 0, critical = 0] = sums;
    return { critical, warning, info, ok };
  }

  /** How many of these nodes were diagnosed. */
  diagnosed(nodes: readonly { readonly id: string }[]): number {
    return nodes.reduce((sum, { id }) => sum + Number(this.counts.has(id)), 0);
  }

  /**
   * A row for each of these nodes that was diagnosed, worst first; equally bad ones by what is open, then by name.
   * From a place on, at most so many; `more` when there are others behind them.
   */
  rows(
    nodes: readonly { readonly id: string; readonly pool: string }[],
    after: SeverityMatrixPosition | null,
    limit: number,
  ): { readonly rows: NodePosture[]; readonly more: boolean } {
    const places: (SeverityMatrixPosition & { readonly pool: string; readonly counts: Uint16Array })[] = [];
    for (const { id, pool } of nodes) {
      const counts = this.counts.get(id);
      if (counts === undefined) continue;
      const place = { node: id, pool, counts, ...severityOf(counts) };
      if (after === null || worstFirst(after, place) < 0) places.push(place);
    }
    places.sort(worstFirst);
    const rows = places
      .slice(0, limit)
      .map(({ counts, ...place }) => ({ ...place, probes: cellsOf(counts) }));
    return { rows, more: places.length > rows.length };
  }
}

/** Where the list goes on after this row. */
export function severityMatrixCursor({ worst, open, node }: SeverityMatrixPosition): string {
  return keysCursor([worst, open, node]);
}

/** @throws InputError for a cursor that is not ours */
export function parseSeverityMatrixCursor(cursor: string): SeverityMatrixPosition {
  const [word, open, node, ...more] = parseKeysCursor(cursor);
  const worst = SEVERITIES.find((one) => one === word);
  if (worst === undefined || typeof open !== "number" || typeof node !== "string" || more.length > 0) {
    throw invalidCursor(cursor);
  }
  return { worst, open, node };
}

export type SeverityMatrixPosition = Pick<NodePosture, "worst" | "open" | "node">;

function worstFirst(one: SeverityMatrixPosition, other: SeverityMatrixPosition): number {
  return (
    SEVERITIES.indexOf(other.worst) - SEVERITIES.indexOf(one.worst) ||
    other.open - one.open ||
    (one.node < other.node ? -1 : Number(one.node > other.node))
  );
}

/** The worst of all probes, and how many findings are worse than `ok`. */
function severityOf(counts: Uint16Array): { readonly worst: Severity; readonly open: number } {
  let [worst, open] = [0, 0];
  for (let at = 0; at < counts.length; at += WIDTH) {
    for (let rank = 1; rank < UNKNOWN; rank++) {
      const count = counts[at + rank] ?? 0;
      if (count > 0 && rank > worst) worst = rank;
      open += count;
    }
  }
  return { worst: SEVERITIES[worst] ?? "ok", open };
}

function cellsOf(counts: Uint16Array): NodePosture["probes"] {
  const cells: Partial<Record<ProbeName, PostureCell>> = {};
  for (const [index, probe] of PROBES.entries()) {
    const of = counts.subarray(index * WIDTH, (index + 1) * WIDTH);
    const rank = WORST_FIRST.find((one) => (of[one] ?? 0) > 0);
    if (rank === undefined) continue;
    const found = of.subarray(0, UNKNOWN).reduce((sum, count) => sum + count, 0);
    const unknown = of[UNKNOWN] === found;
    cells[probe] = { severity: SEVERITIES[rank] ?? "ok", count: of[rank] ?? 0, unknown };
  }
  return cells;
}

/** What the store holds was written by us; a word of another version is a defect, not data. */
function positionOf(words: readonly string[], text: string): number {
  const place = words.indexOf(text);
  if (place < 0) throw new Error(`memfleet.db holds an unknown word: ${text}`);
  return place;
}
