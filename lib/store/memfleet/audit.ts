/** The tables `audit` and `audit_outcome`. */
import { type Connection, transaction } from "../database";
import type { Handlers } from "../tables";
import type { Database } from "./memfleet-tables";

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
  readonly input: string;
  /** No second row with this key and the same actor. */
  readonly idempotency: string | null;
  /** Known at once for what has happened already; null for an intention. */
  readonly outcome: { readonly outcome: string; readonly detail: string } | null;
}

export interface AuditFind {
  readonly target: string | null;
  readonly actor: string | null;
  readonly kind: string | null;
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
  "audit.outcome": { request: { id: number; atMs: number; outcome: string; detail: string }; reply: null };
  /** Newest first. */
  "audit.find": { request: AuditFind; reply: AuditRow[] };
};

const COLUMNS = `audit.id, audit.at, actor, role, kind, target, input, outcome, coalesce(detail, '')
  FROM audit LEFT JOIN audit_outcome ON audit_outcome.audit = audit.id`;

export function auditHandlers(database: Database): Handlers<AuditOperations> {
  return {
    "audit.append": (row) => ({ value: database((connection) => append(connection, row)) }),
    "audit.outcome": ({ id, atMs, outcome, detail }) => ({
      value: database((connection) => {
        connection.prepare(INSERT_OUTCOME).run(id, atMs, outcome, detail);
        return null;
      }),
    }),
    "audit.find": (request) => ({ value: database((connection) => find(connection, request)) }),
  };
}

const INSERT_OUTCOME = "INSERT OR IGNORE INTO audit_outcome (audit, at, outcome, detail) VALUES (?, ?, ?, ?)";

function append(connection: Connection, row: AuditAppend): { id: number; existing: AuditRow | null } {
  return transaction(connection, () => {
    if (row.idempotency !== null) {
      const existing = connection
        .prepare(`SELECT ${COLUMNS} WHERE actor = ? AND idempotency = ?`)
        .raw()
        .get(row.actor, row.idempotency) as unknown[] | undefined;
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
    if (row.outcome !== null) {
      connection.prepare(INSERT_OUTCOME).run(id, row.atMs, row.outcome.outcome, row.outcome.detail);
    }
    return { id, existing: null };
  });
}

function find(connection: Connection, request: AuditFind): AuditRow[] {
  const conditions: string[] = ["1 = 1"];
  const values: (string | number)[] = [];
  const where = (condition: string, value: string | number | null) => {
    if (value === null) return;
    conditions.push(condition);
    values.push(value);
  };
  where("target = ?", request.target);
  where("actor = ?", request.actor);
  where("kind = ?", request.kind);
  where("audit.at >= ?", request.fromMs);
  where("audit.at < ?", request.toMs);
  where("audit.id < ?", request.beforeId);
  const rows = connection
    .prepare(`SELECT ${COLUMNS} WHERE ${conditions.join(" AND ")} ORDER BY audit.id DESC LIMIT ?`)
    .raw()
    .all(...values, request.limit) as unknown[][];
  return rows.map(auditRow);
}

type Row = [number, number, string, string, string, string, string, string | null, string];

function auditRow(row: unknown[]): AuditRow {
  const [id, atMs, actor, role, kind, target, input, outcome, detail] = row as Row;
  return { id, atMs, actor, role, kind, target, input, outcome, detail };
}
