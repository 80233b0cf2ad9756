/** The section `history`, its secrets read and its parts held against each other. */
import type { HistorySettings } from "./contract";
import { readHeaders } from "./headers";
import type { PoolFileContext } from "./pool-files";
import type { HistoryFileSettings } from "./schema/history";

const DAY = 86_400_000;
const MEGABYTE = 1_048_576;

export interface HistoryLayers {
  readonly file: HistoryFileSettings;
  /** Wins. */
  readonly environment: HistoryFileSettings;
  /** Says what is wrong with what the file or the environment says. */
  readonly reading: PoolFileContext;
  /** For a file that the environment names: what its path is relative to. */
  readonly cwd: string;
}

export function resolveHistory({ file, environment, reading, cwd }: HistoryLayers): HistorySettings {
  const retention = { ...file.retention, ...environment.retention };
  const rawMs = retention.raw ?? DAY;
  const rollupMs = retention.rollup ?? Math.max(90 * DAY, rawMs);
  if (rollupMs < rawMs) {
    const path = ["history", "retention", "rollup"];
    reading.refuse(path, `${rollupMs}ms`, "at least history.retention.raw");
  }
  const engine = environment.engine ?? file.engine ?? "embedded";
  const prometheus = { ...file.prometheus, ...environment.prometheus };
  if (engine === "embedded") {
    if (Object.keys(prometheus).length > 0) {
      const found = "history.prometheus without engine: prometheus";
      reading.refuse(["history", "engine"], found, "engine: prometheus beside it");
    }
    return { rawMs, rollupMs, prometheus: null };
  }
  if (Object.keys(retention).length > 0) {
    const allowed = "none beside engine: prometheus, which keeps what it has been told to keep";
    reading.refuse(["history", "retention"], "a retention", allowed);
  }
  const { queryUrl, writeUrl, timeout, buffer, externalLabels } = prometheus;
  if (queryUrl === undefined) {
    reading.refuse(["history", "prometheus", "queryUrl"], "nothing", "the address of the engine");
  }
  const signIn = signInOf(file, environment);
  const folder = environment.prometheus?.bearerTokenFile === undefined ? reading.folder : cwd;
  return {
    rawMs,
    rollupMs,
    prometheus: {
      queryUrl: queryUrl ?? "",
      writeUrl: writeUrl ?? null,
      headers: readHeaders(signIn, ["history", "prometheus"], { ...reading, folder }),
      timeoutMs: timeout ?? 10_000,
      buffer: { ageMs: buffer?.time ?? 600_000, bytes: (buffer?.megabytes ?? 64) * MEGABYTE },
      externalLabels: externalLabels ?? {},
    },
  };
}

/** A token of the environment stands in for the file's, however each is given. */
function signInOf(
  { prometheus: file }: HistoryFileSettings,
  { prometheus: environment }: HistoryFileSettings,
) {
  const token = environment?.bearerToken ?? environment?.bearerTokenFile;
  const from = token === undefined ? file : environment;
  return {
    headers: file?.headers,
    bearerToken: from?.bearerToken,
    bearerTokenFile: from?.bearerTokenFile,
  };
}
