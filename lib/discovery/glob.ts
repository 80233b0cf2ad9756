import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { describeSystemError } from "@/lib/catalogue/system-errors";

/** Maximum number of files that the patterns of one source may match. */
const MAX_FILES = 1_000;

interface MatchedFiles {
  /** Each once: in the order of the patterns, by name within a pattern. A path without `*` need not exist. */
  readonly paths: readonly string[];
  /** Folders that cannot be listed, and files beyond the limit. */
  readonly problems: readonly string[];
}

/** The files that match absolute patterns. As in a shell, a leading `*` matches no hidden files. Never throws. */
export async function findFiles(patterns: readonly string[]): Promise<MatchedFiles> {
  const paths = new Set<string>();
  const problems: string[] = [];
  for (const pattern of patterns) {
    if (!pattern.includes("*")) {
      paths.add(pattern);
      continue;
    }
    const folder = dirname(pattern);
    try {
      for (const name of await namesIn(folder, basename(pattern))) paths.add(join(folder, name));
    } catch (error) {
      problems.push(`folder of ${basename(pattern)}: ${describeSystemError(error, "cannot be listed")}`);
    }
  }
  const found = [...paths];
  if (found.length > MAX_FILES)
    problems.push(`${found.length} files match; only the first ${MAX_FILES} are read`);
  return { paths: found.slice(0, MAX_FILES), problems };
}

async function namesIn(folder: string, pattern: string): Promise<string[]> {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const shape = new RegExp(`^${pattern.startsWith("*") ? "(?!\\.)" : ""}${parts.join("[^/]*")}$`);
  return (await readdir(folder)).filter((name) => shape.test(name)).sort();
}
