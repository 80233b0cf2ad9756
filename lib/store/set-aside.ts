/** What happens to files that can't be used, and to the contents of a deleted one: nothing is ever thrown away. */
import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync } from "node:fs";
import type Database from "libsql";

/** Larger files are not written again: it would hold up everything else for too long. */
const SALVAGED_BYTES = 256 * 1024 * 1024;
const EXTENSIONS = ["", "-wal", "-shm"] as const;
const HEADER_BYTES = 100;
/** Offset of the file format in the header of a database; 2: it has a write-ahead log. */
const FORMAT_AT = 18;
const WITH_LOG = 2;
const LOG_MAGIC: ReadonlySet<number> = new Set([0x377f0682, 0x377f0683]);

/** `path` with the reason and the time, as a name that no other file has. */
export function setAsidePath(path: string, reason: "corrupt" | "replaced", nowMs: number): string {
  return `${path}.${reason}-${new Date(nowMs).toISOString().replace(/[:.]/g, "-")}`;
}

/** Renames the file and what belongs to it. Returns the new path. */
export function setAside(path: string, nowMs: number): string {
  const target = setAsidePath(path, "corrupt", nowMs);
  for (const extension of EXTENSIONS) {
    if (existsSync(path + extension)) renameSync(path + extension, target + extension);
  }
  return target;
}

/** Renames the log alone. Returns its new path; null when there is none. */
export function setLogAside(path: string, nowMs: number): string | null {
  const log = `${path}-wal`;
  if (!existsSync(log)) return null;
  const target = `${setAsidePath(path, "corrupt", nowMs)}-wal`;
  renameSync(log, target);
  return target;
}

/**
 * Writes what a connection sees, log included, to a new file: the only way to keep the contents of a file that was
 * deleted. Returns whether that worked.
 */
export function salvage(connection: Database.Database, target: string): boolean {
  try {
    const pages = numberOf(connection, "page_count");
    if (pages * numberOf(connection, "page_size") > SALVAGED_BYTES) return false;
    const file = openSync(target, "wx", 0o600);
    try {
      connection.exec(`VACUUM INTO '${target.replaceAll("'", "''")}'`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return true;
  } catch {
    rmSync(target, { force: true });
    return false;
  }
}

/** What is wrong with the files before they are opened. SQLite would silently start afresh with each of these. */
export type Defect =
  | { readonly kind: "unusable"; readonly detail: string }
  | { readonly kind: "logLost"; readonly detail: string };

/** Looks at the files before SQLite does. Null: nothing is wrong, or there is no file yet. */
export function defectOf(path: string): Defect | null {
  const database = read(path);
  const log = read(`${path}-wal`);
  if (database === null) {
    return log === null || log.bytes === 0
      ? null
      : { kind: "unusable", detail: "the file is missing, but its write-ahead log exists" };
  }
  if (database.bytes === 0) return { kind: "unusable", detail: "the file is empty" };
  if (database.head[FORMAT_AT] !== WITH_LOG) return null;
  if (log === null) return { kind: "logLost", detail: "its write-ahead log is missing" };
  if (log.bytes === 0 || LOG_MAGIC.has(log.head.readUInt32BE(0))) return null;
  return { kind: "logLost", detail: "its write-ahead log is damaged" };
}

function read(path: string): { readonly head: Buffer; readonly bytes: number } | null {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  if (bytes === undefined) return null;
  const head = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, "r");
  try {
    readSync(file, head, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  return { head, bytes };
}

function numberOf(connection: Database.Database, pragma: string): number {
  const [value] = connection.prepare(`PRAGMA ${pragma}`).raw().get() as [number];
  return value;
}
