/** The tables `action` and `action_target`: the state of each node of an action. Each action has an audit row. */
import { UnavailableError } from "@/lib/model/errors";
import { type Connection, command, select, selectOne } from "@/lib/store/database";
import type { Handlers } from "@/lib/store/table-group";
import { type AuditAppend, append, saveOutcome, usedRequest } from "./audit";
import { answer, type Database, inTransaction } from "./handling";

export interface TargetRow {
  readonly node: string;
  readonly state: string;
  readonly detail: string | null;
  readonly dueMs: number | null;
  readonly sentMs: number | null;
  /** JSON, as `after` and `rows`. */
  readonly before: string | null;
  readonly after: string | null;
  readonly rows: string | null;
}

export interface ActionRow {
  readonly id: number;
  readonly kind: string;
  readonly actor: string;
  /** JSON. */
  readonly input: string;
  readonly atMs: number;
  readonly pool: string | null;
  /** Of the request: tells whether another one is the same. */
  readonly digest: string;
  readonly state: string;
  readonly detail: string | null;
  readonly endedMs: number | null;
  readonly watchedUntilMs: number | null;
  readonly targets: readonly TargetRow[];
}

export interface ActionBegin {
  readonly audit: AuditAppend;
  readonly pool: string | null;
  readonly digest: string;
  readonly targets: readonly TargetRow[];
}

/** What changed of an action. */
export interface ActionChange {
  readonly id: number;
  readonly state: string;
  readonly detail: string | null;
  readonly endedMs: number | null;
  readonly watchedUntilMs: number | null;
  readonly targets: readonly (TargetRow & { readonly index: number })[];
  /** The outcome for the audit, stored together with the rest or not at all; null: the action is running. */
  readonly outcome: { readonly atMs: number; readonly outcome: string; readonly detail: string } | null;
}

export interface ActionFind {
  readonly state: string | null;
  /** Only actions older than this one. */
  readonly beforeId: number | null;
  readonly limit: number;
}

/** The details of nodes that an earlier process left behind. */
export interface ActionRecover {
  readonly atMs: number;
  readonly inFlight: string;
  readonly notSent: string;
}

export type ActionOperations = {
  /** The audit's intention and the action, both or neither. `existing`: the action that has the idempotency key. */
  "action.begin": { request: ActionBegin; reply: { id: number; existing: { digest: string | null } | null } };
  /** The action that the actor used this idempotency key for; null: none. */
  "action.keyed": {
    request: { actor: string; identity: string; idempotency: string };
    reply: { id: number; digest: string | null } | null;
  };
  "action.save": { request: ActionChange; reply: null };
  "action.get": { request: { id: number }; reply: ActionRow | null };
  /** Newest first. */
  "action.find": { request: ActionFind; reply: ActionRow[] };
  /** Ends what an earlier process left running. Nothing of it is ever sent again. */
  "action.recover": { request: ActionRecover; reply: null };
};

export function actionHandlers(database: Database): Handlers<ActionOperations> {
  return {
    "action.begin": (request) => inTransaction(database, (connection) => begin(connection, request)),
    "action.keyed": ({ idempotency, ...person }) =>
      answer(database, (connection) => {
        const id = usedRequest(connection, person, idempotency);
        return id === null ? null : { id, digest: digestOf(connection, id) };
      }),
    "action.save": (request) => inTransaction(database, (connection) => save(connection, request)),
    "action.get": ({ id }) =>
      answer(database, (connection) => {
        const row = selectOne<Row>(connection, `${SELECT} WHERE action.audit = ?`, id);
        return row === undefined ? null : actionRow(connection, row);
      }),
    "action.find": (request) => answer(database, (connection) => find(connection, request)),
    "action.recover": (request) => inTransaction(database, (connection) => recover(connection, request)),
  };
}

function begin(connection: Connection, { audit, pool, digest, targets }: ActionBegin) {
  const { id, existing } = append(connection, audit);
  if (existing) {
    return { id, existing: { digest: digestOf(connection, id) } };
  }
  command(connection, "INSERT INTO action (audit, pool, digest, state) VALUES (?, ?, ?, 'running')").run(
    ...[id, pool, digest],
  );
  const insert = command(
    connection,
    "INSERT INTO action_target (action, place, node, state, detail, due) VALUES (?, ?, ?, ?, ?, ?)",
  );
  for (const [index, { node, state, detail, dueMs }] of targets.entries()) {
    insert.run(id, index, node, state, detail, dueMs);
  }
  return { id, existing: null };
}

