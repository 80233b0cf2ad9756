/** The fleet reply: totals, pools, attention, and all nodes. */
import { z } from "zod";
import { ATTENTION_KINDS } from "./node/health";
import { nodeSchema } from "./node/node.schema";
import { NODE_STATUSES } from "./node/node-status";

const figure = z.number().nullable();

/** Totals over nodes. Ratios are computed from sums, never averaged. */
const totalsSchema = z.object({
  nodes: z.number(),
  ...(Object.fromEntries(NODE_STATUSES.map((status) => [status, z.number()])) as Record<
    (typeof NODE_STATUSES)[number],
    z.ZodNumber
  >),
  bytes: figure,
  limitMaxbytes: figure,
  currConnections: figure,
  maxConnections: figure,
  currItems: figure,
  hitRatio: figure,
  getsPerSecond: figure,
  setsPerSecond: figure,
  evictionsPerSecond: figure,
  findings: nodeSchema.shape.findings.meta({ description: "null until one of these nodes was diagnosed" }),
});
export type Totals = z.infer<typeof totalsSchema>;

const poolSchema = totalsSchema.extend({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
});
export type Pool = z.infer<typeof poolSchema>;

/**
 * Something that needs an operator's attention. `kind` selects the sentence and `figures` are its numbers: ratios 0..1,
 * counts, seconds, bytes or Unix milliseconds (names ending in Ms).
 */
const attentionSchema = z.object({
  node: z.string(),
  pool: z.string(),
  kind: z.enum(ATTENTION_KINDS),
  severity: z.enum(["critical", "warning", "info"]),
  sinceMs: figure,
  figures: z.record(z.string(), z.number().nullable()),
});
export type Attention = z.infer<typeof attentionSchema>;

/**
 * Notices of discovery. `discoveryFailed`: a source is unavailable and its last good list remains in effect;
 * `discoveryIncomplete`: some of its entries are invalid; `discoveryOverlap`: nodes are listed for two pools;
 * `discoveryLimit`: the node limit is exceeded.
 */
export const DISCOVERY_NOTICE_CODES = [
  "discoveryFailed",
  "discoveryIncomplete",
  "discoveryOverlap",
  "discoveryLimit",
] as const;

/** A condition of Memfleet itself that every page shows as a banner. */
export const noticeSchema = z.object({
  code: z.enum([
    "configurationRejected",
    "serversIgnored",
    "historyUnavailable",
    "historyDelayed",
    "recordsUnavailable",
    "dataFileReplaced",
    "stopping",
    ...DISCOVERY_NOTICE_CODES,
  ]),
  detail: z.string(),
  sinceMs: z.number(),
  pool: z.string().optional().meta({ description: "the pool of the discovery source" }),
  source: z.string().optional().meta({ description: "the discovery source" }),
  nodes: z.number().optional().meta({ description: "number of nodes in the source's last good list" }),
});
export type Notice = z.infer<typeof noticeSchema>;

export const fleetSchema = z.object({
  atMs: z.number(),
  pollIntervalMs: z.number(),
  configured: z.boolean().meta({ description: "false when neither nodes nor discovery are configured" }),
  totals: totalsSchema,
  pools: z.array(poolSchema),
  attention: z.array(attentionSchema),
  notices: z.array(noticeSchema),
  nodes: z.array(nodeSchema),
  matched: z.number().meta({ description: "number of nodes that match the filters, before limit" }),
  nextCursor: z.string().nullable(),
});
export type Fleet = z.infer<typeof fleetSchema>;

const columnSchema = z
  .union([
    z.array(z.unknown()),
    z.strictObject({ all: z.unknown() }),
    z.strictObject({ of: z.array(z.unknown()), at: z.array(z.number()) }),
    z.strictObject({ from: z.number(), plus: z.array(figure) }),
  ])
  .meta({
    description:
      "one value per node: a plain list; `all` for one value of all; `at` with indexes into the list `of`; `plus` with offsets `from` a number",
  });

const sparseColumnSchema = z
  .strictObject({ rows: z.array(z.number()), values: columnSchema })
  .meta({ description: "a field that not every node has: values for the nodes at these indexes" });

/** The same reply with `form=columns`: what repeats is written once (`fleet-columns.ts` encodes and decodes it). */
export const fleetColumnsSchema = fleetSchema.extend({
  form: z.literal("columns"),
  nodes: z
    .object({
      count: z.number(),
      columns: z.partialRecord(nodeSchema.keyof(), z.union([columnSchema, sparseColumnSchema])),
    })
    .meta({ description: "nodes as columns, one column for each field of a node" }),
});
