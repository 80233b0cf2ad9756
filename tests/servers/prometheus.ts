/** A real Prometheus on loopback with its own data, and promtool. Ended by its own pid. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port";

export interface PrometheusSample {
  readonly metric: Readonly<Record<string, string>>;
  /** Unix seconds and the value as text. */
  readonly value: readonly [atSeconds: number, value: string];
}
export interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [atSeconds: number, value: string])[];
}

export interface Prometheus {
  readonly url: string;
  /** An instant vector. Throws with Prometheus' own words for an expression that it refuses. */
  query(expression: string): Promise<PrometheusSample[]>;
  range(expression: string, fromSeconds: number, toSeconds: number): Promise<PrometheusSeries[]>;
  /** Any other endpoint below /api/v1. */
  api<T>(path: string): Promise<T>;
  stop(): Promise<void>;
}

/** Starts it with this configuration (JSON is YAML) and waits until it is ready. */
export async function startPrometheus(
  configuration: unknown,
  files: Readonly<Record<string, string>> = {},
): Promise<Prometheus> {
  const directory = await mkdtemp(join(tmpdir(), "memfleet-prometheus-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await writeFile(join(directory, "prometheus.yml"), JSON.stringify(configuration));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const child = spawn(
    "prometheus",
    [
      `--config.file=${join(directory, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(directory, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=warn",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let output = "";
  child.stderr.on("data", (chunk) => {
    output = `${output}${chunk}`.slice(-4_000);
  });
  child.on("error", (error) => {
    output = error.message;
  });
  const onExit = () => {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  };
  process.on("exit", onExit);
  const stop = async () => {
    await ended(child);
    process.off("exit", onExit);
    await rm(directory, { recursive: true, force: true });
  };
  const api = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}/api/v1/${path}`);
    const body = (await response.json()) as { status: string; error?: string; data: T };
    if (body.status !== "success") throw new Error(`${path}: ${body.error}`);
    return body.data;
  };
  try {
    await ready(url, child);
  } catch (error) {
    await stop();
    throw new Error(`Prometheus did not start: ${output}`, { cause: error });
  }
  return {
    url,
    api,
    stop,
    query: async (expression) => {
      const query = new URLSearchParams({ query: expression });
      return (await api<{ result: PrometheusSample[] }>(`query?${query}`)).result;
    },
    range: async (expression, fromSeconds, toSeconds) => {
      const query = new URLSearchParams({
        query: expression,
        start: String(fromSeconds),
        end: String(toSeconds),
        step: "1",
      });
      return (await api<{ result: PrometheusSeries[] }>(`query_range?${query}`)).result;
    },
  };
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (const until = Date.now() + 30_000; Date.now() < until; await sleep(100)) {
    if (child.exitCode !== null || child.pid === undefined) break;
    const reply = await fetch(`${url}/-/ready`).catch(() => null);
    if (reply?.ok) return;
  }
  throw new Error("not ready");
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const hard = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exited;
  clearTimeout(hard);
}

/** Runs promtool to its end. `output` is what it wrote to stdout and stderr. */
export async function promtool(
  args: readonly string[],
  input = "",
  cwd?: string,
): Promise<{ code: number | null; output: string }> {
  const child = spawn("promtool", [...args], { cwd, stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}
