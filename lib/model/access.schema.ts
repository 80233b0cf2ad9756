/** Who the caller is, what they may do, and how they signed in. */
import { z } from "zod";
import { ROLES, type Role } from "./roles";

/**
 * What an endpoint requires of its caller. `public`: nothing. `share`: the token in its path is all the authority
 * there is. A role: an actor of at least that role.
 */
export type Access = "public" | "share" | Role;

/** How an actor was recognised. `open`: there is no sign-in, and Memfleet listens on loopback only. */
const ACTOR_SOURCES = ["open", "password", "oidc", "token", "proxy"] as const;

const actorSchema = z.object({
  name: z.string().meta({ description: "as configured, or as given by the identity provider" }),
  role: z.enum(ROLES),
  via: z.enum(ACTOR_SOURCES),
  subject: z.string().optional().meta({
    description: "who it is where they signed in, when that is not the name: the provider's issuer and `sub`",
  }),
});
export type Actor = z.infer<typeof actorSchema>;

/** Whom the audit names. `via` is absent for Memfleet itself. */
export type AuditActor = Pick<Actor, "name" | "role"> & Partial<Pick<Actor, "via" | "subject">>;

/**
 * Tells people apart: how somebody signed in, and who they are there. The name alone is what is shown, and two people
 * may have the same.
 */
export function identityOf({ name, via = "open", subject = name }: AuditActor): string {
  return via === "open" ? name : `${via}:${subject}`;
}

/** `GET /api/v1/session`, and the answer to a sign-in. */
export const whoamiSchema = z.object({
  actor: actorSchema,
  openAccess: z.boolean().meta({
    description: "no sign-in is configured: everyone on this machine is admin",
  }),
  readOnly: z.boolean().meta({ description: "every write is refused" }),
  /** End of the session without further requests; null where there is no session to end. */
  sessionEndsMs: z.number().nullable(),
});
export type Whoami = z.infer<typeof whoamiSchema>;

/** `POST /api/v1/session` */
export const signInSchema = z.strictObject({
  username: z.string({ error: "a text of 1 to 250 characters" }).min(1).max(250),
  password: z.string({ error: "a text of 1 to 1024 characters" }).min(1).max(1_024),
});
export type SignIn = z.infer<typeof signInSchema>;

/** What the sign-in page offers. */
export interface SignInMethods {
  readonly password: boolean;
  /** Where a browser begins to sign in with the identity provider; null when none is configured. */
  readonly oidcPath: string | null;
}

/** Why the identity provider's sign-in did not end in a session: `/sign-in?problem=…`. */
export const SIGN_IN_PROBLEMS = ["provider", "expired", "noRole"] as const;
export type SignInProblem = (typeof SIGN_IN_PROBLEMS)[number];

const NEXT = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}$/;

/**
 * A path of our own to go to after signing in: begins with one slash, so that it cannot name another host.
 * `/` for anything else.
 */
export function safeNext(text: string | null | undefined): string {
  if (!text || !NEXT.test(text)) return "/";
  return /^\/(sign-in|api|s)(\/|\?|$)/.test(text) ? "/" : text;
}
