/** Reads the table `finding`. A finding that an admin marked as patched has the severity `ok`. */
import { type Connection, command, select } from "@/lib/store/database";
import type { Task } from "@/lib/store/scheduler";
import { DetailReader } from "./finding-details";
import type { Database } from "./handling";

/** What is stored of a finding after a newer one replaced it. */
export interface EarlierRow {
  readonly verdict: string;
  readonly severity: string;
  readonly title: string;
  /** JSON. */
  readonly evidence: string;
  readonly atMs: number;
}

/** A finding without what only its own page shows. */
export interface BriefRow {
  readonly node: string;
  readonly probe: string;
  readonly check: string;
  readonly verdict: string;
  readonly severity: string;
  readonly title: string;
  /** JSON. */
  readonly figures: string;
  readonly atMs: number;
  readonly probedFrom: string;
  /** The node's version when it was checked; empty when not known. */
  readonly version: string;
  readonly previous: Pick<EarlierRow, "verdict" | "severity" | "atMs"> | null;
  readonly patched: { readonly by: string; readonly atMs: number; readonly note: string } | null;
}

export interface FindingRow extends BriefRow {
  /** JSON. */
  readonly evidence: string;
  /** JSON. */
  readonly remedy: string;
  readonly previous: EarlierRow | null;
}

export type NewFindingRow = Omit<FindingRow, "previous" | "patched" | "node" | "probe">;

/** A finding's position in a list: severity, probe, check, node, each in the requested order. */
export interface FindingPosition {
  readonly severity: string;
  readonly probe: string;
  readonly check: string;
  readonly node: string;
}

export interface FindingsFind {
  /** Null: all of them. */
  readonly nodes: readonly string[] | null;
  /** In the requested order; within one of them by probe, check and node. */
  readonly severities: readonly string[];
  /** In the requested order. */
  readonly probes: readonly string[];
  readonly check: string | null;
  /** Part of the node, check or title, whatever the case of ASCII letters. */
  readonly q: string | null;
  /** The last finding of the page before. */
  readonly after: FindingPosition | null;
  readonly limit: number;
}

/** How many findings of a severity a probe has on a node. */
export interface FindingCounts {
  readonly node: string;
  readonly probe: string;
  readonly severity: string;
  readonly count: number;
  /** Those of them whose verdict is `unknown`. */
  readonly unknown: number;
}

/** A patched mark is void once the node reports another version. */
const JOINED = `finding LEFT JOIN patched ON patched.node = finding.node AND patched.name = finding.name
  AND patched.version = finding.version AND finding.verdict IN ('fail', 'unknown')`;

/** A finding with its own verdict and severity, whatever mark it has. */
export const FINDING_COLUMNS = `finding.name, verdict, severity, title, figures, finding.at, probed_from,
  finding.version, previous_verdict, previous_severity, previous_at`;

export type FindingColumns = [
  ...[check: string, verdict: string, severity: string, title: string, figures: string, atMs: number],
  ...[probedFrom: string, version: string],
  ...[previousVerdict: string | null, previousSeverity: string | null, previousMs: number | null],
];

export function findingOf(row: readonly [...FindingColumns, ...unknown[]]) {
  const [check, verdict, severity, title, figures, atMs, probedFrom, version] = row;
  const [previousVerdict, previousSeverity, previousMs] = [row[8], row[9], row[10]];
  const previous =
    previousMs === null
      ? null
      : { verdict: previousVerdict ?? "", severity: previousSeverity ?? "", atMs: previousMs };
  return { check, verdict, severity, title, figures, atMs, probedFrom, version, previous };
}

const BRIEF = `SELECT ${FINDING_COLUMNS}, finding.node, probe, counted, patched.actor, patched.at, patched.note
  FROM ${JOINED}`;

/** A page in the order of the severities, then of the probes, then by check and node; `shape` maps its rows. */
export function* find<Shaped>(
  database: Database,
  request: FindingsFind,
  shape: (connection: Connection, rows: BriefRow[]) => readonly Shaped[],
): Task<Shaped[]> {
  const found: Shaped[] = [];
  for (const group of groupsFrom(request)) {
    if (found.length >= request.limit) break;
    const remaining = request.limit - found.length;
    found.push(
      ...database((connection) => shape(connection, ofGroup(connection, request, group, remaining))),
    );
    yield;
  }
  return found;
}

