/** Starts the process under measurement and requests its observations. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { FromObserved, Observations, ToObserved } from "./messages";

const PROJECT = join(import.meta.dirname, "..", "..");
const START_MS = 120_000;
const REPORT_MS = 30_000;
const STOP_MS = 4_000;

export class Observer {
  private constructor(private readonly child: ChildProcess) {}

  /** `profileDir`: where a CPU profile of every thread is written when the process ends. */
  static async start(configFile: string, profileDir: string | null): Promise<Observer> {
    const typescript = join(PROJECT, "tests", "typescript.mjs");
    const profile = profileDir === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileDir}`];
    const child = fork(join(import.meta.dirname, "observed.ts"), {
      cwd: PROJECT,
      env: { ...process.env, MEMFLEET_CONFIG: configFile, NODE_ENV: "production" },
      // A duration without a measurement is NaN, which JSON cannot represent.
      serialization: "advanced",
      execArgv: ["--conditions=react-server", "--import", typescript, ...profile],
    });
    const observer = new Observer(child);
    try {
      await observer.message("ready", START_MS);
      return observer;
    } catch (error) {
      await observer.stop();
      throw error;
    }
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error("the process did not start");
    return this.child.pid;
  }

  send(message: ToObserved): void {
    this.child.send(message);
  }

  async report(): Promise<Observations> {
    const report = this.message("report", REPORT_MS);
    this.send({ kind: "report" });
    return (await report) as Observations;
  }

  /** Stops it gracefully, by force when that takes too long. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    const limit = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    if (child.connected) this.send({ kind: "stop" });
    await exited;
    clearTimeout(limit);
  }

  private message(kind: FromObserved["kind"], withinMs: number): Promise<FromObserved> {
    return new Promise((resolve, reject) => {
      const finish = (act: () => void) => {
        clearTimeout(limit);
        this.child.off("message", onMessage);
        this.child.off("exit", onExit);
        act();
      };
      const onMessage = (message: unknown) => {
        if ((message as FromObserved).kind === kind) finish(() => resolve(message as FromObserved));
      };
      const onExit = () => finish(() => reject(new Error("the process under measurement has ended")));
      const limit = setTimeout(
        () => finish(() => reject(new Error(`the process under measurement did not respond: ${kind}`))),
        withinMs,
      );
      this.child.on("message", onMessage);
      this.child.on("exit", onExit);
    });
  }
}
