/** Whether a write comes from Memfleet's own pages, or from no browser at all. */
import type { Configuration } from "@/lib/config/contract";
import type { HeaderReader } from "./client-address";

/** The origin of this dashboard: `publicUrl`, else the listen address. Without a trailing slash. */
export function ownOrigin({ publicUrl, listen }: Pick<Configuration, "publicUrl" | "listen">): string {
  if (publicUrl !== null) return publicUrl;
  const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
  return new URL(`http://${host}:${listen.port}`).origin;
}

/**
 * Browsers send where a request comes from, and pages cannot change it: accepted from the same origin, or when
 * `Origin` is `publicUrl` or the listen address. A client that sends neither header is not a browser, and has a token.
 * `Origin` is never compared with `Host`, which DNS rebinding would pass.
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
