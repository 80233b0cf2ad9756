/** A process on loopback that keeps its data in a folder of its own, and can be stopped and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export interface Engine {
  /** Base address of the query interface. */
  readonly url: string;
  /** Takes remote write. */
  readonly writeUrl: string;
  /** Makes visible what was written: engines may take a second for it. */
  flushed(): Promise<void>;
  /** Ends the process; the data stays. */
  halt(): Promise<void>;
  /** Starts it again where it was. */
  resume(): Promise<void>;
  /** CPU seconds of the process so far, and the memory it holds in bytes. */
  costs(): Promise<{ readonly cpuSeconds: number; readonly bytes: number }>;
  readonly directory: string;
  /** Ends the process and removes the data. */
  stop(): Promise<void>;
}

export interface EnginePlan {
  readonly program: string;
  readonly args: readonly string[];
  readonly url: string;
  readonly writeUrl: string;
  readonly readyUrl: string;
  readonly directory: string;
  readonly flush: () => Promise<void>;
}

export async function startEngine(plan: EnginePlan): Promise<Engine> {
  const engine = new RunningEngine(plan);
  try {
    await engine.resume();
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return engine;
}

class RunningEngine implements Engine {
  readonly url: string;
  readonly writeUrl: string;
  readonly directory: string;
  private child: ChildProcess | null = null;
  private output = "";
  private readonly onExit = () => {
    this.child?.kill("SIGKILL");
    rmSync(this.directory, { recursive: true, force: true });
  };

  constructor(private readonly plan: EnginePlan) {
    this.url = plan.url;
    this.writeUrl = plan.writeUrl;
    this.directory = plan.directory;
    process.on("exit", this.onExit);
  }

  flushed(): Promise<void> {
    return this.plan.flush();
  }

  async resume(): Promise<void> {
    const { program, args, readyUrl } = this.plan;
    const child = spawn(program, [...args], { stdio: ["ignore", "ignore", "pipe"] });
    this.child = child;
    child.stderr.on("data", (chunk) => {
      this.output = `${this.output}${chunk}`.slice(-4_000);
    });
    child.on("error", (error) => {
      this.output = error.message;
    });
    for (const until = Date.now() + 60_000; Date.now() < until; await sleep(100)) {
      if (child.exitCode !== null || child.pid === undefined) break;
      const reply = await fetch(readyUrl).catch(() => null);
      if (reply?.ok) return;
    }
    throw new Error(`${program} did not start: ${this.output}`);
  }

  async halt(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const hard = setTimeout(() => child.kill("SIGKILL"), 20_000);
    await exited;
    clearTimeout(hard);
  }

  async costs(): Promise<{ cpuSeconds: number; bytes: number }> {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error("it does not run");
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/status`, "utf8"),
    ]);
    // Fields 14 and 15, in hundredths of a second; the name before them may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / 100;
    return { cpuSeconds, bytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) * 1_024 };
  }

  async stop(): Promise<void> {
    await this.halt();
    process.off("exit", this.onExit);
    await rm(this.directory, { recursive: true, force: true });
  }
}
