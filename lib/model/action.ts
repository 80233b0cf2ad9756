/** Acting on nodes: what may be asked for, and how an action is told. */
import { z } from "zod";
import { LACKING_REASONS } from "./capability";
import { NODE_STATUSES } from "./reasons";

export const ACTION_KINDS = ["flush_all"] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

const nodeId = z.string({ error: "a node's id" }).min(1).max(250);

/** `POST /api/v1/actions`. `confirm` repeats the node's id. */
export const actionInputSchema = z.strictObject({
  kind: z.enum(ACTION_KINDS, { error: `one of ${ACTION_KINDS.join(", ")}` }),
  nodes: z.array(nodeId, { error: "a list of one node id" }).length(1, "a list of one node id"),
  input: z.strictObject({}).default({}),
  confirm: z.string({ error: "the node's id" }).max(250),
  idempotencyKey: z
    .string({ error: "a text of 1 to 100 characters" })
    .min(1)
    .max(100)
    .optional()
    .meta({ description: "the same key of the same actor never acts twice" }),
});
export type ActionInput = z.input<typeof actionInputSchema>;

export const ACTION_STATES = ["running", "paused", "done", "failed", "cancelled"] as const;
export type ActionState = (typeof ACTION_STATES)[number];
export const TARGET_STATES = ["pending", "sent", "verified", "failed", "skipped", "cancelled"] as const;
export type TargetState = (typeof TARGET_STATES)[number];

/** Numbers a node reported before and after. Bytes and counts; null: not reported. */
export const nodeFiguresSchema = z.object({
  atMs: z.number(),
  cmdFlush: z.number().nullable(),
  currItems: z.number().nullable(),
  bytes: z.number().nullable(),
});
export type NodeFigures = z.infer<typeof nodeFiguresSchema>;

export const actionTargetSchema = z.object({
  node: z.string(),
  state: z.enum(TARGET_STATES),
  detail: z.string().nullable().meta({ description: "what was seen, in English" }),
  before: nodeFiguresSchema.nullable(),
  after: nodeFiguresSchema.nullable(),
});
export type ActionTarget = z.infer<typeof actionTargetSchema>;

export const actionSchema = z.object({
  id: z.string(),
  kind: z.enum(ACTION_KINDS),
  actor: z.string(),
  state: z.enum(ACTION_STATES),
  targets: z.array(actionTargetSchema),
  startedMs: z.number(),
  endedMs: z.number().nullable(),
});
export type Action = z.infer<typeof actionSchema>;

export const actionsSchema = z.object({ actions: z.array(actionSchema), nextCursor: z.string().nullable() });
export type Actions = z.infer<typeof actionsSchema>;

/** `GET /api/v1/actions/preview`: what would be hit, from what was collected last. */
export const actionPreviewSchema = z.object({
  kind: z.enum(ACTION_KINDS),
  confirm: z.string().meta({ description: "what `confirm` has to be" }),
  production: z.boolean().meta({ description: "the pool is labelled env: production" }),
  node: z.string(),
  pool: z.string(),
  status: z.enum(NODE_STATUSES),
  version: z.string().nullable(),
  atMs: z.number().nullable().meta({ description: "when these numbers were collected" }),
  items: z.number().nullable(),
  bytes: z.number().nullable(),
  hitsPerSecond: z.number().nullable().meta({ description: "hits that will become misses" }),
  flushEnabled: z
    .boolean()
    .nullable()
    .meta({ description: "false: it will be refused; null: not known yet" }),
  lacking: z.enum(LACKING_REASONS).nullable().meta({ description: "why the node cannot do it" }),
});
export type ActionPreview = z.infer<typeof actionPreviewSchema>;
