/** How a probe's findings replace the earlier ones. */
import { SEVERITIES } from "@/lib/model/findings/finding";
import { type Connection, command, select, transaction } from "@/lib/store/database";
import { DetailReader, type FindingDetail, writeDetails } from "./finding-details";
import {
  countFindings,
  type EarlierRow,
  FINDING_COLUMNS,
  type FindingColumns,
  type FindingCounts,
  type FindingRow,
  findingOf,
  type NewFindingRow,
  ofProbe,
  updateCounted,
  withDetails,
} from "./finding-rows";

/**
 * One probe's findings on one node, which replace its earlier ones. `unasked`: the probe had no result, so its
 * earlier findings stay, as `unknown`; its one row is stored when there are none.
 */
export interface FindingsPut {
  readonly kind: "checked" | "unasked";
  readonly node: string;
  readonly probe: string;
  readonly rows: readonly NewFindingRow[];
}

/** The severity of a check before and after; null where there was or is none. */
export interface FindingChange {
  readonly check: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface FindingsPutReply {
  /** As stored now. */
  readonly rows: FindingRow[];
  /** Changes of severity; none where the probe is new to the node. */
  readonly changes: FindingChange[];
  /** Over all probes of the node. */
  readonly counts: FindingCounts[];
}

/** A finding without its patched mark. */
type Row = NewFindingRow & { readonly previous: EarlierRow | null };

interface StoredFinding {
  readonly row: Row;
  /** The last result that was not `unknown`: the row itself or the one before; null: none. */
  readonly conclusive: EarlierRow | null;
}

/** All of them or none, in one transaction: waiting for the disk costs more than the rest. */
export function put(connection: Connection, puts: readonly FindingsPut[]): FindingsPutReply[] {
  return transaction(connection, () => puts.map((findings) => putOne(connection, findings)));
}

function putOne(connection: Connection, { kind, node, probe, rows }: FindingsPut): FindingsPutReply {
  const before = storedOf(connection, node, probe);
  const inconclusive =
    kind === "unasked" || (rows.length > 0 && rows.every(({ verdict }) => verdict === "unknown"));
  const after = kind === "unasked" ? withoutResult(before, rows) : replaced(before, rows, inconclusive);
  write(connection, node, probe, after);
  return {
    rows: withDetails(connection, ofProbe(connection, node, probe)),
    changes: inconclusive ? [] : changesOf(before, rows),
    counts: countFindings(connection, node),
  };
}

function withoutResult(before: ReadonlyMap<string, StoredFinding>, rows: readonly NewFindingRow[]): Row[] {
  const [reason] = rows;
  if (reason === undefined) return [...before.values()].map(({ row }) => row);
  if (before.size === 0) return [{ ...reason, previous: null }];
  return [...before.values()].map((stored) => unknownFor(reason, stored));
}

/** A check without a result does not remove the findings of other checks. */
function replaced(
  before: ReadonlyMap<string, StoredFinding>,
  rows: readonly NewFindingRow[],
  inconclusive: boolean,
): Row[] {
  const named = new Set(rows.map(({ check }) => check));
  const [reason] = rows;
  const others = inconclusive ? [...before].filter(([check]) => !named.has(check)) : [];
  return [
    ...others.map(([, stored]) => (reason === undefined ? stored.row : unknownFor(reason, stored))),
    ...rows.map((row) => {
      const previous = before.get(row.check)?.conclusive ?? null;
      const severity = row.verdict === "unknown" ? worse(previous?.severity, row.severity) : row.severity;
      return { ...row, severity, previous };
    }),
  ];
}

/** Keeps the severity and the last conclusive result until there is a result again. */
function unknownFor(reason: NewFindingRow, { row, conclusive }: StoredFinding): Row {
  const { title, figures, evidence, atMs, probedFrom } = reason;
  return { ...row, verdict: "unknown", title, figures, evidence, atMs, probedFrom, previous: conclusive };
}

function write(connection: Connection, node: string, probe: string, rows: readonly Row[]): void {
  command(connection, "DELETE FROM finding WHERE node = ? AND probe = ?").run(node, probe);
  const insert = command(
    connection,
    `REPLACE INTO finding (node, probe, name, verdict, severity, counted, title, figures, at, probed_from, version,
    previous_verdict, previous_severity, previous_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const details = new Map<string, FindingDetail>();
  for (const row of rows) {
    const { check, severity, previous, evidence, remedy } = row;
    insert.run(
      ...[node, probe, check, row.verdict, severity, severity, row.title, row.figures, row.atMs],
      ...[row.probedFrom, row.version],
      ...[previous?.verdict ?? null, previous?.severity ?? null, previous?.atMs ?? null],
    );
    details.set(check, { evidence, remedy, previous });
  }
  writeDetails(connection, node, probe, details);
  updateCounted(connection, node);
}

function storedOf(connection: Connection, node: string, probe: string): Map<string, StoredFinding> {
  const rows = select<FindingColumns>(
    connection,
    `SELECT ${FINDING_COLUMNS} FROM finding WHERE node = ? AND probe = ? ORDER BY name`,
    ...[node, probe],
  );
  const details = new DetailReader(connection).of(node, probe);
  return new Map(rows.map((row) => [row[0], storedFinding(row, details.get(row[0]))]));
}

function storedFinding(columns: FindingColumns, detail: FindingDetail | undefined): StoredFinding {
  const finding = findingOf(columns);
  const { verdict, severity, title, atMs } = finding;
  const { evidence = "{}", remedy = "[]" } = detail ?? {};
  const previous = finding.previous && {
    ...finding.previous,
    title: detail?.previous?.title ?? "",
    evidence: detail?.previous?.evidence ?? "{}",
  };
  const conclusive = verdict === "unknown" ? previous : { verdict, severity, title, evidence, atMs };
  return { row: { ...finding, evidence, remedy, previous }, conclusive };
}

/** Changes of severity. None from or to `unknown`; an absent check counts as `ok`. */
function changesOf(
  before: ReadonlyMap<string, StoredFinding>,
  rows: readonly NewFindingRow[],
): FindingChange[] {
  if (![...before.values()].some(({ conclusive }) => conclusive !== null)) return [];
  const changes: FindingChange[] = [];
  const compare = (check: string, from: string | null, to: string | null) => {
    if ((from ?? "ok") !== (to ?? "ok")) changes.push({ check, before: from, after: to });
  };
  for (const { check, verdict, severity } of rows) {
    const earlier = before.get(check);
    if (verdict === "unknown" || earlier?.conclusive === null) continue;
    compare(check, earlier?.conclusive.severity ?? null, severity);
  }
  const checked = new Set(rows.map(({ check }) => check));
  for (const [check, { conclusive }] of before) {
    if (!checked.has(check) && conclusive !== null) compare(check, conclusive.severity, null);
  }
  return changes;
}

const RANKS: readonly string[] = SEVERITIES;

function worse(a: string | undefined, b: string): string {
  return a !== undefined && RANKS.indexOf(a) > RANKS.indexOf(b) ? a : b;
}
