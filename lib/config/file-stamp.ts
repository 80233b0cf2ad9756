import { type BigIntStats, closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { describeSystemError } from "@/lib/catalogue/system-errors";

const LARGEST_BYTES = 4n * 1024n * 1024n;

/** Identifies the content at a path: changes when the file is edited, replaced by a rename, or appears. */
export type FileStamp = string;
export const ABSENT: FileStamp = "absent";

/** The stamp of every file that the configuration was read from. */
export type FileStamps = Map<string, FileStamp>;

/**
 * Reads a text file and records its stamp. Throws an `Error` with a short reason ("no such file", "no permission to
 * read it", "not a file", "larger than 4 MiB"); the stamp is recorded then as well, so that a fix is noticed.
 */
export function readTextFile(path: string, stamps: FileStamps): string {
  stamps.set(path, ABSENT);
  let descriptor: number;
  try {
    // Non-blocking, or opening a pipe would wait for a writer.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new Error(reasonOf(error));
  }
  try {
    const stats = fstatSync(descriptor, { bigint: true });
    stamps.set(path, stampOf(stats));
    if (!stats.isFile()) throw new Error("not a file");
    if (stats.size > LARGEST_BYTES) throw new Error("larger than 4 MiB");
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads a text file of at most `largestBytes` without blocking. Throws an `Error` with a short reason
 * ("no such file", "permission denied", "not a file", "larger than 10 MiB").
 */
export async function readBoundedFile(path: string, largestBytes: number): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw new Error(reasonOf(error));
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error("not a file");
    // The file may grow meanwhile: the limit applies to what is read.
    const bytes = Buffer.alloc(Math.min(stats.size, largestBytes) + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      ({ bytesRead: read } = await file.read(bytes, length, bytes.length - length));
    }
    if (length > largestBytes) throw new Error(`larger than ${largestBytes / 1024 / 1024} MiB`);
    if (length > stats.size) throw new Error("it changes while it is read");
    return bytes.toString("utf8", 0, length);
  } finally {
    await file.close();
  }
}

/** The current stamp of a path. Follows symbolic links, so that replacing one changes the stamp. */
export async function fileStamp(path: string): Promise<FileStamp> {
  try {
    return stampOf(await stat(path, { bigint: true }));
  } catch {
    return ABSENT;
  }
}

function stampOf(stats: BigIntStats): FileStamp {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs, stats.mode].join(":");
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return "no such file";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  return describeSystemError(error, "cannot be read");
}
