/** Whether a write comes from Memfleet's own pages, or from no browser at all. */
import type { Configuration } from "@/lib/config/contract";
import { isUnspecified } from "@/lib/config/listen";
import { ConflictError } from "@/lib/model/errors";
import { formatHostPort } from "@/lib/model/node/node-address";
import { type HeaderReader, localAddress } from "./client-address";

type Deployment = Pick<Configuration, "publicUrl" | "listen">;

/**
 * The origin of links to this dashboard: `publicUrl`, else the listen address. Without a trailing slash. Null when
 * Memfleet listens on all addresses of the machine, because none of them is known to be reachable.
 */
export function ownOrigin({ publicUrl, listen }: Deployment): string | null {
  if (publicUrl !== null) return publicUrl;
  return isUnspecified(listen.host) ? null : listenOrigin(listen);
}

/** The origin of a link that somebody is about to get. @throws ConflictError where there is none */
export function linkOrigin(deployment: Deployment): string {
  const origin = ownOrigin(deployment);
  if (origin !== null) return origin;
  const { host, port } = deployment.listen;
  throw new ConflictError(
    `Memfleet listens on ${formatHostPort(host, port)}, which is no address to open; set publicUrl to the address that people use`,
  );
}

function listenOrigin({ host, port }: Deployment["listen"]): string {
  return new URL(`http://${formatHostPort(host, port)}`).origin;
}

/**
 * Browsers send where a request comes from, and pages cannot change it: accepted from the same origin, or when
 * `Origin` is `publicUrl` or the listen address. A client that sends neither header is not a browser, and has a token.
 * `Origin` is never compared with `Host`, which DNS rebinding would pass.
 */
export function isOwnWrite(headers: HeaderReader, deployment: Deployment): boolean {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  if (site === "same-origin" || (site === null && origin === null)) return true;
  return isOwnOrigin(origin, headers, deployment);
}

/**
 * Whether a read does not come from another site’s page, which cannot see the response but could make nodes work for it.
 * Fetch Metadata decides (https://www.w3.org/TR/fetch-metadata/). Opening a link is allowed, because the response then
 * replaces that page. Browsers send no Fetch Metadata over plain HTTP beyond loopback; `Origin` then tells of a fetch.
 */
export function isOwnRead(headers: HeaderReader, deployment: Deployment): boolean {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  if (site === null) return origin === null || isOwnOrigin(origin, headers, deployment);
  if (site === "same-origin" || site === "none") return true;
  return headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document";
}

/** The literal address of the connection counts: only a page of this process can have it together with its port. */
function isOwnOrigin(
  origin: string | null,
  headers: HeaderReader,
  { publicUrl, listen }: Deployment,
): boolean {
  if (origin === null) return false;
  if (origin === publicUrl || origin === listenOrigin(listen)) return true;
  const host = localAddress(headers);
  return host !== null && origin === listenOrigin({ host, port: listen.port });
}
