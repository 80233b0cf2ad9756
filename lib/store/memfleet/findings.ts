/**
 * The tables `finding` (the newest of every node, probe and check, with the one before) and `patched` (an admin's
 * word that a node's build has the fix; it holds for the version it was given for).
 */
import { SEVERITIES } from "@/lib/model/finding-kinds";
import { type Connection, transaction } from "../database";
import type { Handlers } from "../tables";
import type { Database } from "./memfleet-tables";

/** What is kept of a finding once a newer one is there. */
export interface EarlierRow {
  readonly verdict: string;
  readonly severity: string;
  readonly title: string;
  /** JSON. */
  readonly evidence: string;
  readonly atMs: number;
}

export interface FindingRow extends EarlierRow {
  readonly node: string;
  readonly probe: string;
  readonly check: string;
  /** JSON. */
  readonly figures: string;
  /** JSON. */
  readonly remedy: string;
  readonly probedFrom: string;
  /** Of the node when it was looked at; empty when not known. */
  readonly version: string;
  readonly previous: EarlierRow | null;
  readonly patched: { readonly by: string; readonly atMs: number; readonly note: string } | null;
}

export type NewFindingRow = Omit<FindingRow, "previous" | "patched" | "node" | "probe">;

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

export interface FindingsFind {
  /** Null: all of them. */
  readonly node: string | null;
  readonly probe: string | null;
  readonly severities: readonly string[] | null;
  /** The last one of the page before. */
  readonly after: Pick<FindingRow, "node" | "probe" | "check"> | null;
  readonly limit: number;
}

