import { dirname, resolve } from "node:path";
import type { ConfigurationProblem } from "@/lib/model/errors";
import { formatHostPort } from "@/lib/model/node/node-address";
import { isSignInConfigured, resolveAuth } from "./auth-settings";
import type { AuthSettings, Configuration, PollSettings } from "./contract";
import { type ConfigurationDocument, readDocument } from "./document";
import { type Environment, SCALAR_VARIABLES, type ScalarVariable } from "./environment";
import { buildEnvironmentPools } from "./environment-nodes";
import { type FileStamps, readTextFile } from "./file-stamp";
import { resolveHistory } from "./history-settings";
import { DEFAULT_LISTEN, isLoopback, LISTEN_NEEDS_SIGN_IN } from "./listen";
import { buildPools, type Pools } from "./pools";
import { type ConfigurationPath, type Origin, toProblems } from "./problems";
import { type FileSettings, fileSchema } from "./schema/root";

/** The result of one read: a configuration or its problems, and the files it depends on. */
export interface ConfigurationRead {
  readonly configuration: Configuration | null;
  /** Empty when there is a configuration. */
  readonly problems: readonly ConfigurationProblem[];
  readonly stamps: FileStamps;
}

/**
 * Reads the configuration from the file (`memfleet.yaml`, or MEMFLEET_CONFIG) and the environment, which overrides the
 * file for every scalar. Without pools in a file the environment may list nodes; else there are none. Never throws for a
 * mistake: it returns every problem, and nothing is guessed, skipped or half applied.
 */
export function readConfiguration(environment: Environment): ConfigurationRead {
  const stamps: FileStamps = new Map();
  const problems: ConfigurationProblem[] = [...environment.problems];
  const document = openDocument(environment, stamps, problems);
  const fromFile = document === null ? {} : validate(document.value, document, problems);
  const fromEnvironment = validate(nestScalars(environment.scalars), ENVIRONMENT_ORIGIN, problems);
  if (fromFile === null || fromEnvironment === null || problems.length > 0) {
    return { configuration: null, problems, stamps };
  }
  const folder = dirname(environment.configFile);
  const { pools, nodes, discovery } = findPools(fromFile, document, environment, stamps, problems);
  const scalars = { file: fromFile, environment: fromEnvironment, origin: document };
  const poll = resolvePoll(scalars, problems);
  const history = resolveHistory({
    file: fromFile.history ?? {},
    environment: fromEnvironment.history ?? {},
    cwd: environment.cwd,
    context: {
      folder,
      stamps,
      refuse: (path, found, allowed) => refuseScalar(path, found, allowed, scalars, problems),
    },
  });
  const shard = resolveShard(scalars, history, problems);
  const auth = resolveAuth(fromFile.auth ?? {}, {
    folder,
    stamps,
    refuse: (path, found, allowed) =>
      problems.push((document ?? ENVIRONMENT_ORIGIN).problem(path, found, allowed)),
  });
  const listen = resolveListen(scalars, auth, problems);
  if (problems.length > 0) return { configuration: null, problems, stamps };
  const configuration: Configuration = {
    file: document?.file ?? null,
    listen,
    publicUrl: fromEnvironment.publicUrl ?? fromFile.publicUrl ?? null,
    allowedHosts: fromFile.allowedHosts ?? [],
    dataDir: fromEnvironment.dataDir
      ? resolve(environment.cwd, fromEnvironment.dataDir)
      : resolve(document === null ? environment.cwd : folder, fromFile.dataDir ?? "data"),
    readOnly: fromEnvironment.readOnly ?? fromFile.readOnly ?? false,
    poll,
    history,
    shard,
    probes: resolveProbes(scalars),
    pools,
    nodes,
    discovery,
    auth,
    ignoredServers: fromFile.pools === undefined ? null : (environment.servers?.variable ?? null),
  };
  return { configuration, problems, stamps };
}

function openDocument(
  environment: Environment,
  stamps: FileStamps,
  problems: ConfigurationProblem[],
): ConfigurationDocument | null {
  const file = environment.configFile;
  try {
    const document = readDocument(readTextFile(file, stamps), file);
    problems.push(...document.syntaxProblems);
    return document;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "cannot be read";
    if (reason === "no such file" && !environment.configFileNamed) return null;
    const path = environment.configFileNamed ? "MEMFLEET_CONFIG" : "";
    problems.push({ file, line: null, path, found: reason, allowed: "a readable YAML file" });
    return null;
  }
}

function validate(value: unknown, origin: Origin, problems: ConfigurationProblem[]): FileSettings | null {
  const result = fileSchema.safeParse(value);
  if (result.success) return result.data;
  problems.push(...toProblems(result.error.issues, value, origin));
  return null;
}

