/** What the audit knows. Without schemas: the browser filters by these. */

import { ACTION_KINDS } from "./action";

export const AUDIT_KINDS = [
  "sign_in",
  "sign_out",
  "share_create",
  "share_revoke",
  "diagnose",
  "round_trip",
  "mark_patched",
  "action_pause",
  "action_resume",
  "action_cancel",
  ...ACTION_KINDS,
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/**
 * `cancelled`: ended before all of it was sent. `running`: the intention is kept, the outcome is not known yet. `unknown`: Memfleet ended before it could
 * keep the outcome; it may or may not have happened.
 */
export const AUDIT_OUTCOMES = ["done", "failed", "cancelled", "refused", "running", "unknown"] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];
