/** Actions on nodes: requests, state, preview. */
import { z } from "zod";
import { LACKING_REASONS } from "../node/capability";
import { NODE_STATUSES } from "../node/node-status";
import {
  ACTION_KINDS,
  ACTION_LIMITS,
  ACTION_STATES,
  type ActionKind,
  KEY_ENCODINGS,
  SET_MODES,
  TARGET_STATES,
} from "./action";

function integer(from: number, to: number) {
  const error = `a whole number from ${from} to ${to}`;
  return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
}

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `one of ${values.join(", ")}` });
}

const keyEncoding = oneOf(KEY_ENCODINGS)
  .default("utf8")
  .meta({ description: "base64 for keys with bytes that the text protocol forbids" });

/** Its bytes are checked by `keyBytes`. */
const key = z
  .string({ error: "a key of 1 to 250 bytes" })
  .min(1, "a key of 1 to 250 bytes")
  .max(400, "a key of 1 to 250 bytes");
const singleKey = { key, keyEncoding };

/** memcached's exptime: seconds from now up to 30 days, a Unix time in seconds, 0 for never, or -1 for at once. */
const exptime = integer(-1, 4_294_967_295).default(0).meta({
  description: "0: never; up to 2592000: seconds from now; larger: Unix seconds; -1: expires at once",
});

const UNSIGNED_64 = "a whole number from 0 to 18446744073709551615, as text or number";
const by = z
  .union([integer(0, Number.MAX_SAFE_INTEGER), z.string().regex(/^\d{1,20}$/)], { error: UNSIGNED_64 })
  .default(1)
  .transform((value) => BigInt(value))
  .refine((value) => value < 2n ** 64n, UNSIGNED_64)
  .transform(String);

const prefixed = {
  prefix: z.string({ error: "a prefix of 1 to 250 bytes" }).min(1, "a prefix of 1 to 250 bytes").max(400),
  keyEncoding,
  dryRun: z.boolean({ error: "true or false" }).default(true),
  perSecond: integer(1, 100_000).default(10_000).meta({ description: "maximum keys per second" }),
};

/** The input of each kind; strict, so that a misspelt name is refused. */
export const ACTION_INPUTS = {
  flush_all: z.strictObject({
    delaySeconds: integer(0, ACTION_LIMITS.delaySeconds).default(0),
    staggerSeconds: integer(0, ACTION_LIMITS.staggerSeconds)
      .default(0)
      .meta({ description: "delay between two nodes: node k is flushed at k × this many seconds" }),
    waitForHitRatio: z.number({ error: "a ratio from 0 to 1" }).min(0).max(1).optional().meta({
      description:
        "wait with the next node until the flushed one is back to this share of its hit ratio before",
    }),
    waitAtMostSeconds: integer(1, ACTION_LIMITS.staggerSeconds)
      .default(1_800)
      .meta({ description: "how long to wait for that before the action pauses" }),
  }),
  set_key: z.strictObject({
    ...singleKey,
    value: z.string({ error: "the value as text" }).max(1_500_000, "at most 1 MiB"),
    encoding: oneOf(["utf8", "base64"]).default("utf8"),
    flags: integer(0, 4_294_967_295).default(0),
    exptime,
    mode: oneOf(SET_MODES).default("set"),
  }),
  delete_key: z.strictObject(singleKey),
  touch_key: z.strictObject({ ...singleKey, exptime }),
  incr_key: z.strictObject({ ...singleKey, by }),
  decr_key: z.strictObject({ ...singleKey, by }),
  delete_prefix: z.strictObject(prefixed),
  mark_stale_prefix: z.strictObject({
    ...prefixed,
    exptime: integer(0, 4_294_967_295)
      .optional()
      .meta({ description: "new exptime of the stale items; absent: unchanged" }),
  }),
  reset_stats: z.strictObject({}),
  set_verbosity: z.strictObject({ level: integer(0, 3) }),
  cache_memlimit: z.strictObject({ megabytes: integer(8, 1_048_576) }),
  slabs_automove: z.strictObject({ mode: integer(0, 2) }),
  slabs_reassign: z.strictObject({ from: integer(-1, 255), to: integer(0, 255) }),
  lru_crawler_crawl: z.strictObject({
    classes: z
      .union([z.literal("all"), z.array(integer(1, 255)).min(1).max(64)], {
        error: '"all" or a list of slab classes',
      })
      .default("all"),
  }),
  load_test: z.strictObject({
    seconds: integer(1, 300).default(10),
    operationsPerSecond: integer(1, 50_000).default(1_000),
    connections: integer(1, 32).default(4),
    setShare: z.number({ error: "a ratio from 0 to 1" }).min(0).max(1).default(0.1),
    keys: integer(1, 100_000).default(1_000),
    valueBytes: integer(1, 65_536).default(400),
  }),
  capability_check: z.strictObject({}),
} as const satisfies Record<ActionKind, z.ZodType>;

/** The parsed input of each kind. */
export type ActionInputs = { [Kind in ActionKind]: z.output<(typeof ACTION_INPUTS)[Kind]> };

const nodeId = z.string({ error: "a node's id" }).min(1).max(250);

/**
 * `POST /api/v1/actions`. `input` is parsed by `ACTION_INPUTS[kind]`; the preview returns the text that `confirm` has
 * to be.
 */
