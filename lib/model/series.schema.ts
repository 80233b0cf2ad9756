/** Series over time: the reply of `/api/v1/series` and its markers. */
import { z } from "zod";

export const MARKER_KINDS = [
  "restart",
  "moved",
  "reset",
  "clock",
  "flush",
  "action",
  "down",
  "up",
  "added",
  "removed",
  "finding",
] as const;

/**
 * Something that happened to a node. `restart`: the server is a new process; `moved`: its name leads to another address;
 * `reset`: its counters were zeroed by `stats reset`; `clock`: its clock jumped; `flush`: it received flush_all; `down` and `up`: it stopped or
 * started responding; `added` and `removed`: the configuration or discovery added or removed it; `finding`: a diagnosis
 * had another result than the one before.
 */
export const markerSchema = z.object({
  atMs: z.number(),
  node: z.string(),
  kind: z.enum(MARKER_KINDS),
  text: z.string(),
});
export type Marker = z.infer<typeof markerSchema>;

export const AGGREGATES = ["none", "fleet", "pool", "median"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export const SERIES_UNITS = [
  "ratio",
  "bytes",
  "count",
  "perSecond",
  "bytesPerSecond",
  "seconds",
  "cores",
] as const;
export type SeriesUnit = (typeof SERIES_UNITS)[number];

export const seriesSchema = z.object({
  metric: z.string(),
  unit: z.enum(SERIES_UNITS),
  metrics: z
    .array(z.object({ metric: z.string(), unit: z.enum(SERIES_UNITS) }))
    .meta({ description: "all requested metrics" }),
  fromMs: z.number(),
  toMs: z.number(),
  stepMs: z.number(),
  atMs: z.array(z.number()).meta({ description: "start of each bucket" }),
  series: z.array(
    z.object({
      metric: z.string(),
      node: z.string().nullable().meta({ description: "null for an aggregate" }),
      pool: z.string().nullable(),
      values: z.array(z.number().nullable()),
    }),
  ),
  markers: z.array(markerSchema),
});
export type Series = z.infer<typeof seriesSchema>;
