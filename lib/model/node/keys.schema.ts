/** Keys and values: the replies of the key endpoints. */
import { z } from "zod";
import { KEY_ENCODINGS } from "../actions/action";

/** Format of a value, detected from its first bytes and flags only. */
const VALUE_FORMATS = ["text", "json", "number", "gzip", "zlib", "php", "java", "pickle", "binary"] as const;
export type ValueFormat = (typeof VALUE_FORMATS)[number];

export const keyItemSchema = z.object({
  key: z.string(),
  keyEncoding: z.enum(KEY_ENCODINGS),
  node: z.string(),
  found: z.boolean(),
  flags: z.number().nullable(),
  size: z.number().nullable().meta({ description: "bytes of the value" }),
  ttlSeconds: z.number().nullable().meta({ description: "-1: never expires; null: not available" }),
  lastAccessSeconds: z.number().nullable().meta({ description: "seconds since the last access" }),
  fetched: z.boolean().nullable().meta({ description: "fetched since it was stored" }),
  cas: z.string().nullable(),
  bumped: z
    .boolean()
    .meta({ description: "this lookup may have bumped the item in the LRU; the node cannot avoid that" }),
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
    .meta({ description: "decompressed content of gzip or zlib, bounded" }),
  truncated: z.boolean().meta({ description: "value contains only the beginning" }),
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
  cls: z.number().nullable().meta({ description: "slab class; null: not available in this version" }),
  size: z.number().nullable().meta({ description: "bytes of the item; null: not available in this version" }),
});
export type KeyLine = z.infer<typeof keyLineSchema>;

/** The last line of the key list. `truncated`: more keys matched than the limit, or the list broke off. */
export const keyListEndSchema = z.object({
  done: z.literal(true),
  seen: z.number(),
  matched: z.number(),
  truncated: z.boolean(),
  walk: z.enum(["hash", "all"]).meta({
    description: "hash: every item once; all: by slab class, which can miss items that move during the dump",
  }),
  problem: z.string().nullable().meta({ description: "why the list is incomplete, in English" }),
});
export type KeyListEnd = z.infer<typeof keyListEndSchema>;

/** The owner of a key in a pool under each hashing, and the nodes that have the key. */
export const keyOwnerSchema = z.object({
  pool: z.string(),
  key: z.string(),
  keyEncoding: z.enum(KEY_ENCODINGS),
  configured: z.string().meta({ description: "the configured hashing of the pool" }),
  owners: z.array(z.object({ hashing: z.string(), title: z.string(), node: z.string() })),
  found: z.array(
    z.object({
      node: z.string(),
      found: z.boolean().nullable().meta({ description: "null: the node could not be read" }),
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

/** The last event of a ping, `done`. Null without any response. */
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
