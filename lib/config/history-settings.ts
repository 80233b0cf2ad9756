/** Resolves the section `history`: reads its secrets and checks its parts against each other. */
import { DAY_MS } from "@/lib/model/time";
import type { HistorySettings } from "./contract";
import { readHeaders } from "./headers";
import type { PoolFileContext } from "./pool-files";
import type { HistoryFileSettings } from "./schema/history";

const MEGABYTE = 1_048_576;

interface HistoryLayers {
  readonly file: HistoryFileSettings;
  /** Overrides the file. */
  readonly environment: HistoryFileSettings;
  /** Reports problems of the file or the environment. */
  readonly context: PoolFileContext;
  /** Base of relative paths that the environment names. */
  readonly cwd: string;
}

export function resolveHistory({ file, environment, context, cwd }: HistoryLayers): HistorySettings {
  const retention = { ...file.retention, ...environment.retention };
  const rawMs = retention.raw ?? DAY_MS;
  const rollupMs = retention.rollup ?? Math.max(90 * DAY_MS, rawMs);
  if (rollupMs < rawMs) {
    const path = ["history", "retention", "rollup"];
    context.refuse(path, `${rollupMs}ms`, "at least history.retention.raw");
  }
  const engine = environment.engine ?? file.engine ?? "embedded";
  const prometheus = { ...file.prometheus, ...environment.prometheus };
  if (engine === "embedded") {
    if (Object.keys(prometheus).length > 0) {
      const found = "history.prometheus without engine: prometheus";
      context.refuse(["history", "engine"], found, "engine: prometheus");
    }
    return { rawMs, rollupMs, prometheus: null };
  }
  if (Object.keys(retention).length > 0) {
    const allowed = "none with engine: prometheus, which has its own retention";
    context.refuse(["history", "retention"], "a retention", allowed);
  }
  const { queryUrl, writeUrl, timeout, buffer, externalLabels } = prometheus;
  if (queryUrl === undefined) {
    context.refuse(["history", "prometheus", "queryUrl"], "nothing", "the address of the engine");
  }
  const request = requestOf(file, environment);
  const folder = environment.prometheus?.bearerTokenFile === undefined ? context.folder : cwd;
  return {
    rawMs,
    rollupMs,
    prometheus: {
      queryUrl: queryUrl ?? "",
      writeUrl: writeUrl ?? null,
      headers: readHeaders(request, ["history", "prometheus"], { ...context, folder }),
      timeoutMs: timeout ?? 10_000,
      buffer: { ageMs: buffer?.time ?? 600_000, bytes: (buffer?.megabytes ?? 64) * MEGABYTE },
      externalLabels: externalLabels ?? {},
    },
  };
}

/** A token of the environment overrides the file's, inline or as a file. */
function requestOf(
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
