/**
 * Query schemas of the reads. Validation is strict; errors name the parameter, what was found, and what is allowed.
 */
import { z } from "zod";
import { ACTION_KINDS, ACTION_STATES, KEY_ENCODINGS } from "../actions/action";
import { AUDIT_KINDS } from "../actions/audit";
import { COMPARE_NODES } from "../compare";
import { FINDING_FORMS, PROBES, SEVERITIES } from "../findings/finding";
import { FLEET_SORTS } from "../fleet-sort";
import { NODE_STATUSES } from "../node/node-status";
import { SERIES_LIMITS } from "../series";
import { AGGREGATES } from "../series.schema";
import { INSTANT } from "../window";

const text = z.string({ error: "text of at most 250 characters" }).max(250, "at most 250 characters");
const instant = z.string().regex(INSTANT, "Unix milliseconds, now, or now-<number><s|m|h|d>");

function wholeNumber(from: number, to: number) {
  const error = `a whole number from ${from} to ${to}`;
  return z.coerce.number({ error }).int({ error }).min(from, { error }).max(to, { error });
}

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `one of ${values.join(", ")}` });
}

export const fleetQuerySchema = z.strictObject({
  pool: text.optional(),
  status: oneOf(NODE_STATUSES).optional(),
  label: text.optional().meta({ description: "name or name=value" }),
  version: text.optional(),
  q: text.optional().meta({ description: "part of a node's id, pool, version or label" }),
  sort: oneOf(FLEET_SORTS).optional(),
  order: oneOf(["asc", "desc"]).optional(),
  limit: wholeNumber(1, 10_000).optional(),
  cursor: text.optional(),
  form: oneOf(["nodes", "columns"])
    .optional()
    .meta({ description: "columns: a compact form that writes repeated values once; nodes when absent" }),
});
export type FleetQuery = z.infer<typeof fleetQuerySchema>;

const METRICS = `1 to ${SERIES_LIMITS.metrics} names of /api/v1/metrics-catalogue`;

export const seriesQuerySchema = z.strictObject({
  metric: z.array(text, { error: METRICS }).min(1).max(SERIES_LIMITS.metrics, { error: METRICS }),
  node: z.array(text).max(1_000).optional(),
  pool: z.array(text).max(100).optional(),
  from: instant.optional().meta({ description: "now-1h when absent" }),
  to: instant.optional().meta({ description: "now when absent" }),
  points: wholeNumber(1, SERIES_LIMITS.points).optional(),
  aggregate: oneOf(AGGREGATES).optional(),
});
export type SeriesQuery = z.infer<typeof seriesQuerySchema>;

const NODES_COMPARED = `${COMPARE_NODES.least} to ${COMPARE_NODES.most} ids of configured nodes, each once`;

export const compareQuerySchema = z.strictObject({
  node: z
    .array(text, { error: NODES_COMPARED })
    .min(COMPARE_NODES.least, { error: NODES_COMPARED })
    .max(COMPARE_NODES.most, { error: NODES_COMPARED })
    .refine((nodes) => new Set(nodes).size === nodes.length, { error: NODES_COMPARED }),
  all: oneOf(["1"]).optional().meta({ description: "1: include identical values" }),
});

export const actionsQuerySchema = z.strictObject({
  state: oneOf(ACTION_STATES).optional(),
  limit: wholeNumber(1, 1_000).default(100),
  cursor: text.optional(),
});
export type ActionsQuery = z.infer<typeof actionsQuerySchema>;

export const previewQuerySchema = z.strictObject({
  kind: oneOf(ACTION_KINDS),
  node: z.array(text).max(10_000).optional().meta({ description: "one or more nodes, or a pool" }),
  pool: text.optional(),
  prefix: z
    .string({ error: "one prefix" })
    .max(400)
    .optional()
    .meta({ description: "for actions on a prefix, which has to be confirmed" }),
  dryRun: oneOf(["true", "false"])
    .default("false")
    .transform((value) => value === "true"),
});
export type PreviewQuery = z.infer<typeof previewQuerySchema>;

