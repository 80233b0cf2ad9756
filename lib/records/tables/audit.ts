/** The tables `audit`, `audit_node` and `audit_outcome`. */
import { type Connection, command, select, selectOne } from "@/lib/store/database";
import type { Handlers } from "@/lib/store/table-group";
import { answer, type Database, inTransaction } from "./handling";

export interface AuditRow {
  readonly id: number;
  readonly atMs: number;
  readonly actor: string;
  /** Empty: not authenticated, or written by an earlier version. */
  readonly identity: string;
  readonly role: string;
  readonly kind: string;
  readonly target: string;
  /** JSON. */
  readonly input: string;
  /** Null: there is none yet. */
  readonly outcome: string | null;
  readonly detail: string;
}

export interface AuditAppend {
  readonly atMs: number;
  readonly actor: string;
  readonly identity: string;
  readonly role: string;
  readonly kind: string;
  readonly target: string;
  /** The nodes, when `target` names several. */
  readonly nodes: readonly string[];
  readonly input: string;
  /** No second row with this key of the same person. */
  readonly idempotency: string | null;
  /** Null for an intention: its outcome follows. */
  readonly outcome: { readonly outcome: string; readonly detail: string } | null;
}

export interface AuditFind {
  /** The target, or one of the nodes it names. */
  readonly target: string | null;
  readonly actor: string | null;
  readonly kind: string | null;
  /** Part of the actor, kind, target, input or detail, whatever the case of ASCII letters. */
  readonly text: string | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Only rows older than this one. */
  readonly beforeId: number | null;
  readonly limit: number;
}

export type AuditOperations = {
  "audit.append": { request: AuditAppend; reply: AppendReply };
  "audit.outcome": { request: AuditOutcomeRow; reply: null };
  /** Newest first. */
  "audit.find": { request: AuditFind; reply: AuditRow[] };
};

const COLUMNS = `audit.id, audit.at, actor, identity, role, kind, target, input, outcome, coalesce(detail, '')
  FROM audit LEFT JOIN audit_outcome ON audit_outcome.audit = audit.id`;

export function auditHandlers(database: Database): Handlers<AuditOperations> {
  return {
    "audit.append": (row) => inTransaction(database, (connection) => append(connection, row)),
    "audit.outcome": (request) => answer(database, (connection) => saveOutcome(connection, request)),
    "audit.find": (request) => answer(database, (connection) => find(connection, request)),
  };
}

export interface AppendReply {
  readonly id: number;
  /** The idempotency key was used: `id` is the row that has it, and nothing was added. */
  readonly existing: boolean;
}

export interface AuditOutcomeRow {
  readonly id: number;
  readonly atMs: number;
  readonly outcome: string;
  readonly detail: string;
}

/** Only the first outcome of a row is stored. */
export function saveOutcome(connection: Connection, { id, atMs, outcome, detail }: AuditOutcomeRow): null {
  command(
    connection,
    "INSERT OR IGNORE INTO audit_outcome (audit, at, outcome, detail) VALUES (?, ?, ?, ?)",
  ).run(id, atMs, outcome, detail);
  return null;
}

/** Adds a row, inside the caller's transaction, unless its idempotency key was used. */
export function append(connection: Connection, row: AuditAppend): AppendReply {
  if (row.idempotency !== null) {
    const used = usedRequest(connection, row, row.idempotency);
    if (used !== null) return { id: used, existing: true };
  }
  const { lastInsertRowid } = connection
    .prepare(
      "INSERT INTO audit (at, actor, identity, role, kind, target, input, request) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .run(...[row.atMs, row.actor, row.identity, row.role, row.kind, row.target, row.input, row.idempotency]);
  const id = Number(lastInsertRowid);
  const insertNode = command(connection, "INSERT OR IGNORE INTO audit_node (node, audit) VALUES (?, ?)");
  for (const node of row.nodes) insertNode.run(node, id);
  if (row.outcome !== null) saveOutcome(connection, { id, atMs: row.atMs, ...row.outcome });
  return { id, existing: false };
}

/** The row that has this person's idempotency key; null: none. Earlier versions stored the name alone. */
export function usedRequest(
  connection: Connection,
  { actor, identity }: { readonly actor: string; readonly identity: string },
  idempotency: string,
): number | null {
  const row = selectOne<[number]>(
    connection,
    "SELECT id FROM audit WHERE request = ? AND (identity = ? OR (identity = '' AND actor = ?))",
    ...[idempotency, identity, actor],
  );
  return row?.[0] ?? null;
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

const ANY_TEXT = `(${["actor", "identity", "kind", "target", "input", "coalesce(detail, '')"]
  .map((column) => `${column} LIKE ? ESCAPE '\\'`)
  .join(" OR ")})`;

type Row = [number, number, string, string, string, string, string, string, string | null, string];

function auditRow([id, atMs, actor, identity, role, kind, target, input, outcome, detail]: Row): AuditRow {
  return { id, atMs, actor, identity, role, kind, target, input, outcome, detail };
}
