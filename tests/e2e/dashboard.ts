/** A running Memfleet over real memcached servers, started the way an operator starts it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { freePort } from "../servers/free-port";

const ROOT = join(import.meta.dirname, "..", "..");

export interface PoolSettings {
  readonly name: string;
  readonly labels?: Record<string, string>;
  readonly servers: readonly unknown[];
}

export interface Dashboard {
  readonly url: string;
  readonly port: number;
  /** Where it keeps its files. */
  readonly dataDir: string;
  /** Everything the server has written to its standard error and output. */
  output(): string;
  /** Replaces the configuration file's text. */
  writeConfiguration(text: string): Promise<void>;
  /** Replaces the pools and keeps the rest. */
  writePools(pools: readonly PoolSettings[]): Promise<void>;
  /** Replaces the further settings and keeps the rest. */
  writeSettings(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Ends it with SIGTERM; its exit code. */
  end(): Promise<number | null>;
  /** The server behind the launcher. */
  serverPid(): number;
  /** Ends the server with SIGKILL. */
  crash(): Promise<void>;
  /** Starts it again over the same data. */
  startAgain(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts it with these pools, polling every second, with further settings of the file and variables of the environment; waits until it is ready. */
export async function startDashboard(
  pools: readonly PoolSettings[],
  settings: Readonly<Record<string, unknown>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<Dashboard> {
  const directory = await mkdtemp(join(tmpdir(), "memfleet-e2e-"));
  const port = await freePort();
  const file = join(directory, "memfleet.yaml");
  const dataDir = join(directory, "data");
  let written = { pools, settings };
  const write = (change: Partial<typeof written>) => {
    written = { ...written, ...change };
    const usual = { listen: `127.0.0.1:${port}`, poll: { interval: "1s", timeout: "900ms" } };
    return writeFile(file, JSON.stringify({ ...usual, ...written.settings, pools: written.pools }));
  };
  await write({});
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...environment,
    MEMFLEET_CONFIG: file,
    MEMFLEET_DATA_DIR: dataDir,
  };
  // The test runner's own, which Next would take for its own.
  Reflect.deleteProperty(env, "NODE_ENV");
  let serverOutput = "";
  const launch = () => {
    const child = spawn(process.execPath, [join(ROOT, "bin", "memfleet.mjs"), "start"], {
      cwd: directory,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        serverOutput += chunk;
      });
    }
    return child;
  };
  const url = `http://127.0.0.1:${port}`;
  let launcher = launch();
  await ready(launcher, url, () => serverOutput);
  const ended = async (kill: () => void) => {
    if (launcher.exitCode !== null || launcher.signalCode !== null) return launcher.exitCode;
    const exit = once(launcher, "exit");
    kill();
    return ((await exit) as [number | null])[0];
  };
  return {
    url,
    port,
    dataDir,
    output: () => serverOutput,
    writeConfiguration: (text) => writeFile(file, text),
    writePools: (some) => write({ pools: some }),
    writeSettings: (some) => write({ settings: some }),
    end: () => ended(() => launcher.kill("SIGTERM")),
    serverPid: () => onlyChildOf(launcher.pid as number),
    crash: async () => {
      const server = onlyChildOf(launcher.pid as number);
      await ended(() => process.kill(server, "SIGKILL"));
    },
    startAgain: async () => {
      launcher = launch();
      await ready(launcher, url, () => serverOutput);
    },
    stop: async () => {
      await ended(() => launcher.kill("SIGTERM"));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The server behind a launcher. */
function onlyChildOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return Number(children.trim().split(" ")[0]);
}

async function ready(child: ChildProcess, url: string, serverOutput: () => string): Promise<void> {
  for (const until = Date.now() + 300_000; Date.now() < until; await sleep(100)) {
    if (child.exitCode !== null) break;
    const response = await fetch(`${url}/-/ready`).catch(() => null);
    if (response?.ok) return;
  }
  child.kill("SIGTERM");
  throw new Error(`Memfleet did not become ready: ${serverOutput()}`);
}

/** The endpoint as an entry of `servers`. */
export function serverEntry(endpoint: NodeEndpoint): unknown {
  const { id, credentials, tls } = endpoint;
  if (!credentials && !tls) return id;
  return {
    address: id,
    ...(credentials
      ? { auth: { [credentials.kind]: { username: credentials.username, password: credentials.password } } }
      : {}),
    ...(tls ? { tls: { ca: tls.ca } } : {}),
  };
}