/** The same check of a node before and now; null where there was or is none. */
export interface FindingChange {
  readonly check: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface FindingCount {
  readonly node: string;
  readonly severity: string;
  readonly count: number;
}

export interface PatchedRow {
  readonly node: string;
  readonly check: string;
  readonly version: string;
  readonly by: string;
  readonly atMs: number;
  readonly note: string;
}

export type FindingOperations = {
  /** The rows as they are kept now, and what changed in severity; nothing changes where the probe is new. */
  "finding.put": { request: FindingsPut; reply: { rows: FindingRow[]; changes: FindingChange[] } };
  "finding.unasked": { request: FindingsUnasked; reply: { rows: FindingRow[]; changes: FindingChange[] } };
  /** A page of them, by node, probe and check. */
  "finding.find": { request: FindingsFind; reply: FindingRow[] };
  "finding.counts": { request: { node: string | null; probe: string | null }; reply: FindingCount[] };
  /** Takes the place of an earlier word on the same check. */
  "patched.put": { request: PatchedRow; reply: null };
  "patched.delete": { request: { node: string; check: string }; reply: null };
  /** Removes what was found before that time on nodes other than these. */
  "finding.sweep": { request: { nodes: readonly string[]; beforeMs: number }; reply: null };
};

export function findingHandlers(database: Database): Handlers<FindingOperations> {
  const answer = <Value>(work: (connection: Connection) => Value) => ({ value: database(work) });
  return {
    "finding.put": (request) => answer((connection) => put(connection, request)),
    "finding.unasked": (request) => answer((connection) => unasked(connection, request)),
    "finding.find": (request) => answer((connection) => find(connection, request)),
    "finding.counts": (request) => answer((connection) => counts(connection, request)),
    "patched.put": ({ node, check, version, by, atMs, note }) =>
      answer((connection) => {
        connection
          .prepare("REPLACE INTO patched (node, name, version, actor, at, note) VALUES (?, ?, ?, ?, ?, ?)")
          .run(node, check, version, by, atMs, note);
        return null;
      }),
    "patched.delete": ({ node, check }) =>
      answer((connection) => {
        connection.prepare("DELETE FROM patched WHERE node = ? AND name = ?").run(node, check);
        return null;
      }),
    "finding.sweep": ({ nodes, beforeMs }) =>
      answer((connection) => {
        sweep(connection, new Set(nodes), beforeMs);
        return null;
      }),
  };
}

/** A word on a node's build is worth nothing once the node answers with another version. */
const JOINED = `finding LEFT JOIN patched ON patched.node = finding.node AND patched.name = finding.name
  AND patched.version = finding.version AND finding.verdict IN ('fail', 'unknown')`;

const SEVERITY = "iif(patched.at IS NULL, severity, 'ok')";

const COLUMNS = `finding.node, probe, finding.name, iif(patched.at IS NULL, verdict, 'patched'),
  ${SEVERITY}, title, figures, evidence, remedy, finding.at, probed_from,
  finding.version, previous, patched.actor, patched.at, patched.note FROM ${JOINED}`;

function find(connection: Connection, { node, probe, severities, after, limit }: FindingsFind): FindingRow[] {
  const { conditions, values } = narrowed(node, probe);
  if (severities !== null) {
    conditions.push(`${SEVERITY} IN (${severities.map(() => "?").join(", ")})`);
    values.push(...severities);
  }
  if (after !== null) {
    conditions.push("(finding.node, probe, finding.name) > (?, ?, ?)");
    values.push(after.node, after.probe, after.check);
  }
  const rows = connection
    .prepare(`SELECT ${COLUMNS} WHERE ${conditions.join(" AND ")} ORDER BY 1, 2, 3 LIMIT ?`)
    .raw()
    .all(...values, limit) as unknown[] as Row[];
  return rows.map(findingRow);
}

function counts(
  connection: Connection,
  { node, probe }: Pick<FindingsFind, "node" | "probe">,
): FindingCount[] {
  const { conditions, values } = narrowed(node, probe);
  const rows = connection
    .prepare(
      `SELECT finding.node, ${SEVERITY}, count(*) FROM ${JOINED} WHERE ${conditions.join(" AND ")} GROUP BY 1, 2`,
    )
    .raw()
    .all(...values) as unknown[] as [string, string, number][];
  return rows.map(([of, severity, count]) => ({ node: of, severity, count }));
}

function narrowed(node: string | null, probe: string | null): { conditions: string[]; values: string[] } {
  const conditions = ["1 = 1"];
  const values: string[] = [];
  if (node !== null) {
    conditions.push("finding.node = ?");
    values.push(node);
  }
  if (probe !== null) {
    conditions.push("probe = ?");
    values.push(probe);
  }
  return { conditions, values };
}

/** Everything that one probe said of one node. */
function ofProbe(connection: Connection, node: string, probe: string): FindingRow[] {
  return find(connection, { node, probe, severities: null, after: null, limit: -1 });
}

interface Kept {
  readonly row: EarlierRow;
  /** The row itself, or the one before where that one is not known; null: never known. */
  readonly known: EarlierRow | null;
}

function put(connection: Connection, { node, probe, rows }: FindingsPut) {
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

function unasked(connection: Connection, { node, probe, row }: FindingsUnasked) {
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

function sweep(connection: Connection, nodes: ReadonlySet<string>, beforeMs: number): void {
  transaction(connection, () => {
    const newest = connection
      .prepare("SELECT node, max(at) FROM finding GROUP BY node")
      .raw()
      .all() as unknown[] as [string, number][];
    for (const [node, atMs] of newest) {
      if (nodes.has(node) || atMs >= beforeMs) continue;
      connection.prepare("DELETE FROM finding WHERE node = ?").run(node);
      connection.prepare("DELETE FROM patched WHERE node = ?").run(node);
    }
  });
}

type Row = [
  ...[node: string, probe: string, check: string, verdict: string, severity: string, title: string],
  ...[figures: string, evidence: string, remedy: string, atMs: number, probedFrom: string, version: string],
  ...[previous: string | null, patchedBy: string | null, patchedMs: number | null, note: string | null],
];

function findingRow(row: Row): FindingRow {
  const [node, probe, check, verdict, severity, title, figures, evidence, remedy, atMs, probedFrom] = row;
  const [version, previous, by, patchedMs, note] = [row[11], row[12], row[13], row[14], row[15]];
  return {
    ...{ node, probe, check, verdict, severity, title, figures, evidence, remedy, atMs, probedFrom, version },
    previous: previous === null ? null : (JSON.parse(previous) as EarlierRow),
    patched: patchedMs === null ? null : { by: by ?? "", atMs: patchedMs, note: note ?? "" },
  };
}
