/** Share links: the input that creates one, the list of them, and what one shows. */
import { z } from "zod";
import { NODE_STATUSES } from "./node/node-status";
import { markerSchema, seriesSchema } from "./series.schema";
import { SHARE_FIELDS, SHARE_LIMITS, SHARE_MODES } from "./share";

function wholeNumber({ least, most }: { readonly least: number; readonly most: number }) {
  const error = `a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}
const nodeId = z.string({ error: "a node's id" }).min(1).max(250);

/** `POST /api/v1/shares`: `nodes`, or `pool` for the nodes that the pool has when the link is opened. */
export const shareInputSchema = z
  .strictObject({
    nodes: z
      .array(nodeId, { error: `1 to ${SHARE_LIMITS.nodes} node ids` })
      .min(1)
      .max(SHARE_LIMITS.nodes)
      .optional(),
    pool: z.string({ error: "a pool's name" }).min(1).max(250).optional(),
    fields: z
      .array(z.enum(SHARE_FIELDS, { error: `one of ${SHARE_FIELDS.join(", ")}` }), {
        error: `a list of ${SHARE_FIELDS.join(", ")}`,
      })
      .max(SHARE_FIELDS.length)
      .optional(),
    windowMs: wholeNumber(SHARE_LIMITS.windowMs).optional(),
    mode: z.enum(SHARE_MODES, { error: "live or frozen" }).default("live"),
    expiresInSeconds: wholeNumber(SHARE_LIMITS.expiresInSeconds).default(SHARE_LIMITS.expiresInSeconds.usual),
    label: z.string({ error: "a text" }).max(SHARE_LIMITS.labelCharacters).optional(),
    password: z.string({ error: "a text of 1 to 1024 characters" }).min(1).max(1_024).optional(),
    redact: z
      .boolean({ error: "true or false" })
      .default(false)
      .meta({ description: "show `node 1`, `node 2` instead of hosts and addresses" }),
  })
  .refine((input) => (input.nodes === undefined) !== (input.pool === undefined), {
    error: "either nodes or pool",
    path: ["nodes"],
  });
export type ShareInput = z.input<typeof shareInputSchema>;

/** The answer to making one. The addresses hold the token, which is shown this once. */
export const shareMadeSchema = z.object({
  id: z.string(),
  url: z.string(),
  badgeUrl: z.string(),
  expiresMs: z.number(),
});
export type ShareMade = z.infer<typeof shareMadeSchema>;

/** A share as the people who manage it see it: never its token. */
const shareSchema = z.object({
  id: z.string(),
  label: z.string().nullable(),
  pool: z.string().nullable().meta({ description: "the shared pool; null when it is a list of nodes" }),
  nodes: z.array(z.string()).meta({ description: "the nodes when it was made" }),
  fields: z.array(z.enum(SHARE_FIELDS)),
  windowMs: z.number(),
  mode: z.enum(SHARE_MODES),
  redacted: z.boolean(),
  hasPassword: z.boolean(),
  createdBy: z.string(),
  createdByIdentity: z.string().meta({
    description: "tells people of the same name apart; empty for a share of an earlier version",
  }),
  createdMs: z.number(),
  expiresMs: z.number(),
  lastUsedMs: z.number().nullable(),
  uses: z.number().meta({ description: "times the page was opened" }),
  mayRevoke: z.boolean().meta({ description: "whether the caller may revoke it" }),
});
export type Share = z.infer<typeof shareSchema>;

/** `GET /api/v1/shares`: active ones, newest first. */
export const sharesSchema = z.object({ shares: z.array(shareSchema) });
export type Shares = z.infer<typeof sharesSchema>;

/** `POST /s/{token}/unlock` */
export const unlockSchema = z.strictObject({
  password: z.string({ error: "a text of 1 to 1024 characters" }).min(1).max(1_024),
});

const figure = z.number().nullable();
const shown = {
  hitRatio: figure.meta({ description: "0..1 over the last 60 s" }),
  bytes: figure,
  limitMaxbytes: figure,
  currConnections: figure,
  maxConnections: figure,
};

const sharedNodeSchema = z.object({
  name: z.string().meta({ description: "the node's id, or `node 1` when redacted" }),
  status: z.enum(NODE_STATUSES),
  statusSinceMs: figure,
  version: z.string().nullable(),
  ...shown,
});
export type SharedNode = z.infer<typeof sharedNodeSchema>;

/**
 * `GET /s/{token}/status.json`, and all that the page shows. A value is null when it is not in `fields` or not
 * known. Everything comes from collected data: opening a share never queries a node.
 */
export const shareStatusSchema = z.object({
  label: z.string().nullable(),
  mode: z.enum(SHARE_MODES),
  pool: z.string().nullable().meta({ description: "the pool's name when a pool is shared" }),
  fields: z.array(z.enum(SHARE_FIELDS)),
  redacted: z.boolean(),
  atMs: z.number().nullable().meta({ description: "when the newest data shown was collected" }),
  servedMs: z.number().meta({ description: "when this was answered; its age is servedMs - atMs" }),
  frozenMs: z.number().nullable().meta({ description: "when it was frozen; null when live" }),
  expiresMs: z.number(),
  windowMs: z.number(),
  summary: z.object({ nodes: z.number(), up: z.number(), ...shown }),
  nodes: z.array(sharedNodeSchema),
  series: seriesSchema.nullable().meta({
    description:
      "charts of the ticked fields among hit_ratio, bytes, limit_maxbytes, curr_connections; `node` is the shown name",
  }),
  markers: z.array(markerSchema).meta({ description: "`node` is the shown name; `text` is empty" }),
});
export type ShareStatus = z.infer<typeof shareStatusSchema>;

/** A share as its page gets it. */
export type OpenedShare =
  | { readonly locked: true }
  | { readonly locked: false; readonly status: ShareStatus };
