/** Permissions of the data directory and its files: for the user that Memfleet runs as, and nobody else. */
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS = 0o077;
/** What Memfleet keeps in the directory: both databases, their logs, and what was set aside of them. */
const OWN_ENTRY = /^(?:history|memfleet|lost\+found)(?:\.db.*)?$/;

/**
 * Creates the directory, or restricts an existing one. A directory that other things use as well keeps its mode: the
 * files in it are restricted all the same.
 */
export function ensurePrivateDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE });
  if (readdirSync(directory).every((name) => OWN_ENTRY.test(name))) restrict(directory, DIRECTORY_MODE);
}

/** Creates the file when it is missing, so that SQLite gives its mode to the log as well, and restricts all of its kind. */
export function ensurePrivateFiles(directory: string, file: string): void {
  closeSync(openSync(join(directory, file), "a", FILE_MODE));
  for (const name of readdirSync(directory)) {
    if (name.startsWith(file)) restrict(join(directory, name), FILE_MODE);
  }
}

/** A file of another owner can't be restricted; SQLite then reports whether it can be used. */
function restrict(path: string, mode: number): void {
  try {
    if ((statSync(path).mode & OTHERS) !== 0) chmodSync(path, mode);
  } catch {}
}
