/** A failed sign-in with the identity provider ends on the sign-in page, which says why. */
import "server-only";
import { SIGN_IN_PROBLEMS } from "@/lib/model/access.schema";
import { logDefect } from "@/lib/server/lifecycle";

/** The sign-in page's path with the problem in it. Throws what is no problem of the sign-in. */
export function oidcErrorRedirect(error: unknown): string {
  const named = error instanceof Error && "problem" in error ? error.problem : null;
  const problem = SIGN_IN_PROBLEMS.find((known) => known === named);
  if (problem === undefined) throw error;
  // What the provider said is for the operator's eyes only.
  if (problem === "provider" && error instanceof Error) logDefect(error.cause ?? error);
  return `/sign-in?problem=${problem}`;
}
