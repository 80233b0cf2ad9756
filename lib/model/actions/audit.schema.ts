/** The audit: who did what, when, with what result. */
import { z } from "zod";
import { AUDIT_KINDS, AUDIT_OUTCOMES } from "./audit";

export const auditEntrySchema = z.object({
  id: z.string(),
  atMs: z.number(),
  actor: z.string().meta({ description: "empty when the request was not authenticated" }),
  identity: z.string().meta({
    description:
      "tells people of the same name apart: how they signed in and who they are there, such as `password:alice`; empty when not authenticated, or written by an earlier version",
  }),
  role: z.string().meta({ description: "the actor's role at that time; empty when not authenticated" }),
  kind: z.enum(AUDIT_KINDS),
  target: z.string().meta({
    description:
      "a node's id, a pool's name or a number of nodes when there are several, a share's or action's id, or empty",
  }),
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
