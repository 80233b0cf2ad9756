/** The table `session`. */
import type { Handlers } from "@/lib/store/table-group";
import type { Database } from "./tables";

export interface SessionRow {
  /** Of the token that the browser holds. */
  readonly hash: string;
  readonly actor: string;
  readonly role: string;
  readonly via: string;
  /** Tells whether the credential that was signed in with is still the same one. */
  readonly credential: string;
  readonly createdMs: number;
  readonly seenMs: number;
}

export type SessionOperations = {
  "session.put": { request: SessionRow; reply: null };
  "session.get": { request: { hash: string }; reply: SessionRow | null };
  "session.seen": { request: { hash: string; seenMs: number }; reply: null };
  "session.delete": { request: { hash: string }; reply: null };
  /** Removes those created or last seen before these times. */
  "session.sweep": { request: { createdBeforeMs: number; seenBeforeMs: number }; reply: null };
};

export function sessionHandlers(database: Database): Handlers<SessionOperations> {
  const run = (statement: string, ...values: (string | number)[]) => ({
    value: database((connection) => {
      connection.prepare(statement).run(...values);
      return null;
    }),
  });
  return {
    "session.put": ({ hash, actor, role, via, credential, createdMs, seenMs }) =>
      run(
        "INSERT INTO session (hash, actor, role, via, credential, created, seen) VALUES (?, ?, ?, ?, ?, ?, ?)",
        ...[hash, actor, role, via, credential, createdMs, seenMs],
      ),
    "session.get": ({ hash }) => ({
      value: database((connection) => {
        const row = connection
          .prepare("SELECT hash, actor, role, via, credential, created, seen FROM session WHERE hash = ?")
          .raw()
          .get(hash) as Row | undefined;
        return row === undefined ? null : sessionRow(row);
      }),
    }),
    "session.seen": ({ hash, seenMs }) => run("UPDATE session SET seen = ? WHERE hash = ?", seenMs, hash),
    "session.delete": ({ hash }) => run("DELETE FROM session WHERE hash = ?", hash),
    "session.sweep": ({ createdBeforeMs, seenBeforeMs }) =>
      run("DELETE FROM session WHERE created < ? OR seen < ?", createdBeforeMs, seenBeforeMs),
  };
}

type Row = [string, string, string, string, string, number, number];

function sessionRow([hash, actor, role, via, credential, createdMs, seenMs]: Row): SessionRow {
  return { hash, actor, role, via, credential, createdMs, seenMs };
}
