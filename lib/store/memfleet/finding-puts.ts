/** How a probe's findings take the place of those before. */
import { SEVERITIES } from "@/lib/model/finding-kinds";
import { type Connection, transaction } from "../database";
import { type EarlierRow, type FindingRow, type NewFindingRow, ofProbe } from "./finding-rows";

/** One probe's findings of one node, taking the place of those it had. */
export interface FindingsPut {
  readonly node: string;
  readonly probe: string;
  readonly rows: readonly NewFindingRow[];
}

/** A probe that could say nothing: what it found earlier stays, as `unknown`. */
export interface FindingsUnasked {
  readonly node: string;
  readonly probe: string;
  /** What to keep when it has found nothing so far. */
  readonly row: NewFindingRow;
}

/** The same check of a node before and now; null where there was or is none. */
export interface FindingChange {
  readonly check: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface FindingsPutReply {
  /** As they are kept now. */
  readonly rows: FindingRow[];
  /** In severity; none where the probe is new to the node. */
  readonly changes: FindingChange[];
}

interface Kept {
  readonly row: EarlierRow;
  /** The row itself, or the one before where that one is not known; null: never known. */
  readonly known: EarlierRow | null;
}

export function put(connection: Connection, { node, probe, rows }: FindingsPut): FindingsPutReply {
  return transaction(connection, () => {
    const before = keptOf(connection, node, probe);
    const silent = rows.length > 0 && rows.every(({ verdict }) => verdict === "unknown");
    // Silence about one thing does not take back what was said about another.
    if (silent) forget(connection, node, probe, before, rows);
    else connection.prepare("DELETE FROM finding WHERE node = ? AND probe = ?").run(node, probe);
    for (const row of rows) {
      const known = before.get(row.check)?.known ?? null;
      const severity = row.verdict === "unknown" ? worse(known?.severity, row.severity) : row.severity;
      insert(connection, node, probe, { ...row, severity }, known);
    }
    return { rows: ofProbe(connection, node, probe), changes: changesOf(before, rows, silent) };
  });
}

/** Every check that `rows` does not name becomes unknown for their reason. */
function forget(
  connection: Connection,
  node: string,
  probe: string,
  before: ReadonlyMap<string, Kept>,
  rows: readonly NewFindingRow[],
): void {
  const [reason] = rows;
  const named = new Set(rows.map(({ check }) => check));
  for (const [check, kept] of before) {
    if (!named.has(check) && reason !== undefined)
      becomeUnknown(connection, node, probe, check, kept, reason);
  }
}

export function unasked(connection: Connection, { node, probe, row }: FindingsUnasked): FindingsPutReply {
  return transaction(connection, () => {
    const before = keptOf(connection, node, probe);
    if (before.size === 0) insert(connection, node, probe, row, null);
    for (const [check, kept] of before) becomeUnknown(connection, node, probe, check, kept, row);
    return { rows: ofProbe(connection, node, probe), changes: [] };
  });
}

/** Keeps how bad it was, and what it was, until it can be told again. */
function becomeUnknown(
  connection: Connection,
  node: string,
  probe: string,
  check: string,
  { known }: Kept,
  { title, figures, evidence, atMs, probedFrom }: NewFindingRow,
): void {
  connection
    .prepare(
      `UPDATE finding SET verdict = 'unknown', title = ?, figures = ?, evidence = ?, at = ?, probed_from = ?,
      previous = ? WHERE node = ? AND probe = ? AND name = ?`,
    )
    .run(
      ...[title, figures, evidence, atMs, probedFrom, known === null ? null : JSON.stringify(known)],
      ...[node, probe, check],
    );
}

/** Replaces the row of the same check. */
function insert(
  connection: Connection,
  node: string,
  probe: string,
  row: NewFindingRow,
  previous: EarlierRow | null,
): void {
  connection
    .prepare(
      `REPLACE INTO finding (node, probe, name, verdict, severity, title, figures, evidence, remedy, at, probed_from,
      version, previous) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      ...[
        node,
        probe,
        row.check,
        row.verdict,
        row.severity,
        row.title,
        row.figures,
        row.evidence,
        row.remedy,
      ],
      ...[row.atMs, row.probedFrom, row.version, previous === null ? null : JSON.stringify(previous)],
    );
}

/** As they were found, whatever somebody said of them. */
function keptOf(connection: Connection, node: string, probe: string): Map<string, Kept> {
  const rows = connection
    .prepare(
      "SELECT name, verdict, severity, title, evidence, at, previous FROM finding WHERE node = ? AND probe = ?",
    )
    .raw()
    .all(node, probe) as unknown[] as [string, string, string, string, string, number, string | null][];
  return new Map(
    rows.map(([check, verdict, severity, title, evidence, atMs, previous]) => {
      const row: EarlierRow = { verdict, severity, title, evidence, atMs };
      if (verdict !== "unknown") return [check, { row, known: row }];
      return [check, { row, known: previous === null ? null : (JSON.parse(previous) as EarlierRow) }];
    }),
  );
}

/** Differences in severity. None from or to what is not known; a check that is not there is as good as `ok`. */
function changesOf(
  before: ReadonlyMap<string, Kept>,
  rows: readonly NewFindingRow[],
  silent: boolean,
): FindingChange[] {
  if (silent || ![...before.values()].some(({ known }) => known !== null)) return [];
  const changes: FindingChange[] = [];
  const change = (check: string, was: string | null, is: string | null) => {
    if ((was ?? "ok") !== (is ?? "ok")) changes.push({ check, before: was, after: is });
  };
  for (const { check, verdict, severity } of rows) {
    const earlier = before.get(check);
    if (verdict === "unknown" || earlier?.known === null) continue;
    change(check, earlier?.known.severity ?? null, severity);
  }
  const now = new Set(rows.map(({ check }) => check));
  for (const [check, { known }] of before) {
    if (!now.has(check) && known !== null) change(check, known.severity, null);
  }
  return changes;
}

const RANKS: readonly string[] = SEVERITIES;

function worse(one: string | undefined, other: string): string {
  return one !== undefined && RANKS.indexOf(one) > RANKS.indexOf(other) ? one : other;
}
