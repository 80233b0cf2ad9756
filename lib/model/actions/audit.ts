/** Kinds and outcomes of audit entries. Without schemas, for the browser. */
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
  "data_file",
  ...ACTION_KINDS,
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/**
 * `cancelled`: ended before all of it was sent. `running`: the outcome is not known yet. `unknown`: Memfleet stopped
 * before recording the result; the action may or may not have run.
 */
export const AUDIT_OUTCOMES = ["done", "failed", "cancelled", "refused", "running", "unknown"] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];
