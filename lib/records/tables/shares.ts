/** The table `share`. */
import { select, selectOne } from "@/lib/store/database";
import type { Handlers } from "@/lib/store/table-group";
import { answer, type Database, execute } from "./handling";

export interface ShareRow {
  readonly id: string;
  /** Hash of the token in the link. */
  readonly token: string;
  /** JSON: what is shown. */
  readonly settings: string;
  /** Password hash; null: no password. */
  readonly password: string | null;
  /** JSON: what a frozen share shows; null when live. Not part of lists. */
  readonly snapshot: string | null;
  readonly createdBy: string;
  /** The identity of that person; empty for a share of an earlier version, which stored the name alone. */
  readonly creator: string;
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

const COLUMNS = "id, token, settings, password, created_by, creator, created, expires, used, uses";

export function shareHandlers(database: Database): Handlers<ShareOperations> {
  return {
    "share.put": (row) =>
      execute(
        database,
        `INSERT INTO share (${COLUMNS}, snapshot) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[
          row.id,
          row.token,
          row.settings,
          row.password,
          row.createdBy,
          row.creator,
          row.createdMs,
          row.expiresMs,
        ],
        ...[row.usedMs, row.uses, row.snapshot],
      ),
    "share.get": ({ token }) =>
      answer(database, (connection) => {
        const row = selectOne<Row>(
          connection,
          `SELECT ${COLUMNS}, snapshot FROM share WHERE token = ?`,
          token,
        );
        return row === undefined ? null : shareRow(row);
      }),
    "share.list": ({ nowMs }) =>
      answer(database, (connection) =>
        select<Row>(
          connection,
          `SELECT ${COLUMNS}, NULL FROM share WHERE expires > ? ORDER BY created DESC, id`,
          nowMs,
        ).map(shareRow),
      ),
    "share.used": ({ id, atMs, uses }) =>
      execute(database, "UPDATE share SET used = ?, uses = uses + ? WHERE id = ?", atMs, uses, id),
    "share.delete": ({ id }) => execute(database, "DELETE FROM share WHERE id = ?", id),
    "share.sweep": ({ expiredBeforeMs }) =>
      execute(database, "DELETE FROM share WHERE expires < ?", expiredBeforeMs),
  };
}

type Row = [
  ...[id: string, token: string, settings: string, password: string | null],
  ...[
    createdBy: string,
    creator: string,
    createdMs: number,
    expiresMs: number,
    usedMs: number | null,
    uses: number,
  ],
  snapshot: string | null,
];

function shareRow(row: Row): ShareRow {
  const [id, token, settings, password, createdBy, creator, createdMs, expiresMs, usedMs, uses, snapshot] =
    row;
  return { id, token, settings, password, snapshot, createdBy, creator, createdMs, expiresMs, usedMs, uses };
}
