/** The audit: who did what, when, with what result. */
import { z } from "zod";

export const AUDIT_KINDS = ["sign_in", "sign_out", "share_create", "share_revoke", "flush_all"] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/**
 * `running`: the intention is kept, the outcome is not known yet. `unknown`: Memfleet ended before it could
 * keep the outcome; it may or may not have happened.
 */
export const AUDIT_OUTCOMES = ["done", "failed", "refused", "running", "unknown"] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export const auditEntrySchema = z.object({
  id: z.string(),
  atMs: z.number(),
  actor: z.string().meta({ description: "empty when nobody was recognised" }),
  role: z.string().meta({ description: "the actor's role at that time; empty when nobody was recognised" }),
  kind: z.enum(AUDIT_KINDS),
  target: z.string().meta({ description: "a node's id, a share's id, or empty" }),
  input: z.record(z.string(), z.unknown()),
  outcome: z.enum(AUDIT_OUTCOMES),
  detail: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditSchema = z.object({
  entries: z.array(auditEntrySchema).meta({ description: "newest first" }),
  nextCursor: z.string().nullable(),
});
export type Audit = z.infer<typeof auditSchema>;
