import { isDeepStrictEqual } from "node:util";
import { ConfigurationError, describeProblem } from "@/lib/model/errors";
import { formatHostPort } from "@/lib/model/node/node-address";
import { isSignInConfigured } from "./auth-settings";
import type { Configuration, ConfigurationSource } from "./contract";
import { type Environment, readEnvironment } from "./environment";
import { type FileStamps, fileStamp } from "./file-stamp";
import { isLoopback, LISTEN_NEEDS_SIGN_IN } from "./listen";
import { type ConfigurationRead, readConfiguration } from "./load";

export interface WatchOptions {
  /** Milliseconds between two looks at the files. */
  readonly everyMs?: number;
}

type Rejection = ReturnType<ConfigurationSource["rejected"]>;

/**
 * Loads the configuration and keeps it fresh: when the file, or a file it names, is edited, replaced by a rename,
 * relinked or appears, it is read again. A broken edit keeps the last good configuration and shows in
 * `rejected()`; so do changes of `listen`, `dataDir` and `history`, which wait for a restart while the rest is taken over.
 * Throws `ConfigurationError` when the first reading fails. The timer does not keep the process alive.
 */
export function watchConfiguration(
  environment: Environment = readEnvironment(),
  { everyMs = 500 }: WatchOptions = {},
): ConfigurationSource {
  const first = readConfiguration(environment);
  if (first.configuration === null) throw new ConfigurationError(first.problems);
  return new WatchedConfiguration(environment, first.configuration, first.stamps, everyMs);
}

class WatchedConfiguration implements ConfigurationSource {
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  #rejection: Rejection = null;
  #looking = false;
  /** Marks of a change that was seen once. It is read when it is seen unchanged again: edits come in pieces. */
  #unsettled: FileStamps | null = null;

  constructor(
    readonly environment: Environment,
    private configuration: Configuration,
    private marks: FileStamps,
    everyMs: number,
  ) {
    this.#timer = setInterval(() => void this.#look(), everyMs);
    this.#timer.unref();
  }

  current(): Configuration {
    return this.configuration;
  }

  rejected(): Rejection {
    return this.#rejection;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const now: FileStamps = new Map();
      for (const path of this.marks.keys()) now.set(path, await fileStamp(path));
      if (isDeepStrictEqual(now, this.marks)) this.#unsettled = null;
      else if (isDeepStrictEqual(now, this.#unsettled)) this.#readAgain(now);
      else this.#unsettled = now;
    } finally {
      this.#looking = false;
    }
  }

  #readAgain(now: FileStamps): void {
    this.#unsettled = null;
    const before = [this.configuration, this.#rejection];
    const reading = readConfiguration(this.environment);
    const detail = this.#takeOver(reading);
    // What an unusable reading did not reach stays watched: mending it may end the trouble.
    this.marks = reading.configuration === null ? new Map([...now, ...reading.stamps]) : reading.stamps;
    if (detail === null) this.#rejection = null;
    else if (detail !== this.#rejection?.detail) this.#rejection = { detail, sinceMs: Date.now() };
    if (isDeepStrictEqual(before, [this.configuration, this.#rejection])) return;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Takes over what can be; returns why something was not. */
  #takeOver({ configuration, problems }: ConfigurationRead): string | null {
    if (configuration === null) return problems.map(describeProblem).join("\n");
    const { file, listen, dataDir, history } = this.configuration;
    if (file !== null && configuration.file === null) return `${file} is gone; what it last said holds`;
    // The socket stays where it is until a restart, so what it needs is judged by where it is now.
    if (!isLoopback(listen.host) && !isSignInConfigured(configuration.auth)) {
      return `listen ${formatHostPort(listen.host, listen.port)} needs ${LISTEN_NEEDS_SIGN_IN}`;
    }
    this.configuration = { ...configuration, listen, dataDir, history };
    const waiting: string[] = [];
    if (!isDeepStrictEqual(configuration.listen, listen)) {
      waiting.push(`listen ${formatHostPort(configuration.listen.host, configuration.listen.port)}`);
    }
    if (configuration.dataDir !== dataDir) waiting.push(`dataDir ${configuration.dataDir}`);
    if (!isDeepStrictEqual(configuration.history, history)) waiting.push("history");
    return waiting.length === 0 ? null : `taken over, except what needs a restart: ${waiting.join(", ")}`;
  }
}