/** Variables in the shape of the file, so that one schema validates both. */
function nestScalars(scalars: Environment["scalars"]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [variable, path] of Object.entries(SCALAR_VARIABLES) as [ScalarVariable, readonly string[]][]) {
    const text = scalars[variable];
    if (text === undefined) continue;
    let mapping = root;
    for (const key of path.slice(0, -1)) {
      mapping[key] ??= {};
      mapping = mapping[key] as Record<string, unknown>;
    }
    mapping[path.at(-1) ?? ""] = typedScalar(variable, text);
  }
  return root;
}

const TRUE_OR_FALSE: ReadonlySet<ScalarVariable> = new Set(["MEMFLEET_READ_ONLY", "MEMFLEET_PROBES_UDP"]);

function typedScalar(variable: ScalarVariable, text: string): unknown {
  if (TRUE_OR_FALSE.has(variable) && /^(true|false|1|0)$/.test(text)) return text === "true" || text === "1";
  if (variable === "MEMFLEET_POLL_CONCURRENCY" && /^\d+$/.test(text)) return Number(text);
  return text;
}

const ENVIRONMENT_ORIGIN: Origin = {
  problem(path, found, allowed) {
    const variable = Object.entries(SCALAR_VARIABLES).find(([, scalar]) => scalar.join() === path.join());
    return { file: "environment", line: null, path: variable?.[0] ?? path.join("."), found, allowed };
  },
};

function findPools(
  settings: FileSettings,
  document: ConfigurationDocument | null,
  environment: Environment,
  stamps: FileStamps,
  problems: ConfigurationProblem[],
): Pools {
  // An empty list is one, too.
  if (document !== null && settings.pools !== undefined) {
    return buildPools(settings.pools, {
      folder: dirname(document.file),
      stamps,
      refuse: (path, found, allowed) => problems.push(document.problem(path, found, allowed)),
    });
  }
  if (environment.servers !== null) return buildEnvironmentPools(environment.servers, problems);
  return { pools: [], nodes: [], discovery: [] };
}

interface Scalars {
  readonly file: FileSettings;
  readonly environment: FileSettings;
  readonly origin: Origin | null;
}

/** A poll never outlasts its interval: default timeouts shrink with it, configured ones are rejected. */
function resolvePoll(scalars: Scalars, problems: ConfigurationProblem[]): PollSettings {
  const poll = { ...scalars.file.poll, ...scalars.environment.poll };
  const intervalMs = poll.interval ?? 10_000;
  const timeoutMs = poll.timeout ?? Math.min(2_000, intervalMs);
  const connectTimeoutMs = poll.connectTimeout ?? Math.min(1_000, timeoutMs);
  if (timeoutMs > intervalMs) {
    refuseScalar(["poll", "timeout"], `${timeoutMs}ms`, "at most poll.interval", scalars, problems);
  }
  if (connectTimeoutMs > timeoutMs) {
    refuseScalar(
      ["poll", "connectTimeout"],
      `${connectTimeoutMs}ms`,
      "at most poll.timeout",
      scalars,
      problems,
    );
  }
  return { intervalMs, timeoutMs, connectTimeoutMs, concurrency: poll.concurrency ?? 200 };
}

/** Other addresses than loopback require sign-in. */
function resolveListen(
  scalars: Scalars,
  auth: AuthSettings,
  problems: ConfigurationProblem[],
): Configuration["listen"] {
  const listen = scalars.environment.listen ?? scalars.file.listen ?? DEFAULT_LISTEN;
  if (!isLoopback(listen.host) && !isSignInConfigured(auth)) {
    const found = JSON.stringify(formatHostPort(listen.host, listen.port));
    refuseScalar(["listen"], found, LISTEN_NEEDS_SIGN_IN, scalars, problems);
  }
  return listen;
}

/** Sharding requires a shared history, in which each process sees the nodes of the others. */
function resolveShard(
  scalars: Scalars,
  { prometheus }: Configuration["history"],
  problems: ConfigurationProblem[],
): Configuration["shard"] {
  const shard = scalars.environment.shard ?? scalars.file.shard ?? null;
  if (shard !== null && shard.count > 1 && (prometheus === null || prometheus.writeUrl === null)) {
    const found = `${shard.index}/${shard.count} without a shared history`;
    const allowed = "history with engine: prometheus and a writeUrl";
    refuseScalar(["shard"], found, allowed, scalars, problems);
  }
  return shard;
}

function resolveProbes({ file, environment }: Scalars): Configuration["probes"] {
  const { udp = true, schedule = null } = { ...file.probes, ...environment.probes };
  return { udp, scheduleMs: schedule };
}

function refuseScalar(
  path: ConfigurationPath,
  found: string,
  allowed: string,
  { environment, origin }: Scalars,
  problems: ConfigurationProblem[],
): void {
  let override: unknown = environment;
  for (const key of path) override = (override as Record<PropertyKey, unknown> | undefined)?.[key];
  const source = override === undefined ? (origin ?? ENVIRONMENT_ORIGIN) : ENVIRONMENT_ORIGIN;
  problems.push(source.problem(path, found, allowed));
}