const keyEncoding = oneOf(KEY_ENCODINGS).default("utf8");
/** A key, or a prefix, of 250 bytes at most; 400 characters leave room for base64. */
const keyText = z.string({ error: "a key of 1 to 250 bytes" }).min(1).max(400);

export const keyQuerySchema = z.strictObject({ keyEncoding });
export const keysQuerySchema = z.strictObject({
  prefix: z.string({ error: "one prefix of at most 250 bytes" }).max(400).default(""),
  keyEncoding,
  limit: wholeNumber(1, 100_000).default(1_000),
});
export type KeysQuery = z.infer<typeof keysQuerySchema>;

export const ownerQuerySchema = z.strictObject({ key: keyText, keyEncoding });

export const pingQuerySchema = z.strictObject({
  count: wholeNumber(1, 1_000).default(20),
  intervalMs: wholeNumber(20, 10_000).default(200),
});
export type PingQuery = z.infer<typeof pingQuerySchema>;

export const auditQuerySchema = z.strictObject({
  node: text
    .optional()
    .meta({ description: "a node's id, which includes actions on its pool; or any other target" }),
  actor: text.optional(),
  kind: oneOf(AUDIT_KINDS).optional(),
  q: text.optional().meta({ description: "part of the actor, kind, target, input or detail" }),
  from: instant.optional(),
  to: instant.optional(),
  limit: wholeNumber(1, 10_000).default(100),
  cursor: text.optional(),
  download: oneOf(["csv", "json"]).optional().meta({ description: "the reply as a file" }),
});

export const scrapeQuerySchema = z.strictObject({ target: text.meta({ description: "the node's id" }) });

/** Contains the id of a finding or a node, so it is longer than other text. */
const longCursor = z.string({ error: "nextCursor of an earlier reply" }).max(1_500);

export const findingsQuerySchema = z.strictObject({
  node: z.array(text).max(1_000).optional(),
  pool: z.array(text).max(100).optional(),
  probe: oneOf(PROBES).optional(),
  check: text.optional().meta({ description: "the stable name of a check" }),
  severity: oneOf(SEVERITIES).optional().meta({ description: "this severity and worse" }),
  atMost: oneOf(SEVERITIES).optional().meta({ description: "this severity and better" }),
  q: text.optional().meta({ description: "part of the node's id, the check or the title" }),
  form: oneOf(FINDING_FORMS).optional().meta({
    description: "report: without remedies; brief: without remedies and evidence; default: whole",
  }),
  limit: wholeNumber(1, 1_000)
    .optional()
    .meta({ description: "all when absent, streamed when there are many" }),
  cursor: longCursor.optional(),
  download: oneOf(["csv", "json"]).optional().meta({ description: "the reply as a file" }),
});
export type FindingsQuery = z.infer<typeof findingsQuerySchema>;

export const severityMatrixQuerySchema = z.strictObject({
  node: z.array(text).max(1_000).optional(),
  pool: z.array(text).max(100).optional(),
  limit: wholeNumber(1, 10_000).optional().meta({ description: "every node when absent" }),
  cursor: longCursor.optional(),
});
export type SeverityMatrixQuery = z.infer<typeof severityMatrixQuerySchema>;

export const runQuerySchema = z.strictObject({
  form: oneOf(["whole", "progress"])
    .optional()
    .meta({ description: "progress: without findings; default: whole" }),
});

export const oidcQuerySchema = z.strictObject({ next: z.string().max(2_000).optional() });
/** Parameters from the identity provider, which may send more than these. */
export const oidcCallbackSchema = z.looseObject({ state: z.string().max(1_000).optional() });

export const noQuery = z.strictObject({});

export const eventsQuerySchema = z.strictObject({
  form: oneOf(["nodes", "columns"])
    .optional()
    .meta({ description: "columns: only changes, in the compact form of the fleet; nodes when absent" }),
});
