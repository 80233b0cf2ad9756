/** Finding damage: of pages, and of indexes that disagree with their tables. */
import type Database from "libsql";
import type { Task } from "./scheduler";

/** The file is damaged, or not a database. */
export class DamagedError extends Error {
  override readonly name = "DamagedError";
}

/** Up to this size the whole file is checked at every opening, which takes a fraction of a second. */
export const WHOLLY_CHECKED_BYTES = 32 * 1024 * 1024;

/** `indexes`: compares every index with its table as well, which reads all of both. */
export function checkIntegrity(connection: Database.Database, indexes: boolean): void {
  refuse(connection, `PRAGMA ${indexes ? "integrity_check" : "quick_check"}(1)`);
}

/** Compares the indexes of a large file with their tables, one table per step. */
export function* checkTables(connection: Database.Database): Task<void> {
  const tables = connection
    .prepare("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'index' ORDER BY tbl_name")
    .raw()
    .all() as [string][];
  for (const [table] of tables) {
    yield;
    refuse(connection, `PRAGMA integrity_check('${table.replaceAll("'", "''")}')`);
  }
}

function refuse(connection: Database.Database, sql: string): void {
  const row = connection.prepare(sql).raw().get() as [string] | undefined;
  const verdict = row?.[0] ?? "";
  // The first line only names the database.
  if (verdict !== "ok") throw new DamagedError(verdict.replace(/^\*\*\*.*\*\*\*\n/, "").split("\n")[0]);
}
