/** Keys and values: the replies of the key endpoints. */
import { z } from "zod";
import { KEY_ENCODINGS } from "../actions/action";

/** What a value looks like, judged by its first bytes and flags alone. */
export const VALUE_FORMATS = [
  "text",
  "json",
  "number",
  "gzip",
  "zlib",
  "php",
  "java",
  "pickle",
  "binary",
] as const;
export type ValueFormat = (typeof VALUE_FORMATS)[number];

export const keyItemSchema = z.object({
  key: z.string(),
  keyEncoding: z.enum(KEY_ENCODINGS),
  node: z.string(),
  found: z.boolean(),
  flags: z.number().nullable(),
  size: z.number().nullable().meta({ description: "bytes of the value" }),
  ttlSeconds: z.number().nullable().meta({ description: "-1: never; null: the node does not tell" }),
  lastAccessSeconds: z.number().nullable().meta({ description: "seconds since it was last used" }),
  fetched: z.boolean().nullable().meta({ description: "fetched since it was stored" }),
  cas: z.string().nullable(),
  bumped: z
    .boolean()
    .meta({ description: "looking may have moved it in the LRU: this node cannot avoid that" }),
  format: z.enum(VALUE_FORMATS).nullable(),
  encoding: z.enum(["utf8", "base64"]).nullable(),
  value: z.string().nullable(),
  unpacked: z
    .object({
      format: z.enum(VALUE_FORMATS),
      encoding: z.enum(["utf8", "base64"]),
      value: z.string(),
      size: z.number(),
      truncated: z.boolean(),
    })
    .nullable()
    .meta({ description: "what is inside gzip or zlib, bounded" }),
  truncated: z.boolean().meta({ description: "value holds only the beginning" }),
});
export type KeyItem = z.infer<typeof keyItemSchema>;

/** One line of the key list (application/x-ndjson). */
export const keyLineSchema = z.object({
  key: z.string(),
  keyEncoding: z.enum(KEY_ENCODINGS),
  exp: z.number().meta({ description: "Unix seconds; -1: never" }),
  la: z.number().meta({ description: "last access, Unix seconds" }),
  cas: z.string().nullable(),
  fetched: z.boolean(),
  cls: z.number().nullable().meta({ description: "slab class; null: this version does not tell" }),
  size: z
    .number()
    .nullable()
    .meta({ description: "bytes of the whole item; null: this version does not tell" }),
});
export type KeyLine = z.infer<typeof keyLineSchema>;

/** The last line of the key list. `truncated`: more matched than were asked for, or the list broke off. */
export const keyListEndSchema = z.object({
  done: z.literal(true),
  seen: z.number(),
  matched: z.number(),
  truncated: z.boolean(),
  walk: z.enum(["hash", "all"]).meta({
    description: "hash: every item once; all: by slab class, which can miss items that move meanwhile",
  }),
  problem: z.string().nullable().meta({ description: "why the list is not whole, in English" }),
});
export type KeyListEnd = z.infer<typeof keyListEndSchema>;

/** Which node of a pool owns a key, as clients of each kind of hashing would choose, and where it really is. */
export const keyOwnerSchema = z.object({
  pool: z.string(),
  key: z.string(),
  keyEncoding: z.enum(KEY_ENCODINGS),
  configured: z.string().meta({ description: "the hashing that the pool is configured for" }),
  owners: z.array(z.object({ hashing: z.string(), title: z.string(), node: z.string() })),
  found: z.array(
    z.object({
      node: z.string(),
      found: z.boolean().nullable().meta({ description: "null: the node could not be asked" }),
      detail: z.string().nullable(),
    }),
  ),
});
export type KeyOwner = z.infer<typeof keyOwnerSchema>;

/** One event of `GET /api/v1/nodes/{node}/ping`. Milliseconds; a failed round trip has an error instead. */
export const pingSchema = z.object({
  sequence: z.number(),
  atMs: z.number(),
  roundTripMs: z.number().nullable(),
  error: z.string().nullable(),
});
export type Ping = z.infer<typeof pingSchema>;

/** The last event of a ping, `done`. Null when nothing was answered. */
export const pingSummarySchema = z.object({
  sent: z.number(),
  answered: z.number(),
  minMs: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  maxMs: z.number().nullable(),
});
export type PingSummary = z.infer<typeof pingSummarySchema>;
