/** Sign-in, sign-out and authentication, whatever the method. */
import type { Configuration } from "@/lib/config/contract";
import type { Actor, SignIn, SignInMethods, Whoami } from "@/lib/model/access.schema";
import { NotFoundError } from "@/lib/model/errors";
import type { AuditRecords } from "@/lib/records/audit";
import type { RecordsStore } from "@/lib/records/open";
import { clientAddress, type HeaderReader } from "./client-address";
import { oidcCookieName, readCookie, sessionCookieName, setCookie } from "./cookies";
import { OidcError, OidcSignIn } from "./oidc";
import { linkOrigin } from "./origin";
import { type Authentication, authenticate, isOpen } from "./recognise";
import { LONGEST_MS, type Session, Sessions } from "./sessions";
import { PasswordSignIn } from "./sign-in";

/** The path that starts a sign-in with the identity provider. */
export const OIDC_PATH = "/api/v1/session/oidc";

/** A sign-in that succeeded, and the cookies to set. */
export interface SignedIn {
  readonly actor: Actor;
  readonly session: Session;
  readonly cookies: readonly string[];
}

export class Access {
  private readonly sessions: Sessions;
  private readonly passwords: PasswordSignIn;
  private readonly oidc: OidcSignIn;

  constructor(
    store: RecordsStore,
    private readonly audit: AuditRecords,
    private readonly configuration: () => Configuration,
    nowMs: () => number,
  ) {
    const auth = () => configuration().auth;
    this.sessions = new Sessions(store, auth, nowMs);
    this.passwords = new PasswordSignIn(auth, this.sessions, audit, nowMs);
    this.oidc = new OidcSignIn(nowMs);
  }

  authenticate(headers: HeaderReader): Promise<Authentication> {
    return authenticate(headers, this.configuration(), this.sessions);
  }

  /** The reply of `GET /api/v1/session`. */
  whoami(actor: Actor, session: Session | null): Whoami {
    const configuration = this.configuration();
    const { readOnly } = configuration;
    return { actor, openAccess: isOpen(configuration), readOnly, sessionEndsMs: session?.endsMs ?? null };
  }

  /** The methods that the sign-in page offers; none with open access. */
  methods(): SignInMethods {
    const { auth } = this.configuration();
    return { password: auth.users.length > 0, oidcPath: auth.oidc === null ? null : OIDC_PATH };
  }

  /** The client's address, for limits and the audit. Empty when unknown. */
  addressOf(headers: HeaderReader): string {
    return clientAddress(headers, this.configuration().auth.trustedProxies);
  }

  /**
   * @throws NotFoundError where no user is configured
   * @throws NotSignedInError, TooManyError
   */
  async signIn(headers: HeaderReader, input: SignIn): Promise<SignedIn> {
    if (!this.methods().password) throw new NotFoundError("no users are configured");
    const { token, session } = await this.passwords.signIn(input, this.addressOf(headers));
    return this.signedIn(headers, token, session);
  }

  /** Ends the session of the request, if it has one. Returns the cookie that removes the browser's. */
  async signOut(headers: HeaderReader, actor: Actor, session: Session | null): Promise<string> {
    const configuration = this.configuration();
    if (session !== null) {
      await this.sessions.end(session.hash);
      const input = { via: actor.via, address: this.addressOf(headers) };
      await this.audit.record({ actor, kind: "sign_out", target: "", input }, "done", "");
    }
    return setCookie(sessionCookieName(configuration), "", configuration, { maxAgeSeconds: 0 });
  }

  /**
   * The URL to send the browser to for a sign-in with the identity provider, and a cookie to set.
   * @throws NotFoundError where none is configured
   * @throws OidcError
   */
  async beginOidc(next: string): Promise<{ location: string; cookie: string }> {
    const configuration = this.configuration();
    const { oidc } = configuration.auth;
    if (oidc === null) throw new NotFoundError("no identity provider is configured");
    const { url, browser } = await this.oidc.begin(oidc, linkOrigin(configuration), next);
    const name = oidcCookieName(configuration);
    return { location: url, cookie: setCookie(name, browser, configuration, { maxAgeSeconds: 600 }) };
  }

  /** The provider has redirected the browser back. @throws NotFoundError, OidcError */
  async finishOidc(headers: HeaderReader, search: URLSearchParams): Promise<SignedIn & { next: string }> {
    const configuration = this.configuration();
    const { oidc } = configuration.auth;
    if (oidc === null) throw new NotFoundError("no identity provider is configured");
    const name = oidcCookieName(configuration);
    const browser = readCookie(headers.get("cookie"), name);
    const input = { via: "oidc", address: this.addressOf(headers) };
    try {
      const { actor, next } = await this.oidc.finish(oidc, linkOrigin(configuration), search, browser);
      await this.audit.record({ actor, kind: "sign_in", target: "", input }, "done", "");
      const { token, session } = await this.sessions.begin(actor);
      const signedIn = await this.signedIn(headers, token, session);
      const cookies = [...signedIn.cookies, setCookie(name, "", configuration, { maxAgeSeconds: 0 })];
      return { ...signedIn, cookies, next };
    } catch (error) {
      // A callback without a pending sign-in is not audited: any client can send as many as it likes.
      if (error instanceof OidcError && error.problem !== "expired") {
        const entry = { actor: null, kind: "sign_in", target: "", input } as const;
        await this.audit.record(entry, "refused", error.message);
      }
      throw error;
    }
  }

  /** Ends the session that the browser had before, so that its token is of no use to others. */
  private async signedIn(headers: HeaderReader, token: string, session: Session): Promise<SignedIn> {
    const configuration = this.configuration();
    const name = sessionCookieName(configuration);
    const before = readCookie(headers.get("cookie"), name);
    if (before !== null) await this.sessions.endToken(before);
    const cookie = setCookie(name, token, configuration, { maxAgeSeconds: LONGEST_MS / 1_000 });
    return { actor: session.actor, session, cookies: [cookie] };
  }
}
