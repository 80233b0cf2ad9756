/** The tables `audit`, `audit_node` and `audit_outcome`. */
import { type Connection, command, select, selectOne, transaction } from "@/lib/store/database";
import type { Handlers } from "@/lib/store/table-group";
import type { Database } from "./tables";

export interface AuditRow {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
  readonly role: string;
  readonly kind: string;
  readonly target: string;
  /** JSON. */
  readonly input: string;
  /** Null: none is kept. */
  readonly outcome: string | null;
  readonly detail: string;
}

export interface AuditAppend {
  readonly atMs: number;
  readonly actor: string;
  readonly role: string;
  readonly kind: string;
  readonly target: string;
  /** Nodes that it is about, when `target` stands for several. */
  readonly nodes: readonly string[];
  readonly input: string;
  /** No second row with this key and the same actor. */
  readonly idempotency: string | null;
  /** Known at once for what has happened already; null for an intention. */
  readonly outcome: { readonly outcome: string; readonly detail: string } | null;
}

export interface AuditFind {
  /** The target, or one of the nodes that it stands for. */
  readonly target: string | null;
  readonly actor: string | null;
  readonly kind: string | null;
  /** Part of who, what, the target, the input or the detail; upper and lower case are the same in ASCII. */
  readonly text: string | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Only rows older than this one. */
  readonly beforeId: number | null;
  readonly limit: number;
}

export type AuditOperations = {
  /** `existing` is the row that has this idempotency key already; nothing was added then. */
  "audit.append": { request: AuditAppend; reply: { id: number; existing: AuditRow | null } };
  /** Only the first outcome of a row is kept. */
  "audit.outcome": { request: AuditOutcomeRow; reply: null };
  /** Newest first. */
  "audit.find": { request: AuditFind; reply: AuditRow[] };
};

const COLUMNS = `audit.id, audit.at, actor, role, kind, target, input, outcome, coalesce(detail, '')
  FROM audit LEFT JOIN audit_outcome ON audit_outcome.audit = audit.id`;

export function auditHandlers(database: Database): Handlers<AuditOperations> {
  return {
    "audit.append": (row) => ({
      value: database((connection) => transaction(connection, () => append(connection, row))),
    }),
    "audit.outcome": (request) => ({ value: database((connection) => saveOutcome(connection, request)) }),
    "audit.find": (request) => ({ value: database((connection) => find(connection, request)) }),
  };
}

export interface AuditOutcomeRow {
  readonly id: number;
  readonly atMs: number;
  readonly outcome: string;
  readonly detail: string;
}

/** Only the first outcome of a row is kept. */
export function saveOutcome(connection: Connection, { id, atMs, outcome, detail }: AuditOutcomeRow): null {
  command(
    connection,
    "INSERT OR IGNORE INTO audit_outcome (audit, at, outcome, detail) VALUES (?, ?, ?, ?)",
  ).run(id, atMs, outcome, detail);
  return null;
}

/** Adds a row, inside the caller's transaction. `existing`: the row that has its idempotency key already. */
export function append(connection: Connection, row: AuditAppend): { id: number; existing: AuditRow | null } {
  if (row.idempotency !== null) {
    const existing = selectOne<Row>(
      connection,
      `SELECT ${COLUMNS} WHERE actor = ? AND idempotency = ?`,
      ...[row.actor, row.idempotency],
    );
    if (existing !== undefined) {
      const known = auditRow(existing);
      return { id: known.id, existing: known };
    }
  }
  const { lastInsertRowid } = connection
    .prepare(
      "INSERT INTO audit (at, actor, role, kind, target, input, idempotency) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .run(row.atMs, row.actor, row.role, row.kind, row.target, row.input, row.idempotency);
  const id = Number(lastInsertRowid);
  const about = command(connection, "INSERT OR IGNORE INTO audit_node (node, audit) VALUES (?, ?)");
  for (const node of row.nodes) about.run(node, id);
  if (row.outcome !== null) saveOutcome(connection, { id, atMs: row.atMs, ...row.outcome });
  return { id, existing: null };
}

function find(connection: Connection, request: AuditFind): AuditRow[] {
  const conditions: string[] = ["1 = 1"];
  const values: (string | number)[] = [];
  const where = (condition: string, value: string | number | null) => {
    if (value === null) return;
    conditions.push(condition);
    values.push(...Array<string | number>(condition.split("?").length - 1).fill(value));
  };
  where("(target = ? OR audit.id IN (SELECT audit FROM audit_node WHERE node = ?))", request.target);
  where("actor = ?", request.actor);
  where("kind = ?", request.kind);
  where(ANY_TEXT, request.text === null ? null : `%${request.text.replace(/[\\%_]/g, "\\$&")}%`);
  where("audit.at >= ?", request.fromMs);
  where("audit.at < ?", request.toMs);
  where("audit.id < ?", request.beforeId);
  const sql = `SELECT ${COLUMNS} WHERE ${conditions.join(" AND ")} ORDER BY audit.id DESC LIMIT ?`;
  return select<Row>(connection, sql, ...values, request.limit).map(auditRow);
}

const ANY_TEXT = `(${["actor", "kind", "target", "input", "coalesce(detail, '')"]
  .map((column) => `${column} LIKE ? ESCAPE '\\'`)
  .join(" OR ")})`;

type Row = [number, number, string, string, string, string, string, string | null, string];

function auditRow([id, atMs, actor, role, kind, target, input, outcome, detail]: Row): AuditRow {
  return { id, atMs, actor, role, kind, target, input, outcome, detail };
}
