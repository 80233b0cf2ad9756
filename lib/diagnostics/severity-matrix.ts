/** Counts of findings by node, probe and severity, in memory. */

import { invalidCursor, keysCursor, parseKeysCursor } from "@/lib/model/cursor";
import { PROBES, type ProbeName, SEVERITIES, type Severity } from "@/lib/model/findings/finding";
import type { SeverityMatrixCell, SeverityMatrixRow } from "@/lib/model/findings/finding.schema";
import type { Node } from "@/lib/model/node/node.schema";
import type { FindingCounts } from "@/lib/records/tables/finding-rows";
import { knownValue } from "./finding-views";

export type SeverityTotals = Record<Severity, number>;

/** Entries of each probe: a count for each severity, and one of unknown verdicts. */
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

  /** Replaces the counts of this node; a node without findings counts as never diagnosed. */
  set(node: string, rows: readonly FindingCounts[]): void {
    if (rows.length === 0) {
      this.counts.delete(node);
      return;
    }
    const counts = new Uint16Array(PROBES.length * WIDTH);
    for (const { probe, severity, count, unknown } of rows) {
      const offset = PROBES.indexOf(knownValue(PROBES, probe)) * WIDTH;
      counts[offset + SEVERITIES.indexOf(knownValue(SEVERITIES, severity))] = count;
      counts[offset + UNKNOWN] = (counts[offset + UNKNOWN] ?? 0) + unknown;
    }
    this.counts.set(node, counts);
  }

  /** The problems of a node; null until it is diagnosed. */
  countsOf(node: string): Node["findings"] {
    if (!this.counts.has(node)) return null;
    const { critical, warning, info } = this.totals([node], PROBES);
    return { critical, warning, info };
  }

  totals(nodes: Iterable<string>, probes: readonly ProbeName[]): SeverityTotals {
    const sums = SEVERITIES.map(() => 0);
    const offsets = probes.map((probe) => PROBES.indexOf(probe) * WIDTH);
    for (const node of nodes) {
      const counts = this.counts.get(node);
      if (counts === undefined) continue;
      for (const offset of offsets) {
        for (let rank = 0; rank < sums.length; rank++)
          sums[rank] = (sums[rank] ?? 0) + (counts[offset + rank] ?? 0);
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
   * A row for each diagnosed node, worst first, then by open findings, then by name: at most `limit` rows after a
   * position. `more`: whether others follow.
   */
  rows(
    nodes: readonly { readonly id: string; readonly pool: string }[],
    after: SeverityMatrixPosition | null,
    limit: number,
  ): { readonly rows: SeverityMatrixRow[]; readonly more: boolean } {
    const candidates: (SeverityMatrixPosition & { readonly pool: string; readonly counts: Uint16Array })[] =
      [];
    for (const { id, pool } of nodes) {
      const counts = this.counts.get(id);
      if (counts === undefined) continue;
      const row = { node: id, pool, counts, ...severityOf(counts) };
      if (after === null || worstFirst(after, row) < 0) candidates.push(row);
    }
    candidates.sort(worstFirst);
    const rows = candidates
      .slice(0, limit)
      .map(({ counts, ...row }) => ({ ...row, probes: cellsOf(counts) }));
    return { rows, more: candidates.length > rows.length };
  }
}

/** The cursor after this row. */
export function severityMatrixCursor({ worst, open, node }: SeverityMatrixPosition): string {
  return keysCursor([worst, open, node]);
}

/** @throws InputError for an invalid cursor */
export function parseSeverityMatrixCursor(cursor: string): SeverityMatrixPosition {
  const [severity, open, node, ...more] = parseKeysCursor(cursor);
  const worst = SEVERITIES.find((value) => value === severity);
  if (worst === undefined || typeof open !== "number" || typeof node !== "string" || more.length > 0) {
    throw invalidCursor(cursor);
  }
  return { worst, open, node };
}

export type SeverityMatrixPosition = Pick<SeverityMatrixRow, "worst" | "open" | "node">;

function worstFirst(a: SeverityMatrixPosition, b: SeverityMatrixPosition): number {
  return (
    SEVERITIES.indexOf(b.worst) - SEVERITIES.indexOf(a.worst) ||
    b.open - a.open ||
    (a.node < b.node ? -1 : Number(a.node > b.node))
  );
}

/** The worst severity of all probes, and the number of findings worse than `ok`. */
function severityOf(counts: Uint16Array): { readonly worst: Severity; readonly open: number } {
  let [worst, open] = [0, 0];
  for (let offset = 0; offset < counts.length; offset += WIDTH) {
    for (let rank = 1; rank < UNKNOWN; rank++) {
      const count = counts[offset + rank] ?? 0;
      if (count > 0 && rank > worst) worst = rank;
      open += count;
    }
  }
  return { worst: SEVERITIES[worst] ?? "ok", open };
}

function cellsOf(counts: Uint16Array): SeverityMatrixRow["probes"] {
  const cells: Partial<Record<ProbeName, SeverityMatrixCell>> = {};
  for (const [index, probe] of PROBES.entries()) {
    const ofProbe = counts.subarray(index * WIDTH, (index + 1) * WIDTH);
    const worst = WORST_FIRST.find((rank) => (ofProbe[rank] ?? 0) > 0);
    if (worst === undefined) continue;
    const total = ofProbe.subarray(0, UNKNOWN).reduce((sum, count) => sum + count, 0);
    const unknown = ofProbe[UNKNOWN] === total;
    cells[probe] = { severity: SEVERITIES[worst] ?? "ok", count: ofProbe[worst] ?? 0, unknown };
  }
  return cells;
}
