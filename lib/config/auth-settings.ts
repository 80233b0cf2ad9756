import type { AuthSettings, OidcSettings } from "./contract";
import { type PoolFileContext, readEither } from "./pool-files";
import type { AuthFileSettings } from "./schema/auth";

/** Whether any way to sign in is configured. `trustedProxies` alone is none. */
export function isSignInConfigured(auth: AuthSettings): boolean {
  return auth.users.length + auth.tokens.length > 0 || auth.oidc !== null || auth.proxyHeader !== null;
}

/** Resolves the section `auth`: reads its secrets and checks its parts against each other. */
export function resolveAuth(settings: Partial<AuthFileSettings>, context: PoolFileContext): AuthSettings {
  const { users = [], tokens = [], trustedProxies = [], proxyHeader = null } = settings;
  for (const [list, entries] of Object.entries({ users, tokens })) refuseDuplicates(list, entries, context);
  if (proxyHeader !== null && trustedProxies.length === 0) {
    context.refuse(
      ["auth", "proxyHeader"],
      "no trustedProxies",
      "trustedProxies with the networks of the proxies that set these headers",
    );
  }
  return { users, tokens, oidc: readOidc(settings.oidc, context), trustedProxies, proxyHeader };
}

function refuseDuplicates(
  list: string,
  entries: readonly { name: string }[],
  context: PoolFileContext,
): void {
  const names = new Set<string>();
  entries.forEach(({ name }, index) => {
    if (names.has(name)) {
      context.refuse(["auth", list, index, "name"], "a name that is used before", "a unique name");
    }
    names.add(name);
  });
}

function readOidc(settings: AuthFileSettings["oidc"], context: PoolFileContext): OidcSettings | null {
  if (settings === undefined) return null;
  const { clientSecretFile, clientSecret: _, ...rest } = settings;
  const secret = readEither(settings, "clientSecret", "clientSecretFile", ["auth", "oidc"], context);
  // Editors and `echo` end a file with a line break that is not part of the secret.
  const clientSecret = clientSecretFile === undefined ? secret : secret?.replace(/\r?\n$/, "");
  return { ...rest, clientSecret: clientSecret ?? null };
}
