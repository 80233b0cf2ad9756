/** Cookies: their names, how they are set, how they are read. */
import type { Configuration } from "@/lib/config/contract";

type Place = Pick<Configuration, "publicUrl" | "listen">;

function isSecure({ publicUrl }: Place): boolean {
  return publicUrl?.startsWith("https:") === true;
}

/**
 * `__Host-` where there is HTTPS: no other host and no page in the clear can set it. Over plain HTTP the name has
 * the port in it, because ports of one host share their cookies.
 */
function nameOf(purpose: string, place: Place): string {
  const name = purpose === "" ? "memfleet" : `memfleet-${purpose}`;
  return isSecure(place) ? `__Host-${name}` : `${name}-${place.listen.port}`;
}

export function sessionCookieName(place: Place): string {
  return nameOf("", place);
}

/** Ties the way to the identity provider and back to one browser. */
export function oidcCookieName(place: Place): string {
  return nameOf("oidc", place);
}

/** Only sent to one share's paths, so the prefix that asks for all paths does not fit. */
export function shareCookieName(place: Place): string {
  return isSecure(place) ? "__Secure-memfleet-share" : `memfleet-share-${place.listen.port}`;
}

/**
 * A `Set-Cookie` value. Lax: whoever follows a link from a chat stays signed in; the checks of writes do not rely
 * on it. `maxAgeSeconds` null: until the browser is closed; 0 removes it.
 */
export function setCookie(
  name: string,
  value: string,
  place: Place,
  { path = "/", maxAgeSeconds }: { path?: string; maxAgeSeconds: number | null },
): string {
  const parts = [`${name}=${value}`, `Path=${path}`, "HttpOnly", "SameSite=Lax"];
  if (isSecure(place)) parts.push("Secure");
  if (maxAgeSeconds !== null) parts.push(`Max-Age=${maxAgeSeconds}`);
  return parts.join("; ");
}

/** The value of a cookie in a `Cookie` header; null when it is not there, or there twice with different values. */
export function readCookie(header: string | null, name: string): string | null {
  const values = new Set<string>();
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) values.add(pair.slice(at + 1).trim());
  }
  const [value] = values;
  return values.size === 1 ? (value ?? null) : null;
}
