/** The table `session`. */
import { selectOne } from "@/lib/store/database";
import type { Handlers } from "@/lib/store/table-group";
import { answer, type Database, execute } from "./handling";

export interface SessionRow {
  /** Hash of the token that the browser holds. */
  readonly hash: string;
  readonly actor: string;
  /** Who it is at the provider; null where the name says it. */
  readonly subject: string | null;
  readonly role: string;
  readonly via: string;
  /** Fingerprint of the credential of the sign-in: a session ends when the configured one differs. */
  readonly credential: string;
  readonly createdMs: number;
  readonly seenMs: number;
}

export type SessionOperations = {
  "session.put": { request: SessionRow; reply: null };
  "session.get": { request: { hash: string }; reply: SessionRow | null };
  "session.seen": { request: { hash: string; seenMs: number }; reply: null };
  "session.delete": { request: { hash: string }; reply: null };
  /** Deletes those created or last used before these times. */
  "session.sweep": { request: { createdBeforeMs: number; seenBeforeMs: number }; reply: null };
};

const COLUMNS = "hash, actor, role, via, credential, created, seen, subject";

export function sessionHandlers(database: Database): Handlers<SessionOperations> {
  return {
    "session.put": ({ hash, actor, role, via, credential, createdMs, seenMs, subject }) =>
      execute(
        database,
        `INSERT INTO session (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[hash, actor, role, via, credential, createdMs, seenMs, subject],
      ),
    "session.get": ({ hash }) =>
      answer(database, (connection) => {
        const row = selectOne<Row>(connection, `SELECT ${COLUMNS} FROM session WHERE hash = ?`, hash);
        return row === undefined ? null : sessionRow(row);
      }),
    "session.seen": ({ hash, seenMs }) =>
      execute(database, "UPDATE session SET seen = ? WHERE hash = ?", seenMs, hash),
    "session.delete": ({ hash }) => execute(database, "DELETE FROM session WHERE hash = ?", hash),
    "session.sweep": ({ createdBeforeMs, seenBeforeMs }) =>
      execute(database, "DELETE FROM session WHERE created < ? OR seen < ?", createdBeforeMs, seenBeforeMs),
  };
}

type Row = [string, string, string, string, string, number, number, string | null];

function sessionRow([hash, actor, role, via, credential, createdMs, seenMs, subject]: Row): SessionRow {
  return { hash, actor, subject, role, via, credential, createdMs, seenMs };
}
