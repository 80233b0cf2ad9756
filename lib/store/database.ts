/**
 * Opening the embedded database. Runs in the store's worker thread only: libsql is synchronous.
 *
 * Invariants: one process holds the file (exclusive locking); a commit survives the end of the process at
 * any moment (write-ahead log); a damaged file is never used and never deleted, but set aside.
 */
import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";

export type Connection = Database.Database;
type Statement = Database.Statement;

/** NORMAL: a commit survives the end of the process. FULL: the end of the machine as well. */
export type Synchronous = "NORMAL" | "FULL";

/** Statements that bring the schema from one version to the next. */
export type Migration = string;

export interface DatabasePlan {
  readonly file: string;
  readonly pageSize: number;
  /** In order; the file's `user_version` counts how many it has had. Only ever append to this list. */
  readonly migrations: readonly Migration[];
  readonly maxBytes: number | null;
  readonly synchronous: Synchronous;
  /** Look through the whole file, however large: a statement has found it damaged. */
  readonly suspect?: boolean;
}

/** Up to this size the whole file is looked through at every opening; it takes a fraction of a second. */
const ALWAYS_CHECKED_BYTES = 32 * 1024 * 1024;

export interface OpenedDatabase {
  readonly connection: Connection;
  /** Where a damaged predecessor was put; null when there was none. */
  readonly quarantined: string | null;
}

/** The file is damaged, or is no database at all. */
class DamagedError extends Error {
  override readonly name = "DamagedError";
}

/** The file was written by a newer version of the product. */
class NewerSchemaError extends Error {
  override readonly name = "NewerSchemaError";
}

/** Opens or creates the file under `directory`. Throws what `describeFailure` can put into words. */
export function openDatabase(directory: string, plan: DatabasePlan, nowMs: number): OpenedDatabase {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, plan.file);
  try {
    return { connection: openFile(path, plan), quarantined: null };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const setAside = putAside(path, nowMs);
    return { connection: openFile(path, plan), quarantined: setAside };
  }
}

function openFile(path: string, plan: DatabasePlan): Connection {
  // A log that still has content means that the last process did not end in order.
  const doubtful = plan.suspect === true || sizeOf(`${path}-wal`) > 0 || sizeOf(path) < ALWAYS_CHECKED_BYTES;
  const connection = new Database(path);
  try {
    connection.pragma(`page_size = ${plan.pageSize}`);
    connection.pragma("locking_mode = EXCLUSIVE");
    connection.pragma("journal_mode = WAL");
    connection.pragma(`synchronous = ${plan.synchronous}`);
    connection.pragma("journal_size_limit = 16777216");
    connection.pragma("cache_size = -8192");
    limitSize(connection, plan.pageSize, plan.maxBytes);
    // The first write takes the exclusive lock, so a second process fails here and not later.
    connection.exec("BEGIN IMMEDIATE; COMMIT");
    if (doubtful) check(connection);
    migrate(connection, plan.migrations);
    return connection;
  } catch (error) {
    abandon(connection);
    throw error;
  }
}

/** Closes what failed to open; why it failed matters more than how it closes. */
function abandon(connection: Connection): void {
  try {
    closeDatabase(connection);
  } catch {}
}

/** Caps the file; null lifts the cap. */
export function limitSize(connection: Connection, pageSize: number, maxBytes: number | null): void {
  const pages = maxBytes === null ? 4_294_967_294 : Math.max(1, Math.floor(maxBytes / pageSize));
  connection.pragma(`max_page_count = ${pages}`);
}

const prepared = new WeakMap<Connection, Map<string, Statement>>();

/**
 * The statement for `sql`, prepared once for each connection. Never give it a blob or null as its only value:
 * libsql takes a single object for named values, and ends the process.
 */
export function command(connection: Connection, sql: string): Statement {
  const known = prepared.get(connection) ?? new Map<string, Statement>();
  prepared.set(connection, known);
  const statement = known.get(sql) ?? connection.prepare(sql);
  known.set(sql, statement);
  return statement;
}

/** Rows as arrays of columns. All of them are read: a statement left half read would keep the log growing. */
export function select<Row extends readonly unknown[]>(
  connection: Connection,
  sql: string,
  ...values: readonly (number | string)[]
): Row[] {
  return command(connection, sql)
    .raw()
    .all(...values) as Row[];
}

/** The first row; undefined when there is none. */
export function selectOne<Row extends readonly unknown[]>(
  connection: Connection,
  sql: string,
  ...values: readonly (number | string)[]
): Row | undefined {
  return command(connection, sql)
    .raw()
    .get(...values) as Row | undefined;
}

/**
 * Closes the file in order: nothing is left in the log, and the lock is given up. libsql lets go of a
 * connection only when the last of its statements has been collected, so closing it alone is not enough.
 */
export function closeDatabase(connection: Connection): void {
  try {
    connection.pragma("journal_mode = DELETE");
    connection.pragma("locking_mode = NORMAL");
    connection.prepare("SELECT 1 FROM sqlite_master").raw().get();
  } finally {
    connection.close();
  }
}

function check(connection: Connection): void {
  const [verdict] = selectOne<[string]>(connection, "PRAGMA quick_check(1)") ?? [""];
  if (verdict !== "ok") throw new DamagedError(verdict);
}

function migrate(connection: Connection, migrations: readonly Migration[]): void {
  const [version] = selectOne<[number]>(connection, "PRAGMA user_version") ?? [0];
  if (version > migrations.length) throw new NewerSchemaError(String(version));
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    transaction(connection, () => connection.exec(`${migration}; PRAGMA user_version = ${index + 1}`));
  }
}

/** All of `work`, or nothing of it. */
export function transaction<Result>(connection: Connection, work: () => Result): Result {
  connection.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    connection.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk makes SQLite roll back on its own; a second rollback would hide the reason.
    if (connection.inTransaction) connection.exec("ROLLBACK");
    throw error;
  }
}

function putAside(path: string, nowMs: number): string {
  const suffix = `.corrupt-${new Date(nowMs).toISOString().replace(/[:.]/g, "-")}`;
  for (const extension of ["", "-wal", "-shm"]) {
    if (existsSync(path + extension)) renameSync(path + extension, path + suffix + extension);
  }
  return path + suffix;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/** True when the file itself is broken, rather than unreachable, full or busy. */
export function isDamage(error: unknown): boolean {
  return error instanceof DamagedError || /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));
}

/** What failed, in words an operator can act on. */
export function describeFailure(error: unknown, path: string): string {
  const code = codeOf(error);
  const retry = "Writing goes on by itself once that is mended.";
  if (code.startsWith("SQLITE_FULL") || code === "ENOSPC") {
    return `${path} cannot grow: the disk is full, or the file's size limit is reached. Free some space. ${retry}`;
  }
  if (code.startsWith("SQLITE_READONLY") || code === "EROFS") {
    return `${path} is read-only. Make it and its directory writable. ${retry}`;
  }
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return `${path} is held by another process. End it, or give each its own data directory. ${retry}`;
  }
  if (error instanceof NewerSchemaError) {
    return `${path} was written by a newer version (schema ${error.message}). Run that version, or move the file away. ${retry}`;
  }
  if (isDamage(error))
    return `${path} is damaged: ${(error as Error).message}. It is set aside at the next try.`;
  const detail = error instanceof Error ? error.message : String(error);
  return `${path} cannot be opened or written: ${detail}. Check that its directory exists and is writable. ${retry}`;
}
