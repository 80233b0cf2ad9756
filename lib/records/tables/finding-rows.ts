/** Rows of the table `finding`, read. What somebody said is patched counts as that. */
import { type Connection, command } from "@/lib/store/database";
import type { Task } from "@/lib/store/scheduler";
import { DetailReader } from "./finding-details";

/** What is kept of a finding once a newer one is there. */
export interface EarlierRow {
  readonly verdict: string;
  readonly severity: string;
  readonly title: string;
  /** JSON. */
  readonly evidence: string;
  readonly atMs: number;
}

/** A finding as lists have it. */
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
  /** Of the node when it was looked at; empty when not known. */
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

/** A finding's place in a list: severity, probe, check, node, each in the order that was asked for. */
export interface FindingPosition {
  readonly severity: string;
  readonly probe: string;
  readonly check: string;
  readonly node: string;
}

export interface FindingsFind {
  /** Null: all of them. */
  readonly nodes: readonly string[] | null;
  /** In the order they are wanted in; within one of them by probe, check and node. */
  readonly severities: readonly string[];
  /** In the order they are wanted in. */
  readonly probes: readonly string[];
  readonly check: string | null;
  /** Part of the node, check or title; the case of ASCII letters does not matter. */
  readonly q: string | null;
  /** The last one of the page before. */
  readonly after: FindingPosition | null;
  readonly limit: number;
}

/** How many findings of a severity a probe has of a node. */
export interface FindingCounts {
  readonly node: string;
  readonly probe: string;
  readonly severity: string;
  readonly count: number;
  /** Of them such that could not be judged. */
  readonly unknown: number;
}

/** A word on a node's build is worth nothing once the node answers with another version. */
const JOINED = `finding LEFT JOIN patched ON patched.node = finding.node AND patched.name = finding.name
  AND patched.version = finding.version AND finding.verdict IN ('fail', 'unknown')`;

const COLUMNS = `finding.node, probe, finding.name, iif(patched.at IS NULL, verdict, 'patched'), counted, title,
  figures, finding.at, probed_from, finding.version, previous_verdict, previous_severity, previous_at,
  patched.actor, patched.at, patched.note FROM ${JOINED}`;

/** A page in the order of the severities, then of the probes, then by check and node, each row as `shape` has it. */
export function* find<Shaped>(
  database: <Result>(work: (connection: Connection) => Result) => Result,
  request: FindingsFind,
  shape: (connection: Connection, rows: BriefRow[]) => readonly Shaped[],
): Task<Shaped[]> {
  const found: Shaped[] = [];
  for (const group of groupsFrom(request)) {
    if (found.length >= request.limit) break;
    const left = request.limit - found.length;
    found.push(...database((connection) => shape(connection, ofGroup(connection, request, group, left))));
    yield;
  }
  return found;
}

/** The same findings with what only one of them needs. */
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

export function tallies(connection: Connection, node: string | null): FindingCounts[] {
  const rows = command(
    connection,
    `SELECT finding.node, probe, counted, count(*), sum(iif(patched.at IS NULL, verdict, '') = 'unknown')
    FROM ${JOINED} ${node === null ? "" : "WHERE finding.node = ?"} GROUP BY 1, 2, 3`,
  )
    .raw()
    .all(...(node === null ? [] : [node])) as unknown[] as [string, string, string, number, number][];
  return rows.map(([of, probe, severity, count, unknown]) => ({ node: of, probe, severity, count, unknown }));
}

/** Everything that one probe said of one node, by check. */
export function ofProbe(connection: Connection, node: string, probe: string): BriefRow[] {
  const rows = command(
    connection,
    `SELECT ${COLUMNS} WHERE finding.node = ? AND probe = ? ORDER BY finding.name`,
  )
    .raw()
    .all(node, probe) as unknown[] as Row[];
  return rows.map(briefRow);
}

/** Has `counted` of a node say what its findings and the words on them say now. */
export function settleCounted(connection: Connection, node: string): void {
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
  /** Where the page before ended in it. */
  readonly after: FindingPosition | null;
}

function* groupsFrom({ severities, probes, after }: FindingsFind): Generator<Group> {
  let begun = after === null;
  for (const severity of severities) {
    for (const probe of probes) {
      const here = after?.severity === severity && after.probe === probe;
      begun ||= here;
      if (begun) yield { severity, probe, after: here ? after : null };
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
  // The plus keeps the index of the list away from one node's few rows, and that of the nodes from a long list.
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
  const rows = command(
    connection,
    `SELECT ${COLUMNS} WHERE ${conditions.join(" AND ")} ORDER BY finding.name, finding.node LIMIT ?`,
  )
    .raw()
    .all(...values, limit) as unknown[] as Row[];
  return rows.map(briefRow);
}

type Row = [
  ...[node: string, probe: string, check: string, verdict: string, severity: string, title: string],
  ...[figures: string, atMs: number, probedFrom: string, version: string],
  ...[previousVerdict: string | null, previousSeverity: string | null, previousMs: number | null],
  ...[patchedBy: string | null, patchedMs: number | null, note: string | null],
];

function briefRow(row: Row): BriefRow {
  const [node, probe, check, verdict, severity, title, figures, atMs, probedFrom, version] = row;
  const [earlierVerdict, earlierSeverity, earlierMs] = [row[10], row[11], row[12]];
  const [by, patchedMs, note] = [row[13], row[14], row[15]];
  return {
    ...{ node, probe, check, verdict, severity, title, figures, atMs, probedFrom, version },
    previous:
      earlierMs === null
        ? null
        : { verdict: earlierVerdict ?? "", severity: earlierSeverity ?? "", atMs: earlierMs },
    patched: patchedMs === null ? null : { by: by ?? "", atMs: patchedMs, note: note ?? "" },
  };
}
