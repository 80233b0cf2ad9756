/**
 * Sign-in with an OpenID Connect provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0,
 * section 3.1; RFC 7636). A pending sign-in is in memory only, tied to one browser by a cookie.
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration as Client,
  ClientSecretPost,
  calculatePKCECodeChallenge,
  discovery,
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
import { newSecret, sameSecret } from "./secrets";

const PENDING_MS = 10 * 60_000;
const PENDING_LIMIT = 1_000;

/** The path that the provider redirects the browser to, on Memfleet's origin. */
export const OIDC_CALLBACK_PATH = "/api/v1/session/oidc/callback";

interface Pending {
  readonly browser: string;
  readonly verifier: string;
  readonly nonce: string;
  readonly next: string;
  readonly untilMs: number;
}

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
  private readonly pending = new Map<string, Pending>();
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
    const browser = newSecret(32);
    const verifier = randomPKCECodeVerifier();
    const nonce = randomNonce();
    this.dropExpired();
    const untilMs = this.nowMs() + PENDING_MS;
    this.pending.set(state, { browser, verifier, nonce, next: safeNext(next), untilMs });
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
    const state = search.get("state") ?? "";
    const pending = this.pending.get(state);
    this.pending.delete(state);
    if (pending === undefined || pending.untilMs < this.nowMs()) throw new OidcError("expired");
    if (browser === null || !sameSecret(browser, pending.browser)) throw new OidcError("expired");
    const claims = await this.exchange(settings, origin, search, state, pending);
    const role = roleOfGroups(groupsOf(claims[settings.roleClaim]), settings.roles);
    if (role === null) throw new OidcError("noRole");
    return { actor: { name: nameOf(claims), role, via: "oidc" }, next: pending.next };
  }

  private async exchange(
    settings: OidcSettings,
    origin: string,
    search: URLSearchParams,
    state: string,
    pending: Pending,
  ): Promise<Record<string, unknown>> {
    const client = await this.client(settings);
    // Never from the request's Host: it must equal the redirect URI that the provider was given.
    const callback = new URL(`${origin}${OIDC_CALLBACK_PATH}?${search}`);
    try {
      const tokens = await authorizationCodeGrant(client, callback, {
        pkceCodeVerifier: pending.verifier,
        expectedState: state,
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
      const execute = issuer.startsWith("http:") ? [allowInsecureRequests] : [];
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

  private dropExpired(): void {
    const nowMs = this.nowMs();
    for (const [state, { untilMs }] of this.pending) {
      if (untilMs >= nowMs && this.pending.size < PENDING_LIMIT) break;
      this.pending.delete(state);
    }
  }
}

function groupsOf(claim: unknown): string[] {
  const list = Array.isArray(claim) ? claim : [claim];
  return list.filter((group): group is string => typeof group === "string");
}

function nameOf(claims: Record<string, unknown>): string {
  for (const name of [claims.preferred_username, claims.email, claims.sub]) {
    if (typeof name === "string" && name !== "") return name.slice(0, 250);
  }
  return "";
}
