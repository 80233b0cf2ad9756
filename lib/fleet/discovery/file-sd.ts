/**
 * Nodes from files, in Prometheus' file_sd form, JSON or YAML by the file's name.
 *
 * A file that holds a list is believed, an empty list included. One that is broken, or gone though it was named
 * without `*`, keeps what it said last. A file that a pattern no longer finds is taken out on purpose, as long as
 * the patterns find any: a folder that is empty, or not mounted, is no answer.
 */
import { basename } from "node:path";
import { parse } from "yaml";
import { ABSENT, type FileMark, markAt, readBoundedFile } from "../files";
import {
  CouldNotAsk,
  type DiscoveredTarget,
  type DiscoveryAnswer,
  type DiscoverySource,
  type FileSdSettings,
  LARGEST_LIST_BYTES,
} from "./contract";
import { findFiles } from "./file-patterns";
import { readTargetGroups } from "./target-groups";
import { TargetList } from "./target-list";

/** How often the files are looked at; they are read only when they have changed. */
const LOOK_MS = 1_000;
/** A changed file is looked at again after this, and read when it has come to rest: edits come in pieces. */
const REST_MS = 250;
/** Reading YAML takes the event loop a hundred times as long as JSON. */
const LARGEST_YAML_BYTES = 1024 * 1024;

/** What is known of one file. */
interface Known {
  /** What was seen when it was last read. */
  readonly mark: FileMark;
  /** Of the newest reading that succeeded; empty before. */
  readonly targets: readonly DiscoveredTarget[];
  readonly faults: readonly string[];
  /** Why the newest reading failed; null when it did not. */
  readonly problem: string | null;
}

export function openFileSd(settings: FileSdSettings): DiscoverySource {
  return new Files(settings.patterns);
}

class Files implements DiscoverySource {
  #known = new Map<string, Known>();
  /** Files whose mark has changed, with the mark that was seen. */
  readonly #restless = new Map<string, FileMark>();
  #answer: DiscoveryAnswer | null = null;
  #paths = "";

  constructor(private readonly patterns: readonly string[]) {}

  async ask(): Promise<DiscoveryAnswer> {
    const { paths, problems } = await findFiles(this.patterns);
    if (paths.length === 0) throw new CouldNotAsk(problems.join("; ") || "no file matches");
    const seen = `${paths.join("\0")}\0\0${problems.join("\0")}`;
    let changed = seen !== this.#paths;
    this.#paths = seen;
    for (const path of paths) changed = (await this.#look(path)) || changed;
    if (changed || this.#answer === null) this.#answer = this.#gather(paths, problems);
    return { ...this.#answer, holdsMs: this.#restless.size > 0 ? REST_MS : LOOK_MS };
  }

  /** Reads a file when it has changed and come to rest. Returns whether what is known of it has changed. */
  async #look(path: string): Promise<boolean> {
    const known = this.#known.get(path);
    const mark = await markAt(path);
    const first = this.#answer === null && known === undefined;
    if (known?.mark === mark) {
      this.#restless.delete(path);
      return false;
    }
    if (!first && this.#restless.get(path) !== mark) {
      this.#restless.set(path, mark);
      return false;
    }
    this.#restless.delete(path);
    this.#known.set(path, await read(path, mark, known));
    return true;
  }

  #gather(paths: readonly string[], problems: readonly string[]): DiscoveryAnswer {
    const found = new Map<string, Known>();
    for (const path of paths) {
      const known = this.#known.get(path);
      if (known !== undefined) found.set(path, known);
    }
    this.#known = found;
    for (const path of this.#restless.keys()) if (!paths.includes(path)) this.#restless.delete(path);
    const faults = [...problems];
    for (const [path, { problem, faults: own }] of found) {
      if (problem !== null) faults.push(`${basename(path)}: ${problem}`);
      for (const fault of own) faults.push(`${basename(path)}: ${fault}`);
    }
    this.#answer = null;
    if ([...found.values()].every(({ problem }) => problem !== null))
      throw new CouldNotAsk(faults.join("; "));
    const list = new TargetList();
    for (const { targets } of found.values()) for (const target of targets) list.add(target);
    return { targets: list.targets, faults: [...faults, ...list.faults], holdsMs: LOOK_MS };
  }
}

/** Reads a file; what it said before stands when it cannot be read. Never throws. */
async function read(path: string, mark: FileMark, before: Known | undefined): Promise<Known> {
  try {
    if (mark === ABSENT) throw new CouldNotAsk("no such file");
    const yaml = !/\.json$/i.test(path);
    const text = await readBoundedFile(path, yaml ? LARGEST_YAML_BYTES : LARGEST_LIST_BYTES);
    const list = new TargetList();
    readTargetGroups(yaml ? readYaml(text) : readJson(text), list, { unix: true });
    return { mark, targets: list.targets, faults: list.faults, problem: null };
  } catch (error) {
    const problem = error instanceof Error ? error.message : "it cannot be read";
    return { mark, targets: before?.targets ?? [], faults: [], problem };
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CouldNotAsk("broken JSON");
  }
}

function readYaml(text: string): unknown {
  try {
    return parse(text, { prettyErrors: false, maxAliasCount: 100, logLevel: "error" });
  } catch (error) {
    const [reason = ""] = error instanceof Error ? error.message.split("\n", 1) : [];
    throw new CouldNotAsk(`broken YAML (${reason.slice(0, 120)})`);
  }
}
