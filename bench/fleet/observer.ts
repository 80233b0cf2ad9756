/** Starts the process under measurement and asks it for what it saw. */
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
      // Durations that nothing was measured for are NaN, which JSON cannot say.
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

  tell(message: ToObserved): void {
    this.child.send(message);
  }

  async report(): Promise<Observations> {
    const answer = this.message("report", REPORT_MS);
    this.tell({ kind: "report" });
    return (await answer) as Observations;
  }

  /** Ends it in order, by force when that takes too long. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    const limit = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    if (child.connected) this.tell({ kind: "stop" });
    await gone;
    clearTimeout(limit);
  }

  private message(kind: FromObserved["kind"], withinMs: number): Promise<FromObserved> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(limit);
        this.child.off("message", heard);
        this.child.off("exit", ended);
        act();
      };
      const heard = (message: unknown) => {
        if ((message as FromObserved).kind === kind) settle(() => resolve(message as FromObserved));
      };
      const ended = () => settle(() => reject(new Error("the process under measurement has ended")));
      const limit = setTimeout(
        () => settle(() => reject(new Error(`the process under measurement did not answer: ${kind}`))),
        withinMs,
      );
      this.child.on("message", heard);
      this.child.on("exit", ended);
    });
  }
}
