/**
 * Sign-in with an OpenID Connect provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0,
 * section 3.1; RFC 7636). A pending sign-in is in the browser's cookie, sealed (`oidc-pending.ts`).
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration as Client,
  ClientSecretPost,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import type { OidcSettings } from "@/lib/config/contract";
import { type Actor, type SignInProblem, safeNext } from "@/lib/model/access.schema";
import { NotSignedInError } from "@/lib/model/errors";
import { roleOfGroups } from "@/lib/model/roles";
import { PendingSeal, type PendingSignIn } from "./oidc-pending";
import { sameSecret } from "./secrets";
import { shownName } from "./shown-name";

const PENDING_MS = 10 * 60_000;
/** A provider’s `sub` is at most 255 characters (OpenID Connect Core 1.0, section 2). */
const LONGEST_SUBJECT = 255;
/** States that were used, as many as ten minutes of sign-ins bring; the provider refuses a used code as well. */
const USED_LIMIT = 10_000;

/** The path that the provider redirects the browser to, on Memfleet's origin. */
export const OIDC_CALLBACK_PATH = "/api/v1/session/oidc/callback";

const PROBLEMS: Readonly<Record<SignInProblem, string>> = {
  provider: "the identity provider refused the sign-in, or can’t be reached",
  expired: "the sign-in has expired, or was started in another browser",
  noRole: "no role is assigned to this user",
};

/** A sign-in with the provider that failed; the sign-in page shows `problem`. */
export class OidcError extends NotSignedInError {
  constructor(
    readonly problem: SignInProblem,
    options?: ErrorOptions,
  ) {
    super(PROBLEMS[problem], options);
  }
}

export class OidcSignIn {
  private readonly seal = new PendingSeal();
  private readonly used = new Set<string>();
  private discovered: { readonly settings: OidcSettings; readonly client: Promise<Client> } | null = null;

  constructor(private readonly nowMs: () => number) {}

  /** The URL to send the browser to, and the value of its cookie. Throws `OidcError`. */
  async begin(
    settings: OidcSettings,
    origin: string,
    next: string,
  ): Promise<{ url: string; browser: string }> {
    const client = await this.client(settings);
    const state = randomState();
    const verifier = randomPKCECodeVerifier();
    const nonce = randomNonce();
    const untilMs = this.nowMs() + PENDING_MS;
    const browser = this.seal.seal({ state, verifier, nonce, next: safeNext(next), untilMs });
    const url = buildAuthorizationUrl(client, {
      redirect_uri: `${origin}${OIDC_CALLBACK_PATH}`,
      scope: settings.scope,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });
    return { url: url.href, browser };
  }

  /**
   * The authenticated actor, and the page to go to. `search` is the query of the callback, `browser` the value of the
   * browser's cookie. Each state is valid for one attempt. Throws `OidcError`.
   */
  async finish(
    settings: OidcSettings,
    origin: string,
    search: URLSearchParams,
    browser: string | null,
  ): Promise<{ actor: Actor; next: string }> {
    const pending = browser === null ? null : this.seal.open(browser);
    if (pending === null || pending.untilMs < this.nowMs()) throw new OidcError("expired");
    if (!sameSecret(search.get("state") ?? "", pending.state)) throw new OidcError("expired");
    this.use(pending.state);
    const claims = await this.exchange(settings, origin, search, pending);
    const role = roleOfGroups(groupsOf(claims[settings.roleClaim]), settings.roles);
    if (role === null) throw new OidcError("noRole");
    const subject = subjectOf(settings, claims);
    return { actor: { name: nameOf(claims), role, via: "oidc", subject }, next: pending.next };
  }

  /** Each state is valid for one attempt. */
  private use(state: string): void {
    if (this.used.has(state)) throw new OidcError("expired");
    this.used.add(state);
    const [oldest] = this.used;
    if (this.used.size > USED_LIMIT && oldest !== undefined) this.used.delete(oldest);
  }

  private async exchange(
    settings: OidcSettings,
    origin: string,
    search: URLSearchParams,
    pending: PendingSignIn,
  ): Promise<Record<string, unknown>> {
    const client = await this.client(settings);
    // Never from the request's Host: it must equal the redirect URI that the provider was given.
    const callback = new URL(`${origin}${OIDC_CALLBACK_PATH}?${search}`);
    try {
      const tokens = await authorizationCodeGrant(client, callback, {
        pkceCodeVerifier: pending.verifier,
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error("no ID token");
      if (claims[settings.roleClaim] !== undefined || !client.serverMetadata().userinfo_endpoint) {
        return claims;
      }
      return { ...claims, ...(await fetchUserInfo(client, tokens.access_token, claims.sub)) };
    } catch (cause) {
      throw new OidcError("provider", { cause });
    }
  }

  /** The issuer's metadata is fetched once, and again after a failure or a change of the configuration. */
  private async client(settings: OidcSettings): Promise<Client> {
    if (this.discovered === null || JSON.stringify(this.discovered.settings) !== JSON.stringify(settings)) {
      const { issuer, clientId, clientSecret } = settings;
      const authentication = clientSecret === null ? None() : ClientSecretPost(clientSecret);
      // The signature of the ID token is checked, whatever the connection it came by.
      const execute = [enableNonRepudiationChecks];
      if (issuer.startsWith("http:")) execute.push(allowInsecureRequests);
      const client = discovery(new URL(issuer), clientId, undefined, authentication, {
        execute,
        timeout: 10,
      });
      this.discovered = { settings, client };
    }
    try {
      return await this.discovered.client;
    } catch (cause) {
      this.discovered = null;
      throw new OidcError("provider", { cause });
    }
  }
}

function groupsOf(claim: unknown): string[] {
  const list = Array.isArray(claim) ? claim : [claim];
  return list.filter((group): group is string => typeof group === "string");
}

/** What is shown. Two people may have the same name. */
function nameOf(claims: Record<string, unknown>): string {
  for (const name of [claims.preferred_username, claims.email, claims.sub]) {
    if (typeof name === "string" && name.trim() !== "") return shownName(name);
  }
  return "";
}

/** Who it is: the provider never gives a `sub` to somebody else. */
function subjectOf({ issuer }: OidcSettings, { sub }: Record<string, unknown>): string {
  if (typeof sub !== "string" || sub === "" || sub.length > LONGEST_SUBJECT) throw new OidcError("provider");
  return `${issuer}#${sub}`;
}
