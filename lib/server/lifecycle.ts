/** The life of the server process: start, refusal to start, orderly end. */
import "server-only";
import { ConfigurationError, describeProblem } from "@/lib/model/errors";
import { Runtime, setRuntime } from "./runtime";

/** After a signal the process ends within this time, whatever still hangs. */
const STOP_WITHIN_MS = 4_000;

/** Starts the runtime; on a configuration that cannot be used, says why and exits with 1. */
export async function startProcess(): Promise<void> {
  try {
    const runtime = await Runtime.start(logDefect);
    setRuntime(runtime);
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(runtime));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    log("Memfleet does not start: the configuration cannot be used.");
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

/** A defect of ours: logged with its stack, on the server only. */
export function logDefect(error: unknown): void {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