export const actionInputSchema = z
  .strictObject({
    kind: oneOf(ACTION_KINDS),
    nodes: z
      .array(nodeId, { error: "a list of node ids" })
      .min(1, "a list of node ids")
      .max(ACTION_LIMITS.nodes, `at most ${ACTION_LIMITS.nodes} nodes`)
      .optional(),
    pool: z.string({ error: "a pool's name" }).min(1).max(100).optional(),
    input: z.record(z.string(), z.unknown(), { error: "a mapping" }).default({}),
    confirm: z.string({ error: "the confirmation text of the preview" }).max(400).optional(),
    idempotencyKey: z
      .string({ error: "a text of 1 to 100 characters" })
      .min(1)
      .max(100)
      .optional()
      .meta({ description: "a key of the same actor starts one action only" }),
  })
  .refine(({ nodes, pool }) => (nodes === undefined) !== (pool === undefined), {
    error: "either nodes or pool",
    path: ["nodes"],
  });
export type ActionInput = z.input<typeof actionInputSchema>;

/**
 * Numbers by name, in camelCase: bytes, counts, ratios 0..1, Unix milliseconds (`atMs`). Null: not reported.
 * A flush has `atMs pid uptime timeSeconds cmdFlush currItems bytes getFlushed reclaimed expiredUnfetched getHits getMisses
 * hitRatio`, counters as the node reports them, and `lastFlushMs pendingFlushMs` where it reports flush times
 * (`tellsFlushes` 1); `hitRatio` before is of the last minute, after of the gets since then. A prefix action has
 * `matched deleted missing changed failed`, and `marked` (the same as `deleted`) when it marks stale; a load test
 * `operations errors hits misses p50Ms p99Ms …`.
 */
const measurementsSchema = z.record(z.string(), z.number().nullable());
export type Measurements = z.infer<typeof measurementsSchema>;

/** One check that an action made on a node. */
export const checkRowSchema = z.object({
  name: z.string().meta({ description: "the command, in memcached's words" }),
  verdict: z.enum(["passed", "failed", "notOffered", "notTried"]).meta({
    description: "`notTried`: the connection had ended before",
  }),
  detail: z.string().nullable().meta({ description: "the unexpected response, in English" }),
});
export type CheckRow = z.infer<typeof checkRowSchema>;

export const actionTargetSchema = z.object({
  node: z.string(),
  state: z.enum(TARGET_STATES),
  detail: z.string().nullable().meta({ description: "the outcome or its reason, in English" }),
  dueMs: z
    .number()
    .nullable()
    .meta({ description: "when it will be sent; null: as soon as possible, or already sent" }),
  sentMs: z.number().nullable(),
  before: measurementsSchema.nullable(),
  after: measurementsSchema.nullable(),
  rows: z
    .array(checkRowSchema)
    .optional()
    .meta({ description: "for actions that make several checks: capability_check" }),
});
export type ActionTarget = z.infer<typeof actionTargetSchema>;

export const actionSchema = z.object({
  id: z.string(),
  kind: z.enum(ACTION_KINDS),
  actor: z.string(),
  input: z
    .record(z.string(), z.unknown())
    .meta({ description: "as parsed; a value is replaced by its size" }),
  pool: z.string().nullable().meta({ description: "the requested pool" }),
  state: z.enum(ACTION_STATES),
  detail: z.string().nullable().meta({ description: "why it is waiting, paused or ended, in English" }),
  targets: z.array(actionTargetSchema),
  startedMs: z.number(),
  endedMs: z.number().nullable(),
  watchedUntilMs: z.number().nullable().meta({ description: "until when `after` is refreshed" }),
});
export type Action = z.infer<typeof actionSchema>;

export const actionsSchema = z.object({ actions: z.array(actionSchema), nextCursor: z.string().nullable() });
export type Actions = z.infer<typeof actionsSchema>;

/** One node of a preview. */
export const previewNodeSchema = z.object({
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
    .meta({ description: "false: the node will be skipped or refused; null: not known yet" }),
  itemsAfterwards: z
    .enum(["fallWithinSeconds", "fallWhenFetched", "unknown"])
    .meta({ description: "how curr_items behaves after flush_all on this version with these settings" }),
  pendingFlushMs: z
    .number()
    .nullable()
    .meta({ description: "when the pending flush, which a new one would replace, takes effect" }),
  lacking: z.enum(LACKING_REASONS).nullable().meta({ description: "why the node lacks the capability" }),
});
export type PreviewNode = z.infer<typeof previewNodeSchema>;

/** `GET /api/v1/actions/preview`: the impact, from the data last collected. Sums: null when no node reports them. */
export const actionPreviewSchema = z.object({
  kind: z.enum(ACTION_KINDS),
  confirm: z
    .string()
    .nullable()
    .meta({ description: "the text that `confirm` has to be; null: none is needed" }),
  production: z.boolean().meta({ description: "a pool of these nodes has the label env: production" }),
  nodes: z.array(previewNodeSchema),
  flushEnabled: z.boolean().nullable().meta({
    description: "false: at least one node will be skipped or refused; null: not known for every node",
  }),
  items: z.number().nullable(),
  bytes: z.number().nullable(),
  hitsPerSecond: z.number().nullable(),
});
export type ActionPreview = z.infer<typeof actionPreviewSchema>;
