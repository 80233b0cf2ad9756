/** The fleet reply: totals, pools, what needs attention, and every node. */
import { z } from "zod";
import { nodeSchema } from "./node";
import { NODE_STATUSES } from "./reasons";

const figure = z.number().nullable();

/** Figures over a set of nodes. Ratios are computed from sums, never averaged. */
export const totalsSchema = z.object({
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
});
export type Totals = z.infer<typeof totalsSchema>;

export const poolSchema = totalsSchema.extend({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
});
export type Pool = z.infer<typeof poolSchema>;

/**
 * One thing an operator should look at, worst first. `kind` names the sentence, `figures` fill it in; figures
 * are ratios 0..1, counts, seconds, bytes or Unix milliseconds (names ending in Ms).
 */
export const ATTENTION_KINDS = [
  "status",
  "hitRatioFell",
  "evictsYoung",
  "evicts",
  "connectionsNearLimit",
  "listenDisabled",
  "storesRefused",
  "restarted",
  "exposed",
] as const;
export const attentionSchema = z.object({
  node: z.string(),
  pool: z.string(),
  kind: z.enum(ATTENTION_KINDS),
  severity: z.enum(["critical", "warning", "info"]),
  sinceMs: figure,
  figures: z.record(z.string(), z.number().nullable()),
});
export type Attention = z.infer<typeof attentionSchema>;

/** A condition of Memfleet itself that every page shows as a banner. */
export const noticeSchema = z.object({
  code: z.enum(["configurationRejected", "historyUnavailable", "stopping"]),
  detail: z.string(),
  sinceMs: z.number(),
});
export type Notice = z.infer<typeof noticeSchema>;

export const fleetSchema = z.object({
  atMs: z.number(),
  pollIntervalMs: z.number(),
  configured: z.boolean().meta({ description: "false when no node is configured at all" }),
  totals: totalsSchema,
  pools: z.array(poolSchema),
  attention: z.array(attentionSchema),
  notices: z.array(noticeSchema),
  nodes: z.array(nodeSchema),
  matched: z.number().meta({ description: "nodes that match the filters, before limit" }),
  nextCursor: z.string().nullable(),
});
export type Fleet = z.infer<typeof fleetSchema>;
