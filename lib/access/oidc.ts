/**
 * Signing in with an OpenID Connect provider: authorization code with PKCE, state and nonce (OpenID Connect Core
 * 1.0, section 3.1; RFC 7636). What belongs to a sign-in under way is kept here, tied to one browser by a cookie.
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

/** Where the provider sends the browser back to, below our own origin. */
export const OIDC_CALLBACK_PATH = "/api/v1/session/oidc/callback";

interface Pending {
  readonly browser: string;
  readonly verifier: string;
  readonly nonce: string;
  readonly next: string;
  readonly untilMs: number;
}

/** A sign-in with the provider that did not end in a session; `problem` is what the sign-in page says. */
export class OidcError extends NotSignedInError {
  constructor(
    readonly problem: SignInProblem,
    options?: ErrorOptions,
  ) {
    super(`the identity provider's sign-in failed: ${problem}`, options);
  }
}

export class OidcSignIn {
  private readonly pending = new Map<string, Pending>();
  private found: { readonly settings: OidcSettings; readonly client: Promise<Client> } | null = null;

  constructor(private readonly nowMs: () => number) {}

  /** The provider's address to send the browser to, and what its cookie has to hold. Throws `OidcError`. */
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
    this.forgetOld();
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
   * The actor that the provider vouches for, and where to go now. `search` is the callback's query, `browser` what
   * the browser's cookie holds. Each state is good for one try. Throws `OidcError`.
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
    // Never from the request's Host: the provider compares it with what it was told at the beginning.
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
      if (claims[settings.roleClaim] !== undefined || !client.serverMetadata().userinfo_endpoint)
        return claims;
      return { ...claims, ...(await fetchUserInfo(client, tokens.access_token, claims.sub)) };
    } catch (cause) {
      throw new OidcError("provider", { cause });
    }
  }

  /** What the issuer says of itself is asked for once, and again after a failure or a new configuration. */
  private async client(settings: OidcSettings): Promise<Client> {
    if (this.found === null || JSON.stringify(this.found.settings) !== JSON.stringify(settings)) {
      const { issuer, clientId, clientSecret } = settings;
      const authentication = clientSecret === null ? None() : ClientSecretPost(clientSecret);
      const execute = issuer.startsWith("http:") ? [allowInsecureRequests] : [];
      const client = discovery(new URL(issuer), clientId, undefined, authentication, {
        execute,
        timeout: 10,
      });
      this.found = { settings, client };
    }
    try {
      return await this.found.client;
    } catch (cause) {
      this.found = null;
      throw new OidcError("provider", { cause });
    }
  }

  private forgetOld(): void {
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
