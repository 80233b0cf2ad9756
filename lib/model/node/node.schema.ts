/** A node of the HTTP interface and the pages. */
import { z } from "zod";
import { CAPABILITIES, LACKING_REASONS, PROXY_KINDS } from "./capability";
import { ATTENTION_KINDS, HEALTH_STATES } from "./health";
import { NODE_STATUSES } from "./node-status";
import { REASON_CODES } from "./reasons";

const figure = z.number().nullable();

/** Who sent a flush_all. */
const flushBySchema = z.object({
  ours: z.boolean().meta({ description: "sent by this Memfleet; false: from outside" }),
  actor: z.string().nullable(),
  actionId: z.string().nullable(),
});
export type FlushAttribution = z.infer<typeof flushBySchema>;

export const nodeSchema = z.object({
  id: z.string().meta({ description: "host:port, [v6]:port or unix:/path" }),
  pool: z.string(),
  labels: z.record(z.string(), z.string()),
  status: z.enum(NODE_STATUSES),
  statusReason: z.string().nullable().meta({ description: "English sentence; null when up" }),
  statusCode: z.enum(REASON_CODES).nullable().meta({ description: "the same reason, to match on" }),
  statusSinceMs: figure,
  health: z
    .object({
      state: z.enum(HEALTH_STATES),
      cause: z.enum(ATTENTION_KINDS).nullable().meta({ description: "the worst of what needs attention" }),
    })
    .meta({ description: "one state for every view, from status and attention" }),
  elsewhere: z.boolean().meta({
    description: "another Memfleet process polls this node; its data comes from the shared history",
  }),
  addressInUse: z
    .object({ ip: z.string(), others: z.array(z.string()) })
    .optional()
    .meta({
      description:
        "only if the host is a name: the address that all connections lead to, and the name's other addresses, which are not used while it accepts connections",
    }),
  sameProcessAs: z.array(z.string()).optional().meta({
    description: "only if other nodes lead to the same server process: these nodes. Totals count it once",
  }),
  capabilities: z.array(z.enum(CAPABILITIES)),
  lacking: z.partialRecord(z.enum(CAPABILITIES), z.enum(LACKING_REASONS)),
  protocol: z
    .enum(["text", "binary"])
    .nullable()
    .meta({ description: "protocol between Memfleet and the node" }),
  version: z.string().nullable(),
  proxy: z.enum(PROXY_KINDS).nullable().default(null).meta({
    description:
      "kind of proxy; null: none, as far as known. A node whose `lacking.stats` is `noStats` is up without stats",
  }),
  pid: figure,
  uptimeSeconds: figure,
  atMs: figure.meta({ description: "when the newest sample was taken" }),
  latencyMs: figure,
  auth: z.enum(["none", "sasl", "ascii"]),
  tls: z.boolean(),
  bytes: figure,
  limitMaxbytes: figure,
  currConnections: figure,
  maxConnections: figure,
  currItems: figure,
  hitRatio: figure.meta({ description: "0..1 over the last 60 s, from sums; null without gets" }),
  getsPerSecond: figure,
  setsPerSecond: figure,
  evictionsPerSecond: figure,
  lastRestartMs: figure,
  lastFlushMs: figure,
  lastFlushBy: flushBySchema.nullable().meta({
    description: "null: never flushed, or unknown, for example when it was flushed before Memfleet started",
  }),
  pendingFlushMs: figure,
  pendingFlushBy: flushBySchema.nullable().meta({ description: "null: none is pending, or unknown" }),
  findings: z
    .object({ critical: z.number(), warning: z.number(), info: z.number() })
    .nullable()
    .meta({ description: "null until the node was diagnosed" }),
  alerts: z.number().nullable(),
});
export type Node = z.infer<typeof nodeSchema>;
