/**
 * The embedded database. Runs in the store's worker thread only: libsql is synchronous.
 *
 * Invariants: one process has the file open (exclusive locking); a commit survives the end of the process at any
 * moment (write-ahead log); a damaged file is never used and never deleted, but quarantined.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { describeSystemError } from "@/lib/catalogue/system-errors";
import type { StoreIncident } from "./incident";
import { checkIntegrity, DamagedError, WHOLLY_CHECKED_BYTES } from "./integrity";
import { ensurePrivateDirectory, ensurePrivateFiles } from "./private-files";
import { defectOf, setAside, setLogAside } from "./set-aside";

export type Connection = Database.Database;
type Statement = Database.Statement;

/** NORMAL: a commit survives the end of the process. FULL: the end of the machine as well. */
export type Synchronous = "NORMAL" | "FULL";

/** Statements that migrate the schema from one version to the next. */
export type Migration = string;

export interface DatabasePlan {
  readonly file: string;
  readonly pageSize: number;
  /** In order; the file's `user_version` counts those applied. Only ever append to this list. */
  readonly migrations: readonly Migration[];
  readonly maxBytes: number | null;
  readonly synchronous: Synchronous;
  /** Check the file, however large: a statement found it damaged. */
  readonly suspect?: boolean;
}

export interface OpenedDatabase {
  readonly connection: Connection;
  /** What was wrong with the files that were found; null: nothing. */
  readonly incident: StoreIncident | null;
  /** The file is too large to compare its indexes at once: `checkTables` does. */
  readonly unchecked: boolean;
}

/** The file was written by a newer version of the product. */
class NewerSchemaError extends Error {
  override readonly name = "NewerSchemaError";
}

/** Opens or creates the file in `directory`. Throws what `describeFailure` describes. */
export function openDatabase(directory: string, plan: DatabasePlan, nowMs: number): OpenedDatabase {
  ensurePrivateDirectory(directory);
  const path = join(directory, plan.file);
  const defect = defectOf(path);
  if (defect?.kind === "unusable") return openAfresh(directory, plan, nowMs, defect.detail);
  const logAside = defect === null ? null : setLogAside(path, nowMs);
  ensurePrivateFiles(directory, plan.file);
  try {
    const opened = openFile(path, plan);
    if (defect === null) return { ...opened, incident: null };
    return { ...opened, incident: logLost(plan.file, path, defect.detail, logAside, nowMs) };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return openAfresh(directory, plan, nowMs, (error as Error).message);
  }
}

/** Sets aside what is there and starts a new file. */
function openAfresh(directory: string, plan: DatabasePlan, nowMs: number, damage: string): OpenedDatabase {
  const path = join(directory, plan.file);
  const aside = setAside(path, nowMs);
  ensurePrivateFiles(directory, plan.file);
  const detail = `${path} was damaged (${damage}). It was moved to ${aside}, and a new file was started.`;
  const incident = { kind: "damaged", file: plan.file, setAside: aside, atMs: nowMs, detail } as const;
  return { ...openFile(path, plan), incident };
}

function logLost(
  file: string,
  path: string,
  defect: string,
  aside: string | null,
  nowMs: number,
): StoreIncident {
  const kept = aside === null ? "" : ` The log was moved to ${aside}.`;
  const detail = `${path} wasn’t closed by Memfleet, and ${defect}: its newest entries may be missing.${kept}`;
  return { kind: "logLost", file, setAside: aside, atMs: nowMs, detail };
}

function openFile(path: string, plan: DatabasePlan): Omit<OpenedDatabase, "incident"> {
  // A log with content means that the last process did not close the file.
  const unclean = plan.suspect === true || sizeOf(`${path}-wal`) > 0;
  const small = sizeOf(path) < WHOLLY_CHECKED_BYTES;
  const connection = new Database(path);
  try {
    connection.pragma(`page_size = ${plan.pageSize}`);
    connection.pragma("locking_mode = EXCLUSIVE");
    connection.pragma("journal_mode = WAL");
    connection.pragma(`synchronous = ${plan.synchronous}`);
    connection.pragma("journal_size_limit = 16777216");
    connection.pragma("cache_size = -8192");
    limitSize(connection, plan.pageSize, plan.maxBytes);
    // The first write takes the exclusive lock: a second process fails here, not later.
    connection.exec("BEGIN IMMEDIATE; COMMIT");
    if (unclean || small) checkIntegrity(connection, small || plan.suspect === true);
    migrate(connection, plan.migrations);
    return { connection, unchecked: !small && plan.suspect !== true };
  } catch (error) {
    abandon(connection);
    throw error;
  }
}

/** Closes what failed to open; a second error would hide the first. */
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
 * The statement for `sql`, prepared once per connection. Never give it a blob or null as its only value: libsql takes a
 * single object for named values, and aborts the process.
 */
export function command(connection: Connection, sql: string): Statement {
  const statements = prepared.get(connection) ?? new Map<string, Statement>();
  prepared.set(connection, statements);
  const statement = statements.get(sql) ?? connection.prepare(sql);
  statements.set(sql, statement);
  return statement;
}

/** Rows as arrays of columns. Always reads all of them: a statement left open would keep the log growing. */
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
 * Closes the file: empties the log and releases the lock. libsql releases a connection only when the last of its
 * statements has been garbage-collected, so `close` alone is not enough.
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
    // On a full disk SQLite rolls back by itself; a second rollback would hide the error.
    if (connection.inTransaction) connection.exec("ROLLBACK");
    throw error;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/** Whether the file itself is damaged, rather than inaccessible, full or locked. */
export function isDamage(error: unknown): boolean {
  return error instanceof DamagedError || /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));
}

/** What failed and what to do, in English. */
export function describeFailure(error: unknown, path: string): string {
  const code = codeOf(error);
  const retry = "Writing resumes by itself.";
  if (code.startsWith("SQLITE_FULL") || code === "ENOSPC") {
    return `${path} can’t grow: the disk is full, or the file’s size limit is reached. Free some space. ${retry}`;
  }
  if (code.startsWith("SQLITE_READONLY") || code === "EROFS") {
    return `${path} is read-only. Make the file and its directory writable. ${retry}`;
  }
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return `${path} is locked by another process. Stop it, or use another data directory. ${retry}`;
  }
  if (error instanceof NewerSchemaError) {
    return `${path} was written by a newer version (schema ${error.message}). Run that version, or move the file. ${retry}`;
  }
  if (isDamage(error)) {
    return `${path} is damaged: ${(error as Error).message}. It will be renamed, and a new file created.`;
  }
  const message = error instanceof Error ? error.message : String(error);
  // The messages of the system begin with a code.
  const detail = describeSystemError(error, message);
  return `${path} can’t be opened or written: ${detail}. Make sure that its directory exists and is writable. ${retry}`;
}

/**
 * Leaves the files alone: for a connection whose files were deleted or moved, where the usual closing would delete the
 * log of whatever is at the path now. SQLite itself touches no file that has moved.
 */
export function dropConnection(connection: Connection): void {
  try {
    connection.close();
  } catch {}
}

/** Writes all of the log to the database. */
export function checkpoint(connection: Connection): void {
  connection.pragma("wal_checkpoint(TRUNCATE)");
}
