/** Authenticates a request: by bearer token, session cookie, a trusted proxy's header, or as open access. */
import { isSignInConfigured } from "@/lib/config/auth-settings";
import type { AuthSettings, Configuration } from "@/lib/config/contract";
import { isLoopback } from "@/lib/config/listen";
import type { Actor } from "@/lib/model/access.schema";
import { roleOfGroups } from "@/lib/model/roles";
import { type HeaderReader, isFromTrusted } from "./client-address";
import { readCookie, sessionCookieName } from "./cookies";
import { sameSecret, sha256 } from "./secrets";
import type { Session, Sessions } from "./sessions";
import { shownName } from "./shown-name";

export type Authentication =
  | { readonly actor: Actor; readonly session: Session | null }
  /** `noRole`: the proxy authenticated the user, but none of their groups has a role. */
  | { readonly actor: null; readonly why: "nobody" | "badToken" | "noRole" };

const LONGEST_PROXY_USER = 250;

const NOBODY: Authentication = { actor: null, why: "nobody" };

/** Open access: Memfleet listens on loopback, and no sign-in is configured. */
export function isOpen({ auth, listen }: Pick<Configuration, "auth" | "listen">): boolean {
  return isLoopback(listen.host) && !isSignInConfigured(auth);
}

export async function authenticate(
  headers: HeaderReader,
  configuration: Configuration,
  sessions: Sessions,
): Promise<Authentication> {
  if (isOpen(configuration)) return { actor: { name: "local", role: "admin", via: "open" }, session: null };
  const { auth } = configuration;
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "");
  if (bearer) return tokenHolder(bearer[1] as string, auth);
  const cookie = readCookie(headers.get("cookie"), sessionCookieName(configuration));
  const session = cookie === null ? null : await sessions.find(cookie);
  if (session !== null) return { actor: session.actor, session };
  return proxied(headers, auth);
}

/** Compares every token, so that the time does not reveal which one nearly matched. */
function tokenHolder(secret: string, { tokens }: AuthSettings): Authentication {
  const hash = sha256(secret);
  const [match] = tokens.filter((token) => sameSecret(token.hash, hash));
  if (match === undefined) return { actor: null, why: "badToken" };
  return { actor: { name: match.name, role: match.role, via: "token" }, session: null };
}

function proxied(headers: HeaderReader, { proxyHeader, trustedProxies }: AuthSettings): Authentication {
  if (proxyHeader === null || !isFromTrusted(headers, trustedProxies)) return NOBODY;
  const subject = headers.get(proxyHeader.user)?.trim() ?? "";
  // A longer one is not cut: two people could then be one.
  if (subject === "" || subject.length > LONGEST_PROXY_USER) return NOBODY;
  const name = shownName(subject);
  const groups = (headers.get(proxyHeader.groups) ?? "").split(",").map((group) => group.trim());
  const role = roleOfGroups(groups, proxyHeader.roles);
  return role === null
    ? { actor: null, why: "noRole" }
    : { actor: { name, role, via: "proxy", ...(name !== subject && { subject }) }, session: null };
}
