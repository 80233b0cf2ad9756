/**
 * Nodes from files, in Prometheus' file_sd form, JSON or YAML by the file's name.
 *
 * A file that holds a list is believed, an empty list included. One that is broken, or gone though it was named
 * without `*`, keeps what it said last. A file that a pattern no longer finds is taken out on purpose, as long as
 * the patterns find any: a folder that is empty, or not mounted, is no answer.
 */
import { basename } from "node:path";
import { parse } from "yaml";
import type { FileSdSettings } from "@/lib/config/contract";
import { ABSENT, type FileStamp, fileStamp, readBoundedFile } from "@/lib/config/file-stamp";
import {
  type DiscoveredTarget,
  type DiscoveryResult,
  type DiscoverySource,
  LARGEST_LIST_BYTES,
  MOST_TARGETS,
  SourceUnavailable,
} from "./contract";
import { findFiles } from "./glob";
import { readTargetGroups } from "./target-groups";
import { TargetList } from "./target-list";

/** How often the files are looked at; they are read only when they have changed. */
const CHECK_MS = 1_000;
/** A changed file is looked at again after this, and read when it has come to rest: edits come in pieces. */
const REST_MS = 250;
/** Reading YAML takes the event loop a hundred times as long as JSON. */
const LARGEST_YAML_BYTES = 1024 * 1024;

/** What is known of one file. */
interface CachedFile {
  /** What was seen when it was last read. */
  readonly stamp: FileStamp;
  /** Of the newest reading that succeeded; empty before. */
  readonly targets: readonly DiscoveredTarget[];
  readonly problems: readonly string[];
  /** Why the newest reading failed; null when it did not. */
  readonly problem: string | null;
}

/** The mark of a file that is not read because the ones before it fill the list. */
const UNREAD: FileStamp = "unread";
const NO_ROOM: CachedFile = {
  stamp: UNREAD,
  targets: [],
  problems: [`not read: the files before it list ${MOST_TARGETS} nodes`],
  problem: null,
};

export function openFileSd(settings: FileSdSettings): DiscoverySource {
  return new Files(settings.patterns);
}

class Files implements DiscoverySource {
  readonly #known = new Map<string, CachedFile>();
  /** Files whose mark has changed, with the mark that was seen. */
  readonly #restless = new Map<string, FileStamp>();
  #answer: DiscoveryResult | null = null;
  /** The files and problems that the answer is made of. */
  #made = "";

  constructor(private readonly patterns: readonly string[]) {}

  async ask(): Promise<DiscoveryResult> {
    const { paths, problems } = await findFiles(this.patterns);
    if (paths.length === 0) throw new SourceUnavailable(problems.join("; ") || "no file matches");
    const here = [...paths, ...this.#leaving(paths)];
    let changed = false;
    let targets = 0;
    for (const path of paths) {
      changed = (await this.#look(path, targets < MOST_TARGETS)) || changed;
      targets += this.#known.get(path)?.targets.length ?? 0;
    }
    const made = JSON.stringify([here, problems]);
    const waiting = this.#answer !== null && here.some((path) => !this.#known.has(path));
    if (this.#answer === null || (!waiting && (changed || made !== this.#made))) {
      this.#made = made;
      this.#answer = null;
      this.#answer = this.#gather(here, problems);
    }
    return { ...this.#answer, ttlMs: this.#restless.size > 0 ? REST_MS : CHECK_MS };
  }

  /** Files that the patterns found before and find no more. They are let go when they are still gone next time. */
  #leaving(paths: readonly string[]): string[] {
    const found = new Set(paths);
    for (const path of this.#restless.keys()) {
      if (!found.has(path) && !this.#known.has(path)) this.#restless.delete(path);
    }
    return [...this.#known.keys()].filter((path) => {
      if (found.has(path)) return false;
      if (this.#restless.get(path) === ABSENT) {
        this.#known.delete(path);
        this.#restless.delete(path);
        return false;
      }
      this.#restless.set(path, ABSENT);
      return true;
    });
  }

  /** Reads a file when it has changed and come to rest. Returns whether what is known of it has changed. */
  async #look(path: string, room: boolean): Promise<boolean> {
    const known = this.#known.get(path);
    const mark = room ? await fileStamp(path) : UNREAD;
    if (known?.stamp === mark) {
      this.#restless.delete(path);
      return false;
    }
    const first = this.#answer === null && known === undefined;
    if (!first && this.#restless.get(path) !== mark) {
      this.#restless.set(path, mark);
      return false;
    }
    this.#restless.delete(path);
    this.#known.set(path, room ? await read(path, mark, known) : NO_ROOM);
    return true;
  }

  #gather(paths: readonly string[], problems: readonly string[]): DiscoveryResult {
    const found = paths.flatMap((path) => {
      const known = this.#known.get(path);
      return known === undefined ? [] : [{ name: basename(path), ...known }];
    });
    const faults = [
      ...problems,
      ...found.flatMap(({ name, problem, problems: own }) =>
        [...(problem === null ? [] : [problem]), ...own].map((fault) => `${name}: ${fault}`),
      ),
    ];
    if (found.every(({ problem }) => problem !== null)) throw new SourceUnavailable(faults.join("; "));
    const list = new TargetList();
    for (const { targets } of found) for (const target of targets) list.add(target);
    return { targets: list.targets, problems: [...faults, ...list.faults], ttlMs: CHECK_MS };
  }
}

/** Reads a file; what it said before stands when it cannot be read. */
async function read(path: string, mark: FileStamp, before: CachedFile | undefined): Promise<CachedFile> {
  try {
    if (mark === ABSENT) throw new SourceUnavailable("no such file");
    const yaml = !/\.json$/i.test(path);
    const text = await textOf(path, yaml ? LARGEST_YAML_BYTES : LARGEST_LIST_BYTES);
    const list = new TargetList();
    readTargetGroups(yaml ? readYaml(text) : readJson(text), list, { unix: true });
    return { stamp: mark, targets: list.targets, problems: list.faults, problem: null };
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    return { stamp: mark, targets: before?.targets ?? [], problems: [], problem: error.message };
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
    throw new SourceUnavailable("broken JSON");
  }
}

function readYaml(text: string): unknown {
  try {
    return parse(text, { prettyErrors: false, maxAliasCount: 100, logLevel: "error" });
  } catch (error) {
    const [reason = ""] = error instanceof Error ? error.message.split("\n", 1) : [];
    throw new SourceUnavailable(`invalid YAML (${reason.slice(0, 120)})`);
  }
}
