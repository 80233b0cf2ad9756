/** Replies of a node's live pages: stats groups, slab classes, connections, the catalogue. */
import { z } from "zod";
import { STATS_GROUPS } from "@/lib/catalogue/stats-groups";
import { SERIES_UNITS } from "../series.schema";

const figure = z.number().nullable();

export const statsReplySchema = z.object({
  atMs: z.number(),
  group: z.enum(STATS_GROUPS),
  entries: z.record(z.string(), z.string()).meta({ description: "unchanged, in the order of the server" }),
});
export type StatsReply = z.infer<typeof statsReplySchema>;

export const SLAB_VERDICTS = ["healthy", "idle", "evicting", "starved", "outOfMemory", "wasteful"] as const;

const slabClassSchema = z.object({
  id: z.number(),
  chunkSize: figure,
  chunksPerPage: figure,
  totalPages: figure,
  totalChunks: figure,
  usedChunks: figure,
  freeChunks: figure,
  memRequested: figure.meta({ description: "bytes requested by items" }),
  memHeld: figure.meta({ description: "bytes of the pages of the class" }),
  memWasted: figure.meta({ description: "unused bytes in used chunks" }),
  items: figure,
  itemsHot: figure,
  itemsWarm: figure,
  itemsCold: figure,
  itemsTemp: figure,
  ageSeconds: figure.meta({ description: "age of the oldest item" }),
  ageHotSeconds: figure,
  ageWarmSeconds: figure,
  cmdSet: figure,
  getHits: figure,
  evicted: figure,
  evictedUnfetched: figure,
  evictedTimeSeconds: figure.meta({ description: "time since the last access of the last evicted item" }),
  expiredUnfetched: figure,
  reclaimed: figure,
  outOfMemory: figure,
  verdict: z.enum(SLAB_VERDICTS),
});
export type SlabClass = z.infer<typeof slabClassSchema>;

export const slabsReplySchema = z.object({
  atMs: z.number(),
  activeSlabs: figure,
  totalMalloced: figure,
  freePages: figure.meta({ description: "slab_global_page_pool" }),
  classes: z.array(slabClassSchema),
});
export type SlabsReply = z.infer<typeof slabsReplySchema>;

const connectionSchema = z.object({
  fd: z.number(),
  address: z.string(),
  listenAddress: z.string().nullable(),
  state: z.string(),
  idleSeconds: figure,
});
export type Connection = z.infer<typeof connectionSchema>;

export const connectionsReplySchema = z.object({
  atMs: z.number(),
  listeners: z.array(z.object({ fd: z.number(), address: z.string(), transport: z.string() })),
  clients: z.array(
    z.object({
      address: z.string().meta({ description: "the client's host without its port" }),
      connections: z.number(),
      idleSeconds: z.object({ min: figure, max: figure }),
      states: z.record(z.string(), z.number()),
    }),
  ),
  connections: z.array(connectionSchema),
});
export type ConnectionsReply = z.infer<typeof connectionsReplySchema>;

export const catalogueSchema = z.object({
  metrics: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(["counter", "gauge", "info", "derived"]),
      unit: z.string().meta({ description: "unit of the stat or metric" }),
      seriesUnit: z
        .enum(SERIES_UNITS)
        .nullable()
        .meta({ description: "unit of its series; null: no history" }),
      meaning: z.object({ en: z.string(), ja: z.string() }),
      versions: z.array(z.string()).meta({ description: "versions in the fleet that currently report it" }),
    }),
  ),
});
export type Catalogue = z.infer<typeof catalogueSchema>;
