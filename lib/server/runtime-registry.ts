/**
 * Holds the process's one runtime on `globalThis` under a registered symbol, because Next gives instrumentation, the
 * proxy, pages and handlers separate copies of a module. Imports nothing heavy, so that the proxy can use it.
 */
import { isAllowedHost } from "@/lib/config/allowed-hosts";
import type { Configuration } from "@/lib/config/contract";

const KEY = Symbol.for("memfleet.runtime");
/** Read by `bin/server/request-rules.mjs`, which checks the host before Next can redirect a request. */
const HOST_CHECK = Symbol.for("memfleet.hostCheck");

interface Registered {
  readonly configuration: Configuration;
}

type HostCheck = (host: string | null, localAddress: string | null) => boolean;
type Holder = { [KEY]?: Registered; [HOST_CHECK]?: HostCheck };

/** Makes `runtime` the one of this process. */
export function registerRuntime(runtime: Registered): void {
  const holder = globalThis as Holder;
  holder[KEY] = runtime;
  holder[HOST_CHECK] = (host, localAddress) => isAllowedHost(host, runtime.configuration, localAddress);
}

/** The runtime; undefined before the process has started it. */
export function registeredRuntime(): Registered | undefined {
  return (globalThis as Holder)[KEY];
}

/** The current configuration; null before the process has started. */
export function currentConfiguration(): Configuration | null {
  return registeredRuntime()?.configuration ?? null;
}