function digestOf(connection: Connection, id: number): string | null {
  return selectOne<[string]>(connection, "SELECT digest FROM action WHERE audit = ?", id)?.[0] ?? null;
}

function save(connection: Connection, change: ActionChange): null {
  const { id, state, detail, endedMs, watchedUntilMs, outcome } = change;
  const update = command(
    connection,
    `UPDATE action_target SET state = ?, detail = ?, due = ?, sent = ?, figures_before = ?, figures_after = ?,
       tried = ? WHERE action = ? AND place = ?`,
  );
  if (selectOne(connection, "SELECT 1 FROM action WHERE audit = ?", id) === undefined) {
    throw new UnavailableError("the record of this action was lost together with memfleet.db");
  }
  for (const target of change.targets) {
    const { dueMs, sentMs, before, after, rows, index } = target;
    update.run(target.state, target.detail, dueMs, sentMs, before, after, rows, id, index);
  }
  command(connection, "UPDATE action SET state = ?, detail = ?, ended = ?, watched = ? WHERE audit = ?").run(
    state,
    detail,
    endedMs,
    watchedUntilMs,
    id,
  );
  return outcome === null ? null : saveOutcome(connection, { id, ...outcome });
}

function find(connection: Connection, { state, beforeId, limit }: ActionFind): ActionRow[] {
  const conditions = ["1 = 1"];
  const values: (string | number)[] = [];
  if (state !== null) {
    conditions.push("state = ?");
    values.push(state);
  }
  if (beforeId !== null) {
    conditions.push("action.audit < ?");
    values.push(beforeId);
  }
  const sql = `${SELECT} WHERE ${conditions.join(" AND ")} ORDER BY action.audit DESC LIMIT ?`;
  return select<Row>(connection, sql, ...values, limit).map((row) => actionRow(connection, row));
}

/** An action gets its outcome when that of every node is known; else its audit entry stays `unknown`. */
function recover(connection: Connection, { atMs, inFlight, notSent }: ActionRecover): null {
  command(connection, "UPDATE action SET watched = ? WHERE watched > ?").run(atMs, atMs);
  const open = select<[number]>(connection, "SELECT audit FROM action WHERE state IN ('running', 'paused')");
  for (const [id] of open) {
    const unknown = command(
      connection,
      "UPDATE action_target SET state = 'failed', detail = ? WHERE action = ? AND state = 'sent'",
    ).run(inFlight, id).changes;
    const unsent = command(
      connection,
      "UPDATE action_target SET state = 'cancelled', detail = ?, due = NULL WHERE action = ? AND state = 'pending'",
    ).run(notSent, id).changes;
    const failed = selectOne(
      connection,
      "SELECT 1 FROM action_target WHERE action = ? AND state IN ('failed', 'skipped') LIMIT 1",
      id,
    );
    const state = unsent > 0 ? "cancelled" : failed === undefined ? "done" : "failed";
    const detail = unknown > 0 ? inFlight : unsent > 0 ? notSent : null;
    command(connection, "UPDATE action SET state = ?, detail = ?, ended = ? WHERE audit = ?").run(
      ...[state, detail, atMs, id],
    );
    if (unknown === 0) saveOutcome(connection, { id, atMs, outcome: state, detail: detail ?? "" });
  }
  return null;
}

const SELECT = `SELECT action.audit, kind, actor, input, at, pool, digest, state, detail, ended, watched
  FROM action JOIN audit ON audit.id = action.audit`;

type Row = [
  ...[id: number, kind: string, actor: string, input: string, atMs: number],
  ...[pool: string | null, digest: string, state: string, detail: string | null],
  ...[endedMs: number | null, watchedUntilMs: number | null],
];

function actionRow(connection: Connection, row: Row): ActionRow {
  const [id, kind, actor, input, atMs, pool, digest, state, detail, endedMs, watchedUntilMs] = row;
  const targets = select<TargetColumns>(
    connection,
    `SELECT node, state, detail, due, sent, figures_before, figures_after, tried FROM action_target
     WHERE action = ? ORDER BY place`,
    id,
  ).map(targetRow);
  return { id, kind, actor, input, atMs, pool, digest, state, detail, endedMs, watchedUntilMs, targets };
}

type TargetColumns = [
  ...[node: string, state: string, detail: string | null, dueMs: number | null, sentMs: number | null],
  ...[before: string | null, after: string | null, rows: string | null],
];

function targetRow([node, state, detail, dueMs, sentMs, before, after, rows]: TargetColumns): TargetRow {
  return { node, state, detail, dueMs, sentMs, before, after, rows };
}
