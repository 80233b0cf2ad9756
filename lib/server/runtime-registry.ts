/**
 * Holds the process's one runtime on `globalThis` under a registered symbol, because Next gives instrumentation, the
 * proxy, pages and handlers separate copies of a module. Imports nothing heavy, so that the proxy can use it.
 */
import type { Configuration } from "@/lib/config/contract";

const KEY = Symbol.for("memfleet.runtime");

interface Registered {
  readonly configuration: Configuration;
}

type Holder = { [KEY]?: Registered };

/** Makes `runtime` the one of this process. */
export function registerRuntime(runtime: Registered): void {
  (globalThis as Holder)[KEY] = runtime;
}

/** The runtime; undefined before the process has started it. */
export function registeredRuntime(): Registered | undefined {
  return (globalThis as Holder)[KEY];
}

/** The current configuration; null before the process has started. */
export function currentConfiguration(): Configuration | null {
  return registeredRuntime()?.configuration ?? null;
}
