/** Start, refusal to start, and orderly end of the server process. */
import "server-only";
import { readEnvironment } from "@/lib/config/environment";
import { readConfiguration } from "@/lib/config/load";
import { asNamedError, ConfigurationError, describeProblem } from "@/lib/model/errors";
import { loadNativeModule } from "@/lib/store/native-module";
import { Runtime, setRuntime } from "./runtime";

/** After a signal the process ends within this time, even if something hangs. */
const STOP_WITHIN_MS = 4_000;

/** Starts the runtime. Where that is not possible it prints why and exits with 1: half a server answers 500 for ever. */
export async function startProcess(): Promise<void> {
  try {
    if (readEnvironment().checkOnly) return checkConfiguration();
    await loadNativeModule();
    const runtime = await Runtime.start(logDefect);
    setRuntime(runtime);
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(runtime));
  } catch (error) {
    reportRefusal(error);
    process.exit(1);
  }
}

/** Ends the process with 0. @throws ConfigurationError */
function checkConfiguration(): void {
  const { problems } = readConfiguration(readEnvironment());
  if (problems.length > 0) throw new ConfigurationError(problems);
  process.exit(0);
}

function reportRefusal(error: unknown): void {
  if (error instanceof ConfigurationError) {
    log("Memfleet can’t start: the configuration is invalid.");
    for (const problem of error.problems) log(`  ${describeProblem(problem)}`);
    return;
  }
  const named = asNamedError(error);
  log(`Memfleet can’t start: ${named?.message ?? "internal error"}.`);
  if (named === null) logDefect(error);
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
