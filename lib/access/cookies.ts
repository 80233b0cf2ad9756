/** Cookies: their names, how they are set, how they are read. */
import type { Configuration } from "@/lib/config/contract";

type Deployment = Pick<Configuration, "publicUrl" | "listen">;

function isSecure({ publicUrl }: Deployment): boolean {
  return publicUrl?.startsWith("https:") === true;
}

/**
 * `__Host-` over HTTPS: no other host and no page over plain HTTP can set it. Over plain HTTP the name contains the
 * port, because the ports of one host share their cookies.
 */
function nameOf(purpose: string, deployment: Deployment): string {
  const name = purpose === "" ? "memfleet" : `memfleet-${purpose}`;
  return isSecure(deployment) ? `__Host-${name}` : `${name}-${deployment.listen.port}`;
}

export function sessionCookieName(deployment: Deployment): string {
  return nameOf("", deployment);
}

/** Ties a sign-in with the identity provider to one browser. */
export function oidcCookieName(deployment: Deployment): string {
  return nameOf("oidc", deployment);
}

/** Limited to the paths of one share, so it cannot use `__Host-`, which requires the path `/`. */
export function shareCookieName(deployment: Deployment): string {
  return isSecure(deployment) ? "__Secure-memfleet-share" : `memfleet-share-${deployment.listen.port}`;
}

/**
 * A `Set-Cookie` value. Lax: users who follow a link from a chat stay signed in; the checks of writes do not rely on
 * it. `maxAgeSeconds` null: until the browser is closed; 0 removes the cookie.
 */
export function setCookie(
  name: string,
  value: string,
  deployment: Deployment,
  { path = "/", maxAgeSeconds }: { path?: string; maxAgeSeconds: number | null },
): string {
  const parts = [`${name}=${value}`, `Path=${path}`, "HttpOnly", "SameSite=Lax"];
  if (isSecure(deployment)) parts.push("Secure");
  if (maxAgeSeconds !== null) parts.push(`Max-Age=${maxAgeSeconds}`);
  return parts.join("; ");
}

/** The value of a cookie in a `Cookie` header; null when it is absent, or present with different values. */
export function readCookie(header: string | null, name: string): string | null {
  const values = new Set<string>();
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) values.add(pair.slice(at + 1).trim());
  }
  const [value] = values;
  return values.size === 1 ? (value ?? null) : null;
}
