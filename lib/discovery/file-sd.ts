/**
 * Nodes from Prometheus file_sd files, JSON or YAML by the file's extension.
 *
 * A valid list is credible, even an empty one. An invalid file, or a missing one named without `*`, keeps its last list.
 * A file that a pattern no longer matches counts as removed on purpose, as long as the patterns match any: an empty or
 * unmounted folder is a failure.
 */
import { basename } from "node:path";
import { parseDocument, visit } from "yaml";
import type { FileSdSettings } from "@/lib/config/contract";
import { ABSENT, type FileStamp, fileStamp, readBoundedFile } from "@/lib/config/file-stamp";
import {
  type DiscoveredTarget,
  type DiscoveryResult,
  type DiscoverySource,
  MAX_LIST_BYTES,
  MAX_TARGETS,
  SourceUnavailable,
} from "./contract";
import { findFiles } from "./glob";
import { readTargetGroups } from "./target-groups";
import { TargetList } from "./target-list";

/** How often the files are checked; they are read only after a change. */
const CHECK_MS = 1_000;
/** A changed file is checked again after this time and read when it is stable: edits come in pieces. */
const STABLE_MS = 250;
/** Smaller than for JSON, because parsing YAML blocks the event loop a hundred times longer. */
const MAX_YAML_BYTES = 1024 * 1024;

/** The last result of one file. */
interface CachedFile {
  /** Its stamp when it was last read. */
  readonly stamp: FileStamp;
  /** From the last successful read; empty before. */
  readonly targets: readonly DiscoveredTarget[];
  readonly problems: readonly string[];
  /** Why the last read failed; null when it succeeded. */
  readonly problem: string | null;
}

/** Stamp of a file that is not read because the files before it fill the list. */
const UNREAD: FileStamp = "unread";
const SKIPPED: CachedFile = {
  stamp: UNREAD,
  targets: [],
  problems: [`not read, because the files before it already list ${MAX_TARGETS} nodes`],
  problem: null,
};

export function openFileSd(settings: FileSdSettings): DiscoverySource {
  return new FileSource(settings.patterns);
}

class FileSource implements DiscoverySource {
  private readonly cached = new Map<string, CachedFile>();
  /** Files that changed at the last check, with their new stamp. */
  private readonly changing = new Map<string, FileStamp>();
  private result: DiscoveryResult | null = null;
  /** Key of the files and problems behind `result`. */
  private resultKey = "";

  constructor(private readonly patterns: readonly string[]) {}

  async read(): Promise<DiscoveryResult> {
    const { paths, problems } = await findFiles(this.patterns);
    if (paths.length === 0) throw new SourceUnavailable(problems.join("; ") || "no file matches");
    const present = [...paths, ...this.disappearing(paths)];
    let changed = false;
    let targets = 0;
    for (const path of paths) {
      changed = (await this.refresh(path, targets < MAX_TARGETS)) || changed;
      targets += this.cached.get(path)?.targets.length ?? 0;
    }
    const key = JSON.stringify([present, problems]);
    const waiting = this.result !== null && present.some((path) => !this.cached.has(path));
    if (this.result === null || (!waiting && (changed || key !== this.resultKey))) {
      this.resultKey = key;
      this.result = null;
      this.result = this.gather(present, problems);
    }
    return { ...this.result, ttlMs: this.changing.size > 0 ? STABLE_MS : CHECK_MS };
  }

  /** Files that no longer match. They are dropped when they still do not match at the next check. */
  private disappearing(paths: readonly string[]): string[] {
    const found = new Set(paths);
    for (const path of this.changing.keys()) {
      if (!found.has(path) && !this.cached.has(path)) this.changing.delete(path);
    }
    return [...this.cached.keys()].filter((path) => {
      if (found.has(path)) return false;
      if (this.changing.get(path) === ABSENT) {
        this.cached.delete(path);
        this.changing.delete(path);
        return false;
      }
      this.changing.set(path, ABSENT);
      return true;
    });
  }

  /** Reads a file that has changed and is stable. Returns whether its result changed. */
  private async refresh(path: string, room: boolean): Promise<boolean> {
    const cached = this.cached.get(path);
    const stamp = room ? await fileStamp(path) : UNREAD;
    if (cached?.stamp === stamp) {
      this.changing.delete(path);
      return false;
    }
    const first = this.result === null && cached === undefined;
    if (!first && this.changing.get(path) !== stamp) {
      this.changing.set(path, stamp);
      return false;
    }
    this.changing.delete(path);
    this.cached.set(path, room ? await readFile(path, stamp, cached) : SKIPPED);
    return true;
  }

  private gather(paths: readonly string[], problems: readonly string[]): DiscoveryResult {
    const files = paths.flatMap((path) => {
      const cached = this.cached.get(path);
      return cached === undefined ? [] : [{ name: basename(path), ...cached }];
    });
    const allProblems = [
      ...problems,
      ...files.flatMap(({ name, problem, problems: fileProblems }) =>
        [...(problem === null ? [] : [problem]), ...fileProblems].map((text) => `${name}: ${text}`),
      ),
    ];
    if (files.every(({ problem }) => problem !== null)) throw new SourceUnavailable(allProblems.join("; "));
    const list = new TargetList();
    for (const { targets } of files) for (const target of targets) list.add(target);
    return { targets: list.targets, problems: [...allProblems, ...list.problems], ttlMs: CHECK_MS };
  }
}

/** Reads a file. An unreadable one keeps its last list. */
async function readFile(path: string, stamp: FileStamp, before: CachedFile | undefined): Promise<CachedFile> {
  try {
    if (stamp === ABSENT) throw new SourceUnavailable("no such file");
    const yaml = !/\.json$/i.test(path);
    const text = await textOf(path, yaml ? MAX_YAML_BYTES : MAX_LIST_BYTES);
    const list = new TargetList();
    readTargetGroups(yaml ? readYaml(text) : readJson(text), list, { unix: true });
    return { stamp, targets: list.targets, problems: list.problems, problem: null };
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    return { stamp, targets: before?.targets ?? [], problems: [], problem: error.message };
  }
}

async function textOf(path: string, largestBytes: number): Promise<string> {
  try {
    return await readBoundedFile(path, largestBytes);
  } catch (error) {
    throw new SourceUnavailable(error instanceof Error ? error.message : "cannot be read");
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SourceUnavailable("invalid JSON");
  }
}

/**
 * As Prometheus reads it: every field is text, so that a scalar without quotes is its own text (`1.10`, not 1.1), and
 * merge keys are merged.
 */
function readYaml(text: string): unknown {
  try {
    const document = parseDocument(text, {
      prettyErrors: false,
      logLevel: "error",
      merge: true,
      stringKeys: true,
    });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    visit(document, {
      Scalar: (_key, scalar) => {
        const isText = scalar.value === null || scalar.type !== "PLAIN" || scalar.source === undefined;
        if (!isText) scalar.value = scalar.source;
      },
    });
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const [reason = ""] = error instanceof Error ? error.message.split("\n", 1) : [];
    throw new SourceUnavailable(`invalid YAML (${reason.slice(0, 120)})`);
  }
}
