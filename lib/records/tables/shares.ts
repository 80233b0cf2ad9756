/** The table `share`. */
import type { Handlers } from "@/lib/store/table-group";
import type { Database } from "./tables";

export interface ShareRow {
  readonly id: string;
  /** Hash of the token in the link. */
  readonly token: string;
  /** JSON: what is shown. */
  readonly settings: string;
  /** Password hash; null: none is asked for. */
  readonly password: string | null;
  /** JSON: what a frozen share shows; null when live. Not part of a list. */
  readonly snapshot: string | null;
  readonly createdBy: string;
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly usedMs: number | null;
  readonly uses: number;
}

export type ShareOperations = {
  "share.put": { request: ShareRow; reply: null };
  "share.get": { request: { token: string }; reply: ShareRow | null };
  /** Those that expire after `nowMs`, newest first, without snapshots. */
  "share.list": { request: { nowMs: number }; reply: ShareRow[] };
  "share.used": { request: { id: string; atMs: number; uses: number }; reply: null };
  "share.delete": { request: { id: string }; reply: null };
  "share.sweep": { request: { expiredBeforeMs: number }; reply: null };
};

const COLUMNS = "id, token, settings, password, created_by, created, expires, used, uses";

export function shareHandlers(database: Database): Handlers<ShareOperations> {
  const run = (statement: string, ...values: (string | number | null)[]) => ({
    value: database((connection) => {
      connection.prepare(statement).run(...values);
      return null;
    }),
  });
  return {
    "share.put": (row) =>
      run(
        `INSERT INTO share (${COLUMNS}, snapshot) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[row.id, row.token, row.settings, row.password, row.createdBy, row.createdMs, row.expiresMs],
        ...[row.usedMs, row.uses, row.snapshot],
      ),
    "share.get": ({ token }) => ({
      value: database((connection) => {
        const row = connection
          .prepare(`SELECT ${COLUMNS}, snapshot FROM share WHERE token = ?`)
          .raw()
          .get(token) as Row | undefined;
        return row === undefined ? null : shareRow(row);
      }),
    }),
    "share.list": ({ nowMs }) => ({
      value: database((connection) => {
        const rows = connection
          .prepare(`SELECT ${COLUMNS}, NULL FROM share WHERE expires > ? ORDER BY created DESC, id`)
          .raw()
          .all(nowMs) as unknown[] as Row[];
        return rows.map(shareRow);
      }),
    }),
    "share.used": ({ id, atMs, uses }) =>
      run("UPDATE share SET used = ?, uses = uses + ? WHERE id = ?", atMs, uses, id),
    "share.delete": ({ id }) => run("DELETE FROM share WHERE id = ?", id),
    "share.sweep": ({ expiredBeforeMs }) => run("DELETE FROM share WHERE expires < ?", expiredBeforeMs),
  };
}

type Row = [
  ...[id: string, token: string, settings: string, password: string | null],
  ...[createdBy: string, createdMs: number, expiresMs: number, usedMs: number | null, uses: number],
  snapshot: string | null,
];

function shareRow(row: Row): ShareRow {
  const [id, token, settings, password, createdBy, createdMs, expiresMs, usedMs, uses, snapshot] = row;
  return { id, token, settings, password, snapshot, createdBy, createdMs, expiresMs, usedMs, uses };
}
