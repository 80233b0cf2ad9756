import { resolve } from "node:path";
import type { ConfigurationProblem } from "@/lib/model/errors";
import { unknownVariables } from "./unknown-variables";

/** Variables that set one scalar of the configuration, with its path. The environment overrides the file. */
export const SCALAR_VARIABLES = {
  MEMFLEET_LISTEN: ["listen"],
  MEMFLEET_PUBLIC_URL: ["publicUrl"],
  MEMFLEET_DATA_DIR: ["dataDir"],
  MEMFLEET_READ_ONLY: ["readOnly"],
  MEMFLEET_POLL_INTERVAL: ["poll", "interval"],
  MEMFLEET_POLL_TIMEOUT: ["poll", "timeout"],
  MEMFLEET_POLL_CONNECT_TIMEOUT: ["poll", "connectTimeout"],
  MEMFLEET_POLL_CONCURRENCY: ["poll", "concurrency"],
  MEMFLEET_HISTORY_RETENTION_RAW: ["history", "retention", "raw"],
  MEMFLEET_HISTORY_RETENTION_ROLLUP: ["history", "retention", "rollup"],
  MEMFLEET_HISTORY_ENGINE: ["history", "engine"],
  MEMFLEET_HISTORY_PROMETHEUS_QUERY_URL: ["history", "prometheus", "queryUrl"],
  MEMFLEET_HISTORY_PROMETHEUS_WRITE_URL: ["history", "prometheus", "writeUrl"],
  MEMFLEET_HISTORY_PROMETHEUS_BEARER_TOKEN: ["history", "prometheus", "bearerToken"],
  MEMFLEET_HISTORY_PROMETHEUS_BEARER_TOKEN_FILE: ["history", "prometheus", "bearerTokenFile"],
  MEMFLEET_HISTORY_PROMETHEUS_TIMEOUT: ["history", "prometheus", "timeout"],
  MEMFLEET_SHARD: ["shard"],
  MEMFLEET_PROBES_UDP: ["probes", "udp"],
  MEMFLEET_PROBES_SCHEDULE: ["probes", "schedule"],
} as const satisfies Record<string, readonly string[]>;
export type ScalarVariable = keyof typeof SCALAR_VARIABLES;

/** Further variables; all but the first are set by the launcher. */
const OTHER_VARIABLES = ["MEMFLEET_CONFIG", "MEMFLEET_CWD", "MEMFLEET_LAUNCHER_PID", "MEMFLEET_CHECK_ONLY"];

/** Prefixes of the variables that list nodes, in order of precedence; only the first that is set is used. */
const SERVER_VARIABLES = ["MEMCACHED", "MEMCACHIER", "MEMCACHE"] as const;

/** Nodes listed by the environment. The credentials belong to these nodes only. */
export interface EnvironmentServers {
  readonly variable: string;
  /** As written; `splitServerList` takes it apart. */
  readonly value: string;
  readonly username: string | null;
  readonly password: string | null;
}

/** Everything that Memfleet reads from the environment. */
export interface Environment {
  /** Base of relative paths in the environment. */
  readonly cwd: string;
  /** Absolute path of the configuration file. */
  readonly configFile: string;
  /** MEMFLEET_CONFIG named the file, so it must exist. */
  readonly configFileNamed: boolean;
  readonly scalars: Readonly<Partial<Record<ScalarVariable, string>>>;
  readonly servers: EnvironmentServers | null;
  /** Only read the configuration, report its problems, and end: the launcher asks so when the port is in use. */
  readonly checkOnly: boolean;
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * Reads the environment. An empty variable counts as unset. MEMFLEET_CWD is the folder in which the launcher was
 * called: the built server changes to its own.
 */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const get = (name: string) => variables[name] || null;
  const cwd = get("MEMFLEET_CWD") ?? process.cwd();
  const named = get("MEMFLEET_CONFIG");
  const scalars: Partial<Record<ScalarVariable, string>> = {};
  for (const name of Object.keys(SCALAR_VARIABLES) as ScalarVariable[]) {
    const value = get(name);
    if (value !== null) scalars[name] = value;
  }
  return {
    cwd,
    configFile: resolve(cwd, named ?? "memfleet.yaml"),
    configFileNamed: named !== null,
    scalars,
    servers: readServers(get),
    checkOnly: get("MEMFLEET_CHECK_ONLY") !== null,
    problems: unknownVariables(variables, [...Object.keys(SCALAR_VARIABLES), ...OTHER_VARIABLES]),
  };
}

function readServers(get: (name: string) => string | null): EnvironmentServers | null {
  for (const prefix of SERVER_VARIABLES) {
    const variable = `${prefix}_SERVERS`;
    const value = get(variable);
    if (value === null) continue;
    // MEMCACHED_SERVERS has no credentials by convention; only the other two do.
    if (prefix === "MEMCACHED") return { variable, value, username: null, password: null };
    return { variable, value, username: get(`${prefix}_USERNAME`), password: get(`${prefix}_PASSWORD`) };
  }
  return null;
}
