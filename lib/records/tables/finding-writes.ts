/** How a probe's findings take the place of those before. */
import { SEVERITIES } from "@/lib/model/findings/finding";
import { type Connection, command, transaction } from "@/lib/store/database";
import { DetailReader, type FindingDetail, writeDetails } from "./finding-details";
import {
  type EarlierRow,
  type FindingCounts,
  type FindingRow,
  type NewFindingRow,
  ofProbe,
  settleCounted,
  tallies,
  withDetails,
} from "./finding-rows";

/**
 * One probe's findings of one node, taking the place of those it had. `unasked`: it could say nothing, so what it
 * found earlier stays, as `unknown`; its one row is kept when it has found nothing so far.
 */
export interface FindingsPut {
  readonly kind: "checked" | "unasked";
  readonly node: string;
  readonly probe: string;
  readonly rows: readonly NewFindingRow[];
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
  /** Of the whole node. */
  readonly tallies: FindingCounts[];
}

/** Without what somebody said of it. */
type Row = NewFindingRow & { readonly previous: EarlierRow | null };

interface StoredSweep {
  readonly row: Row;
  /** The row itself, or the one before where that one is not known; null: never known. */
  readonly known: EarlierRow | null;
}

/** All of them or none, in one transaction: to wait for the disk costs more than all else. */
export function put(connection: Connection, puts: readonly FindingsPut[]): FindingsPutReply[] {
  return transaction(connection, () => puts.map((one) => putOne(connection, one)));
}

function putOne(connection: Connection, { kind, node, probe, rows }: FindingsPut): FindingsPutReply {
  const before = storedOf(connection, node, probe);
  const silent =
    kind === "unasked" || (rows.length > 0 && rows.every(({ verdict }) => verdict === "unknown"));
  const now = kind === "unasked" ? forgotten(before, rows) : replaced(before, rows, silent);
  write(connection, node, probe, now);
  return {
    rows: withDetails(connection, ofProbe(connection, node, probe)),
    changes: silent ? [] : changesOf(before, rows),
    tallies: tallies(connection, node),
  };
}

function forgotten(before: ReadonlyMap<string, StoredSweep>, rows: readonly NewFindingRow[]): Row[] {
  const [reason] = rows;
  if (reason === undefined) return [...before.values()].map(({ row }) => row);
  if (before.size === 0) return [{ ...reason, previous: null }];
  return [...before.values()].map((kept) => unknownFor(reason, kept));
}

/** Silence about one thing does not take back what was said about another. */
function replaced(
  before: ReadonlyMap<string, StoredSweep>,
  rows: readonly NewFindingRow[],
  silent: boolean,
): Row[] {
  const named = new Set(rows.map(({ check }) => check));
  const [reason] = rows;
  const others = silent ? [...before].filter(([check]) => !named.has(check)) : [];
  return [
    ...others.map(([, kept]) => (reason === undefined ? kept.row : unknownFor(reason, kept))),
    ...rows.map((row) => {
      const known = before.get(row.check)?.known ?? null;
      const severity = row.verdict === "unknown" ? worse(known?.severity, row.severity) : row.severity;
      return { ...row, severity, previous: known };
    }),
  ];
}

/** Keeps how bad it was, and what it was, until it can be told again. */
function unknownFor({ title, figures, evidence, atMs, probedFrom }: NewFindingRow, kept: StoredSweep): Row {
  return {
    ...kept.row,
    verdict: "unknown",
    title,
    figures,
    evidence,
    atMs,
    probedFrom,
    previous: kept.known,
  };
}

function write(connection: Connection, node: string, probe: string, rows: readonly Row[]): void {
  command(connection, "DELETE FROM finding WHERE node = ? AND probe = ?").run(node, probe);
  const insert = command(
    connection,
    `REPLACE INTO finding (node, probe, name, verdict, severity, counted, title, figures, at, probed_from, version,
    previous_verdict, previous_severity, previous_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const details = new Map<string, FindingDetail>();
  for (const {
    check,
    verdict,
    severity,
    title,
    figures,
    atMs,
    probedFrom,
    version,
    previous,
    ...row
  } of rows) {
    insert.run(
      ...[node, probe, check, verdict, severity, severity, title, figures, atMs, probedFrom, version],
      ...[previous?.verdict ?? null, previous?.severity ?? null, previous?.atMs ?? null],
    );
    details.set(check, { evidence: row.evidence, remedy: row.remedy, previous });
  }
  writeDetails(connection, node, probe, details);
  settleCounted(connection, node);
}

/** As they were found, whatever somebody said of them. */
function storedOf(connection: Connection, node: string, probe: string): Map<string, StoredSweep> {
  const rows = command(
    connection,
    `SELECT name, verdict, severity, title, figures, at, probed_from, version, previous_verdict, previous_severity,
    previous_at FROM finding WHERE node = ? AND probe = ? ORDER BY name`,
  )
    .raw()
    .all(node, probe) as unknown[] as StoredRow[];
  const details = new DetailReader(connection).of(node, probe);
  return new Map(rows.map((row) => [row[0], kept(row, details.get(row[0]))]));
}

type StoredRow = [
  ...[check: string, verdict: string, severity: string, title: string, figures: string, atMs: number],
  ...[probedFrom: string, version: string],
  ...[previousVerdict: string | null, previousSeverity: string | null, previousMs: number | null],
];

function kept(row: StoredRow, detail: FindingDetail | undefined): StoredSweep {
  const [check, verdict, severity, title, figures, atMs, probedFrom, version] = row;
  const [earlierVerdict, earlierSeverity, earlierMs] = [row[8], row[9], row[10]];
  const { evidence = "{}", remedy = "[]" } = detail ?? {};
  const previous =
    earlierVerdict === null || earlierSeverity === null || earlierMs === null
      ? null
      : {
          ...{ verdict: earlierVerdict, severity: earlierSeverity, atMs: earlierMs },
          ...{ title: detail?.previous?.title ?? "", evidence: detail?.previous?.evidence ?? "{}" },
        };
  const now = { check, verdict, severity, title, figures, atMs, probedFrom, version, evidence, remedy };
  const known = verdict === "unknown" ? previous : { verdict, severity, title, evidence, atMs };
  return { row: { ...now, previous }, known };
}

/** Differences in severity. None from or to what is not known; a check that is not there is as good as `ok`. */
function changesOf(
  before: ReadonlyMap<string, StoredSweep>,
  rows: readonly NewFindingRow[],
): FindingChange[] {
  if (![...before.values()].some(({ known }) => known !== null)) return [];
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
