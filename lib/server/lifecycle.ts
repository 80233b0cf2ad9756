/** Start, refusal to start, and orderly end of the server process. */
import "server-only";
import { ConfigurationError, describeProblem } from "@/lib/model/errors";
import { Runtime, setRuntime } from "./runtime";

/** After a signal the process ends within this time, even if something hangs. */
const STOP_WITHIN_MS = 4_000;

/** Starts the runtime. With an invalid configuration it prints every problem and exits with 1. */
export async function startProcess(): Promise<void> {
  try {
    const runtime = await Runtime.start(logDefect);
    setRuntime(runtime);
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(runtime));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    log("Memfleet can’t start: the configuration is invalid.");
    for (const problem of error.problems) log(`  ${describeProblem(problem)}`);
    process.exit(1);
  }
}

async function stop(runtime: Runtime): Promise<void> {
  const limit = setTimeout(() => process.exit(1), STOP_WITHIN_MS);
  limit.unref();
  await runtime.close();
  process.exit(0);
}

/** Logs a defect of Memfleet with its stack, on the server only. */
export function logDefect(error: unknown): void {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