/** The same findings with their details. */
export function withDetails(connection: Connection, rows: readonly BriefRow[]): FindingRow[] {
  const details = new DetailReader(connection);
  return rows.map((row) => {
    const detail = details.of(row.node, row.probe).get(row.check);
    const { title = "", evidence = "{}" } = detail?.previous ?? {};
    return {
      ...row,
      evidence: detail?.evidence ?? "{}",
      remedy: detail?.remedy ?? "[]",
      previous: row.previous === null ? null : { ...row.previous, title, evidence },
    };
  });
}

/** Of one node; null: of all. */
export function countFindings(connection: Connection, only: string | null): FindingCounts[] {
  const rows = select<[string, string, string, number, number]>(
    connection,
    `SELECT finding.node, probe, counted, count(*), sum(iif(patched.at IS NULL, verdict, '') = 'unknown')
    FROM ${JOINED} ${only === null ? "" : "WHERE finding.node = ?"} GROUP BY 1, 2, 3`,
    ...(only === null ? [] : [only]),
  );
  return rows.map(([node, probe, severity, count, unknown]) => ({ node, probe, severity, count, unknown }));
}

/** All findings of one probe on one node, by check. */
export function ofProbe(connection: Connection, node: string, probe: string): BriefRow[] {
  const where = "WHERE finding.node = ? AND probe = ? ORDER BY finding.name";
  return select<BriefColumns>(connection, `${BRIEF} ${where}`, node, probe).map(briefRow);
}

/** Updates `counted` of a node's findings: `ok` where a patched mark holds, else their severity. */
export function updateCounted(connection: Connection, node: string): void {
  const counted = `iif(EXISTS (SELECT 1 FROM patched WHERE patched.node = finding.node
    AND patched.name = finding.name AND patched.version = finding.version
    AND finding.verdict IN ('fail', 'unknown')), 'ok', severity)`;
  command(
    connection,
    `UPDATE finding SET counted = ${counted} WHERE node = ? AND counted IS NOT ${counted}`,
  ).run(node);
}

interface Group {
  readonly severity: string;
  readonly probe: string;
  /** The last finding of the page before, when it is of this group. */
  readonly after: FindingPosition | null;
}

function* groupsFrom({ severities, probes, after }: FindingsFind): Generator<Group> {
  let started = after === null;
  for (const severity of severities) {
    for (const probe of probes) {
      const isAfter = after?.severity === severity && after.probe === probe;
      started ||= isAfter;
      if (started) yield { severity, probe, after: isAfter ? after : null };
    }
  }
}

function ofGroup(
  connection: Connection,
  { nodes, check, q }: FindingsFind,
  { severity, probe, after }: Group,
  limit: number,
): BriefRow[] {
  const [only] = nodes?.length === 1 ? nodes : [];
  // The plus disables an index: the list's for the few rows of one node, the nodes' for a long list.
  const conditions = [`${only === undefined ? "" : "+"}counted = ?`, "probe = ?"];
  const values = [severity, probe];
  const add = (condition: string, ...more: string[]) => {
    conditions.push(condition);
    values.push(...more);
  };
  if (only !== undefined) add("finding.node = ?", only);
  else if (nodes !== null) add("+finding.node IN (SELECT value FROM json_each(?))", JSON.stringify(nodes));
  if (check !== null) add("finding.name = ?", check);
  if (q !== null) {
    add("instr(lower(finding.node || ' ' || finding.name || ' ' || title), lower(?)) > 0", q);
  }
  if (after !== null) add("(finding.name, finding.node) > (?, ?)", after.check, after.node);
  const where = `WHERE ${conditions.join(" AND ")} ORDER BY finding.name, finding.node LIMIT ?`;
  return select<BriefColumns>(connection, `${BRIEF} ${where}`, ...values, limit).map(briefRow);
}

type BriefColumns = [
  ...FindingColumns,
  ...[node: string, probe: string, counted: string],
  ...[patchedBy: string | null, patchedMs: number | null, note: string | null],
];

function briefRow(row: BriefColumns): BriefRow {
  const finding = findingOf(row);
  const [node, probe, severity, by, atMs, note] = [row[11], row[12], row[13], row[14], row[15], row[16]];
  if (atMs === null) return { ...finding, node, probe, severity, patched: null };
  const patched = { by: by ?? "", atMs, note: note ?? "" };
  return { ...finding, node, probe, severity, verdict: "patched", patched };
}
