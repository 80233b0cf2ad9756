/** Who is let in: nobody's, wrong and configured credentials, each on a connection of its own. */
import {
  askUnauthenticated,
  type ConfiguredCredentialsReport,
  type SignInOutcome,
  tryConfiguredCredentials,
  tryWrongCredentials,
  type UnauthenticatedReply,
} from "@/lib/memcached/inspect/auth-check";
import { asNamedError } from "@/lib/model/errors";
import type { Probe } from "../../contract";
import { PROBE_DEADLINES } from "../../deadlines";
import { type Attempt, judgeAuthentication } from "./verdict";

/**
 * At most one wrong sign-in a run, with a made-up name. A node that is down rejects; one that refuses is healthy.
 */
export const authentication: Probe = {
  name: "authentication",
  deadlineMs: 4 * PROBE_DEADLINES.timeoutMs,
  async run(target, context) {
    const { endpoint } = target.node;
    const stranger: UnauthenticatedReply = await askUnauthenticated(endpoint, PROBE_DEADLINES);
    context.signal.throwIfAborted();
    const wrong: Attempt<SignInOutcome> | null =
      stranger.signIn === "none"
        ? null
        : await attempt(tryWrongCredentials(endpoint, PROBE_DEADLINES, stranger.signIn));
    context.signal.throwIfAborted();
    const configured: Attempt<ConfiguredCredentialsReport> | null =
      endpoint.credentials === null
        ? null
        : await attempt(tryConfiguredCredentials(endpoint, PROBE_DEADLINES));
    const { settings } = await target.stats();
    return judgeAuthentication({
      endpoint,
      unauthenticated: stranger,
      wrong,
      configured,
      exposure: await target.exposure(),
      verifyMode: settings?.get("ssl_verify_mode") ?? null,
    });
  },
};

/** An attempt that could not be made is told beside the others; a defect is not caught. */
async function attempt<T>(run: Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await run };
  } catch (error) {
    const named = asNamedError(error);
    if (named === null) throw error;
    return { ok: false, reason: named.message };
  }
}
