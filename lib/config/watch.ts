import { isDeepStrictEqual } from "node:util";
import { ConfigurationError, describeProblem } from "@/lib/model/errors";
import { formatHostPort } from "@/lib/model/node/node-address";
import { isSignInConfigured } from "./auth-settings";
import type { Configuration, ConfigurationSource } from "./contract";
import { type Environment, readEnvironment } from "./environment";
import { type FileStamps, fileStamp } from "./file-stamp";
import { isLoopback, LISTEN_NEEDS_SIGN_IN } from "./listen";
import { type ConfigurationRead, readConfiguration } from "./load";

interface WatchOptions {
  /** Milliseconds between two checks of the files. */
  readonly everyMs?: number;
}

type Rejection = ReturnType<ConfigurationSource["rejected"]>;

/**
 * Loads the configuration and reloads it when the file, or a file it names, is edited, replaced by a rename, relinked or
 * created. After an invalid edit the last valid configuration stays in effect and `rejected()` reports the problem; so it
 * does for changes of `listen`, `dataDir` and `history`, which need a restart while the rest is applied. Throws
 * `ConfigurationError` when the first read fails. The timer does not keep the process alive.
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
  private readonly listeners = new Set<() => void>();
  private readonly timer: NodeJS.Timeout;
  private rejection: Rejection = null;
  private checking = false;
  /** Stamps of a change detected once. It is read when the next check finds the same stamps: editors write in pieces. */
  private changing: FileStamps | null = null;

  constructor(
    private readonly environment: Environment,
    private configuration: Configuration,
    private stamps: FileStamps,
    everyMs: number,
  ) {
    this.timer = setInterval(() => void this.check(), everyMs);
    this.timer.unref();
  }

  current(): Configuration {
    return this.configuration;
  }

  rejected(): Rejection {
    return this.rejection;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    clearInterval(this.timer);
    this.listeners.clear();
  }

  private async check(): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    try {
      const now: FileStamps = new Map();
      for (const path of this.stamps.keys()) now.set(path, await fileStamp(path));
      if (isDeepStrictEqual(now, this.stamps)) this.changing = null;
      else if (isDeepStrictEqual(now, this.changing)) this.reload(now);
      else this.changing = now;
    } finally {
      this.checking = false;
    }
  }

  private reload(now: FileStamps): void {
    this.changing = null;
    const before = [this.configuration, this.rejection];
    const read = readConfiguration(this.environment);
    const detail = this.apply(read);
    // Files that a failed read did not reach stay watched: an edit there may fix the problem.
    this.stamps = read.configuration === null ? new Map([...now, ...read.stamps]) : read.stamps;
    if (detail === null) this.rejection = null;
    else if (detail !== this.rejection?.detail) this.rejection = { detail, sinceMs: Date.now() };
    if (isDeepStrictEqual(before, [this.configuration, this.rejection])) return;
    for (const listener of [...this.listeners]) listener();
  }

  /** Applies what it can; returns why something was not applied. */
  private apply({ configuration, problems }: ConfigurationRead): string | null {
    if (configuration === null) return problems.map(describeProblem).join("\n");
    const { file, listen, dataDir, history } = this.configuration;
    if (file !== null && configuration.file === null)
      return `${file} was deleted; its last content stays in effect`;
    // The socket stays at its address until a restart, so sign-in is checked against the current address.
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
    return waiting.length === 0
      ? null
      : `applied, except for changes that need a restart: ${waiting.join(", ")}`;
  }
}
