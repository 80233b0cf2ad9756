import { type BigIntStats, closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { open, stat } from "node:fs/promises";

const LARGEST_BYTES = 4n * 1024n * 1024n;

/** Tells one content of a path from another: changes when it is edited, replaced by a rename, or appears. */
export type FileStamp = string;
export const ABSENT: FileStamp = "absent";

/** Every file that a reading of the configuration looked at, with what was seen there. */
export type FileStamps = Map<string, FileStamp>;

/**
 * Reads a text file and notes its mark. Throws an `Error` with a short reason ("no such file", "no permission to
 * read it", "not a file", "larger than 4 MiB"); the mark is noted then as well, so that a mended file is noticed.
 */
export function readTextFile(path: string, marks: FileStamps): string {
  marks.set(path, ABSENT);
  let descriptor: number;
  try {
    // Non-blocking, or opening a pipe would wait for a writer.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new Error(reasonOf(error));
  }
  try {
    const seen = fstatSync(descriptor, { bigint: true });
    marks.set(path, stampOf(seen));
    if (!seen.isFile()) throw new Error("not a file");
    if (seen.size > LARGEST_BYTES) throw new Error("larger than 4 MiB");
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads a text file of at most `largestBytes` without holding up anybody. Throws an `Error` with a short reason
 * ("no such file", "no permission to read it", "not a file", "larger than 10 MiB").
 */
export async function readBoundedFile(path: string, largestBytes: number): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw new Error(reasonOf(error));
  });
  try {
    const seen = await file.stat();
    if (!seen.isFile()) throw new Error("not a file");
    // It may grow while it is read: the bound holds for what is read.
    const bytes = Buffer.alloc(Math.min(seen.size, largestBytes) + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      ({ bytesRead: read } = await file.read(bytes, length, bytes.length - length));
    }
    if (length > largestBytes) throw new Error(`larger than ${largestBytes / 1024 / 1024} MiB`);
    if (length > seen.size) throw new Error("it grows while it is read");
    return bytes.toString("utf8", 0, length);
  } finally {
    await file.close();
  }
}

/** The mark of a path now. Symbolic links are followed, so swapping one changes the mark. */
export async function fileStamp(path: string): Promise<FileStamp> {
  try {
    return stampOf(await stat(path, { bigint: true }));
  } catch {
    return ABSENT;
  }
}

function stampOf(seen: BigIntStats): FileStamp {
  return [seen.dev, seen.ino, seen.size, seen.mtimeNs, seen.ctimeNs, seen.mode].join(":");
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return "no such file";
  if (code === "EACCES" || code === "EPERM") return "no permission to read it";
  return code ?? "it cannot be read";
}
