import type { AuthSettings, OidcSettings } from "./contract";
import { type PoolFileContext, readEither } from "./pool-files";
import type { AuthFileSettings } from "./schema/auth";

/** Whether anybody can be told from a stranger. `trustedProxies` alone signs nobody in. */
export function isSignInConfigured(auth: AuthSettings): boolean {
  return auth.users.length + auth.tokens.length > 0 || auth.oidc !== null || auth.proxyHeader !== null;
}

/** The section `auth`, its secrets read and its parts held against each other. */
export function resolveAuth(settings: Partial<AuthFileSettings>, reading: PoolFileContext): AuthSettings {
  const { users = [], tokens = [], trustedProxies = [], proxyHeader = null } = settings;
  for (const [list, entries] of Object.entries({ users, tokens })) refuseTwins(list, entries, reading);
  if (proxyHeader !== null && trustedProxies.length === 0) {
    reading.refuse(
      ["auth", "proxyHeader"],
      "no trustedProxies beside it",
      "trustedProxies with the networks of the proxies that set these headers",
    );
  }
  return { users, tokens, oidc: readOidc(settings.oidc, reading), trustedProxies, proxyHeader };
}

function refuseTwins(list: string, entries: readonly { name: string }[], reading: PoolFileContext): void {
  const seen = new Set<string>();
  entries.forEach(({ name }, index) => {
    if (seen.has(name)) {
      reading.refuse(
        ["auth", list, index, "name"],
        JSON.stringify(name),
        "a name of its own: it is there twice",
      );
    }
    seen.add(name);
  });
}

function readOidc(settings: AuthFileSettings["oidc"], reading: PoolFileContext): OidcSettings | null {
  if (settings === undefined) return null;
  const { clientSecretFile, clientSecret: _, ...rest } = settings;
  const secret = readEither(settings, "clientSecret", "clientSecretFile", ["auth", "oidc"], reading);
  // Editors and `echo` end a file with a line break that is not part of the secret.
  const clientSecret = clientSecretFile === undefined ? secret : secret?.replace(/\r?\n$/, "");
  return { ...rest, clientSecret: clientSecret ?? null };
}
