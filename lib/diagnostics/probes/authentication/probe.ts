/** Who is let in: connections without credentials, with wrong ones, and with the configured ones. */
import {
  askUnauthenticated,
  type ConfiguredCredentialsReport,
  type SignInOutcome,
  tryConfiguredCredentials,
  tryWrongCredentials,
} from "@/lib/memcached/inspect/auth-check";
import { attempt } from "../../attempt";
import { PROBE_DEADLINES, type Probe } from "../../contract";
import { judgeAuthentication } from "./verdict";

/**
 * At most one wrong sign-in a run, with a generated name. Rejects for a node that is down; a node that refuses is
 * healthy.
 */
export const authentication: Probe = {
  name: "authentication",
  deadlineMs: 4 * PROBE_DEADLINES.timeoutMs,
  async run(target, context) {
    const { endpoint } = target.node;
    const unauthenticated = await askUnauthenticated(endpoint, PROBE_DEADLINES);
    context.signal.throwIfAborted();
    const wrong =
      unauthenticated.signIn === "none"
        ? null
        : await attempt<SignInOutcome>(
            tryWrongCredentials(endpoint, PROBE_DEADLINES, unauthenticated.signIn),
          );
    context.signal.throwIfAborted();
    const configured =
      endpoint.credentials === null
        ? null
        : await attempt<ConfiguredCredentialsReport>(tryConfiguredCredentials(endpoint, PROBE_DEADLINES));
    const { settings } = await target.stats();
    return judgeAuthentication({
      endpoint,
      unauthenticated,
      wrong,
      configured,
      exposure: await target.exposure(),
      verifyMode: settings?.get("ssl_verify_mode") ?? null,
    });
  },
};
