/** Rows of the table `finding`, read. What somebody said is patched counts as that. */
import type { Connection } from "../database";

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

export interface FindingsFind {
  /** Null: all of them. */
  readonly node: string | null;
  readonly probe: string | null;
  readonly severities: readonly string[] | null;
  /** The last one of the page before. */
  readonly after: Pick<FindingRow, "node" | "probe" | "check"> | null;
  readonly limit: number;
}

export interface FindingCount {
  readonly node: string;
  readonly severity: string;
  readonly count: number;
}

/** A word on a node's build is worth nothing once the node answers with another version. */
const JOINED = `finding LEFT JOIN patched ON patched.node = finding.node AND patched.name = finding.name
  AND patched.version = finding.version AND finding.verdict IN ('fail', 'unknown')`;

const SEVERITY = "iif(patched.at IS NULL, severity, 'ok')";

const COLUMNS = `finding.node, probe, finding.name, iif(patched.at IS NULL, verdict, 'patched'),
  ${SEVERITY}, title, figures, evidence, remedy, finding.at, probed_from,
  finding.version, previous, patched.actor, patched.at, patched.note FROM ${JOINED}`;

export function find(
  connection: Connection,
  { node, probe, severities, after, limit }: FindingsFind,
): FindingRow[] {
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

export function counts(
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
export function ofProbe(connection: Connection, node: string, probe: string): FindingRow[] {
  return find(connection, { node, probe, severities: null, after: null, limit: -1 });
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
