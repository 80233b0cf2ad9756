/** Real memcached processes on loopback, one per call, in every mode. Everything is ended by its own pid. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import type { NodeAddress } from "@/lib/model/node/node-address";
import { freePort } from "./free-port";
import { makeCertificate, makeSaslDatabase, PASSWORD, USERNAME, writeAuthfile } from "./secrets";

export type MemcachedMode = "plain" | "sasl" | "authfile" | "tls" | "unix" | "ascii" | "binary";

export const MEMCACHED_MODES: readonly MemcachedMode[] = [
  "plain",
  "sasl",
  "authfile",
  "tls",
  "unix",
  "ascii",
  "binary",
];

export interface MemcachedOptions {
  readonly mode: MemcachedMode;
  /** More arguments, such as `["-F"]`. */
  readonly args?: readonly string[];
  /** `-m`; 64 when not given, as memcached has it. */
  readonly memoryMb?: number;
  /** A free one when not given. */
  readonly port?: number;
  /** In a PID namespace of its own, where its pid is 1; see `hasContainers`. */
  readonly container?: boolean;
  /** The address to listen on; 127.0.0.1 when not given. */
  readonly host?: string;
}

export interface MemcachedServer {
  /** Where it is and how to sign in to it. `protocol` is `auto`. */
  readonly endpoint: NodeEndpoint;
  readonly pid: number;
  /** Ends it at once, with SIGKILL: in order it takes up to a second. Removes its directory. May be called again. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL; it can be restarted. */
  kill(): Promise<void>;
  /** Stops it with SIGSTOP; resolves once no thread of it runs. */
  freeze(): Promise<void>;
  /** Resumes it after `freeze`. */
  thaw(): void;
  /** Starts a new process at the same address, with the same or with other arguments. */
  restart(args?: readonly string[]): Promise<void>;
}

const CONTAINER = ["unshare", "--pid", "--fork", "--kill-child"];

/** Whether this machine allows PID namespaces. */
export function hasContainers(): boolean {
  const [command = "", ...args] = CONTAINER;
  return spawnSync(command, [...args, "true"]).status === 0;
}

/** Starts one and waits until it accepts connections. */
export async function startMemcached(options: MemcachedOptions): Promise<MemcachedServer> {
  const directory = await mkdtemp(join(tmpdir(), "memfleet-node-"));
  try {
    const plan = await makePlan(options, directory);
    const server = new RunningMemcached(plan, directory);
    await server.restart();
    return server;
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

interface Plan {
  /** What comes before the arguments. */
  readonly command: readonly string[];
  readonly endpoint: NodeEndpoint;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

async function makePlan(
  { mode, args = [], memoryMb = 64, port, host = "127.0.0.1", container = false }: MemcachedOptions,
  directory: string,
): Promise<Plan> {
  const address: NodeAddress =
    mode === "unix"
      ? { kind: "unix", path: join(directory, "memcached.sock") }
      : { kind: "tcp", host, port: port ?? (await freePort()) };
  const base = ["-m", String(memoryMb), "-U", "0", "-t", "2"];
  if (process.getuid?.() === 0) base.push("-u", "root");
  if (address.kind === "unix") base.push("-s", address.path);
  else base.push("-l", address.host, "-p", String(address.port));
  const endpoint: NodeEndpoint = {
    id: address.kind === "unix" ? `unix:${address.path}` : `${address.host}:${address.port}`,
    address,
    protocol: "auto",
    credentials: null,
    tls: null,
  };
  const command = [...(container ? CONTAINER : []), "memcached"];
  const plain: Plan = { command, endpoint, args: [...base, ...args], environment: {} };
  const credentials = { username: USERNAME, password: PASSWORD };
  switch (mode) {
    case "sasl":
      return {
        ...plain,
        endpoint: { ...endpoint, credentials: { kind: "sasl", ...credentials } },
        args: ["-S", ...withoutUdp(plain.args)],
        environment: { SASL_CONF_PATH: await makeSaslDatabase(directory) },
      };
    case "authfile":
      return {
        ...plain,
        endpoint: { ...endpoint, credentials: { kind: "ascii", ...credentials } },
        args: ["-Y", await writeAuthfile(directory), ...withoutUdp(plain.args)],
      };
    case "tls": {
      const { certPath, keyPath } = await makeCertificate(directory);
      return {
        ...plain,
        endpoint: { ...endpoint, tls: { ca: await readFile(certPath, "utf8"), insecureSkipVerify: false } },
        args: ["-Z", "-o", `ssl_chain_cert=${certPath},ssl_key=${keyPath}`, ...plain.args],
      };
    }
    case "ascii":
    case "binary":
      return { ...plain, args: ["-B", mode, ...plain.args] };
    default:
      return plain;
  }
}

/** SASL and authfile nodes refuse to start when UDP is mentioned. */
function withoutUdp(args: readonly string[]): string[] {
  const at = args.indexOf("-U");
  return args.filter((_, index) => index !== at && index !== at + 1);
}

class RunningMemcached implements MemcachedServer {
  readonly endpoint: NodeEndpoint;
  private child: ChildProcess | null = null;
  /** A test run that ends early must not leave servers or passwords behind. */
  private readonly onExit = () => {
    this.child?.kill("SIGKILL");
    rmSync(this.directory, { recursive: true, force: true });
  };

  private readonly onSignal = () => process.exit(143);

  constructor(
    private readonly plan: Plan,
    private readonly directory: string,
  ) {
    this.endpoint = plan.endpoint;
    process.on("exit", this.onExit);
    process.on("SIGTERM", this.onSignal);
  }

  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error(`memcached at ${this.endpoint.id} is not running`);
    return pid;
  }

  async stop(): Promise<void> {
    await this.end("SIGKILL");
    process.off("exit", this.onExit);
    process.off("SIGTERM", this.onSignal);
    await rm(this.directory, { recursive: true, force: true });
  }

  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  async freeze(): Promise<void> {
    process.kill(this.pid, "SIGSTOP");
    const tasks = `/proc/${this.pid}/task`;
    for (;;) {
      const names = await readdir(tasks);
      const stats = await Promise.all(names.map((name) => readFile(join(tasks, name, "stat"), "utf8")));
      if (stats.every((stat) => stat.slice(stat.lastIndexOf(")") + 2).startsWith("T"))) return;
      await sleep(1);
    }
  }

  thaw(): void {
    process.kill(this.pid, "SIGCONT");
  }

  async restart(args: readonly string[] = this.plan.args): Promise<void> {
    await this.end("SIGTERM");
    const environment = { ...process.env, ...this.plan.environment };
    const [command = "memcached", ...before] = this.plan.command;
    const child = spawn(command, [...before, ...args], {
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (chunk) => {
      errors = `${errors}${chunk}`.slice(-2_000);
    });
    child.on("error", (error) => {
      errors = error.message;
    });
    this.child = child;
    for (const until = Date.now() + 10_000; Date.now() < until; await sleep(10)) {
      if (child.exitCode !== null || child.pid === undefined) break;
      if (await accepts(this.endpoint.address)) return;
    }
    await this.end("SIGKILL");
    throw new Error(`memcached ${args.join(" ")} did not start: ${errors}`);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    // A stopped process takes no SIGTERM.
    const hard = setTimeout(() => child.kill("SIGKILL"), 3_000);
    await ended;
    clearTimeout(hard);
    // The process in a container ends after the one that started it.
    if (this.plan.command.length > 1) while (await accepts(this.endpoint.address)) await sleep(5);
  }
}

function accepts(address: NodeAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(
      address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port },
    );
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
