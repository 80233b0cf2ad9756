import { stat } from "node:fs/promises";

const DATABASES = ["history", "memfleet"] as const;
/** The file, its write-ahead log, and the index of the log. */
const ENDINGS = [".db", ".db-wal", ".db-shm"];

/** Bytes of each database on disk, by name, without those that have no file. */
export async function databaseSizes(dataDir: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of DATABASES) {
    const files = await Promise.all(ENDINGS.map((ending) => fileSize(`${dataDir}/${name}${ending}`)));
    if (files[0] === null) continue;
    sizes.set(
      name,
      files.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0),
    );
  }
  return sizes;
}

/** Null when the file does not exist or cannot be read. */
async function fileSize(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
}
