/** Whether a write comes from our own pages, or from no page at all. */
import type { Configuration } from "@/lib/config/contract";
import type { HeaderReader } from "./client-address";

/** Where people reach this dashboard: `publicUrl`, else the listen address. Without a slash at the end. */
export function ownOrigin({ publicUrl, listen }: Pick<Configuration, "publicUrl" | "listen">): string {
  if (publicUrl !== null) return publicUrl;
  const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  return new URL(`http://${host}:${listen.port}`).origin;
}

/**
 * Browsers say where a request comes from, and pages cannot change it: accepted from our own origin, or when
 * `Origin` is `publicUrl` or the listen address. What sends neither header is no browser; its token speaks for it.
 * `Origin` is never compared with `Host`, which a rebound name would pass.
 */
export function isOwnWrite(
  headers: HeaderReader,
  configuration: Pick<Configuration, "publicUrl" | "listen">,
): boolean {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  if (site === "same-origin" || (site === null && origin === null)) return true;
  const listen = ownOrigin({ publicUrl: null, listen: configuration.listen });
  return origin !== null && (origin === configuration.publicUrl || origin === listen);
}
