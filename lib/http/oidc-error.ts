/** Sends a failed sign-in with the identity provider to the sign-in page, which shows why. */
import "server-only";
import { SIGN_IN_PROBLEMS } from "@/lib/model/access.schema";
import { logDefect } from "@/lib/server/lifecycle";

/** The sign-in page's path with the problem. Rethrows any error that is not a sign-in problem. */
export function oidcErrorRedirect(error: unknown): string {
  const code = error instanceof Error && "problem" in error ? error.problem : null;
  const problem = SIGN_IN_PROBLEMS.find((known) => known === code);
  if (problem === undefined) throw error;
  // The provider's own message is for the operator only.
  if (problem === "provider" && error instanceof Error) logDefect(error.cause ?? error);
  return `/sign-in?problem=${problem}`;
}
