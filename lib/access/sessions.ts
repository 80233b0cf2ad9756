/**
 * Sessions. The browser has a random token, the store its hash. A session ends after 8 hours without a request, after
 * 7 days in any case, and as soon as the credential of its sign-in is no longer the configured one.
 */
import type { AuthSettings } from "@/lib/config/contract";
import type { Actor } from "@/lib/model/access.schema";
import { ROLES, type Role } from "@/lib/model/roles";
import { DAY_MS, HOUR_MS } from "@/lib/model/time";
import type { RecordsStore } from "@/lib/records/open";
import type { SessionRow } from "@/lib/records/tables/sessions";
import { newSecret, sameSecret, sha256 } from "./secrets";

export const IDLE_MS = 8 * HOUR_MS;
export const LONGEST_MS = 7 * DAY_MS;
/** How often the time of the last request is written, in milliseconds. */
const SEEN_EVERY_MS = 60_000;

export interface Session {
  readonly actor: Actor;
  readonly hash: string;
  /** When it ends without another request, Unix milliseconds. */
  readonly endsMs: number;
}

export class Sessions {
  constructor(
    private readonly store: RecordsStore,
    private readonly auth: () => AuthSettings,
    private readonly nowMs: () => number,
  ) {}

  /** A new session, always with a new token. Resolves once it is stored. */
  async begin(actor: Actor): Promise<{ token: string; session: Session }> {
    const nowMs = this.nowMs();
    await this.store.call("session.sweep", {
      createdBeforeMs: nowMs - LONGEST_MS,
      seenBeforeMs: nowMs - IDLE_MS,
    });
    const token = newSecret(32);
    const hash = sha256(token);
    const credential = this.credentialOf(actor.via, actor.name) ?? "";
    const { name, role, via, subject = null } = actor;
    const row = { hash, actor: name, subject, role, via, credential, createdMs: nowMs, seenMs: nowMs };
    await this.store.call("session.put", row);
    return { token, session: { actor, hash, endsMs: nowMs + IDLE_MS } };
  }

  /** The session of a token; null when there is none, or it has ended. */
  async find(token: string): Promise<Session | null> {
    if (!/^[\w-]{43}$/.test(token)) return null;
    const row = await this.store.call("session.get", { hash: sha256(token) });
    if (row === null) return null;
    const actor = this.actorOf(row);
    const nowMs = this.nowMs();
    const endsMs = Math.min(row.seenMs + IDLE_MS, row.createdMs + LONGEST_MS);
    if (actor === null || nowMs >= endsMs) {
      await this.end(row.hash);
      return null;
    }
    if (nowMs - row.seenMs >= SEEN_EVERY_MS) {
      await this.store.call("session.seen", { hash: row.hash, seenMs: nowMs });
    }
    return { actor, hash: row.hash, endsMs: Math.min(nowMs + IDLE_MS, row.createdMs + LONGEST_MS) };
  }

  async end(hash: string): Promise<void> {
    await this.store.call("session.delete", { hash });
  }

  /** Ends the session of a token, if it has one. */
  async endToken(token: string): Promise<void> {
    await this.end(sha256(token));
  }

  /** The actor of a session: a user's role is the one configured now. */
  private actorOf(row: SessionRow): Actor | null {
    const via = row.via === "password" || row.via === "oidc" ? row.via : null;
    const credential = via === null ? null : this.credentialOf(via, row.actor);
    if (via === null || credential === null || !sameSecret(credential, row.credential)) return null;
    const role =
      via === "password"
        ? this.auth().users.find(({ name }) => name === row.actor)?.role
        : ROLES.find((role) => role === row.role);
    if (role === undefined || (via === "oidc" && row.subject === null)) return null;
    return { name: row.actor, role, via, ...(row.subject !== null && { subject: row.subject }) };
  }

  /** A fingerprint of the credential; null when it is not configured. */
  private credentialOf(via: Actor["via"], name: string): string | null {
    const { users, oidc } = this.auth();
    if (via === "password") {
      const user = users.find((candidate) => candidate.name === name);
      return user === undefined ? null : sha256(user.passwordHash);
    }
    if (via !== "oidc" || oidc === null) return null;
    // A session must not outlive a change of the group mapping, which may give another role.
    const roles: [string, Role][] = Object.entries(oidc.roles);
    return sha256(JSON.stringify([oidc.issuer, oidc.clientId, oidc.roleClaim, roles]));
  }
}
