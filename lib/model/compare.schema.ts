/** Nodes side by side: the replies of `/api/v1/compare` and of a pool's drift and balance. */
import { z } from "zod";
import { BALANCE_VERDICTS, COMPARED_FIGURES, LOAD_FIGURES } from "./compare";
import { NODE_STATUSES } from "./node/node-status";
import { REASON_CODES } from "./node/reasons";
import { SERIES_UNITS } from "./series.schema";

const figure = z.number().nullable();
const meaning = z.object({ en: z.string(), ja: z.string() }).nullable();

/** The value of a name on each node. `values` are in the order of `nodes`. */
const comparedNameSchema = z.object({
  name: z.string(),
  values: z
    .array(z.string().nullable())
    .meta({ description: "as reported by each node; null: not reported, or no data for the node" }),
  differs: z.boolean(),
  majority: z
    .object({ value: z.string().nullable(), count: z.number() })
    .nullable()
    .meta({ description: "the most common value; null when no value is more common than all others" }),
  own: z.boolean().meta({ description: "a setting that is each node's own, such as its port" }),
  kind: z.enum(["counter", "gauge", "info"]).nullable().meta({ description: "of a stat that is known" }),
  meaning,
});
export type ComparedName = z.infer<typeof comparedNameSchema>;

export const compareSchema = z.object({
  atMs: z.number(),
  nodes: z.array(
    z.object({
      id: z.string(),
      pool: z.string(),
      status: z.enum(NODE_STATUSES),
      version: z.string().nullable(),
      answered: z.boolean().meta({ description: "false: the values are the last known ones, if any" }),
      reason: z.enum(REASON_CODES).nullable(),
      detail: z.string().nullable().meta({ description: "why the node could not be read, in English" }),
      lastKnownMs: figure.meta({ description: "when the last known values were read" }),
    }),
  ),
  versions: comparedNameSchema,
  figures: z.array(
    z.object({
      name: z.enum(COMPARED_FIGURES),
      unit: z.enum(SERIES_UNITS),
      values: z.array(figure).meta({ description: "current values; null for a node that does not respond" }),
      median: figure,
      outliers: z.array(z.string()).meta({ description: "nodes far from the others" }),
      meaning,
    }),
  ),
  settings: z.array(comparedNameSchema),
  stats: z.array(comparedNameSchema),
  same: z
    .object({ settings: z.number(), stats: z.number() })
    .meta({ description: "how many names do not differ; all=1 lists them too" }),
});
export type Compare = z.infer<typeof compareSchema>;

const loadedNodeSchema = z.object({ node: z.string(), value: z.number() });

export const driftSchema = z.object({
  atMs: z.number(),
  pool: z.string(),
  nodes: z.number(),
  known: z.number().meta({ description: "nodes whose settings are known" }),
  lastKnown: z.number().meta({ description: "of these, nodes that are not up now" }),
  settings: z
    .array(
      z.object({
        name: z.string(),
        meaning,
        majority: z.string().nullable().meta({ description: "null: not reported, or none leads" }),
        tied: z.boolean().meta({ description: "no value is more common than all others" }),
        groups: z.array(
          z.object({
            value: z.string().nullable().meta({ description: "null: not reported" }),
            count: z.number(),
            nodes: z.array(z.string()).meta({ description: "the first 20" }),
          }),
        ),
      }),
    )
    .meta({
      description: "settings that are not the same on every node, without those that are a node's own",
    }),
  load: z.array(
    z.object({
      metric: z.enum(LOAD_FIGURES),
      unit: z.enum(SERIES_UNITS),
      nodes: z.number().meta({ description: "nodes that report it" }),
      median: figure,
      max: figure,
      min: figure,
      factor: figure.meta({ description: "max divided by median; null without either" }),
      busiest: z.array(loadedNodeSchema).meta({ description: "greatest first, at most 3" }),
      idlest: z.array(loadedNodeSchema).meta({ description: "least first, at most 3" }),
      middle: z.string().nullable().meta({ description: "the node at the median, or just below it" }),
    }),
  ),
});
export type Drift = z.infer<typeof driftSchema>;

export const balanceSchema = z.object({
  atMs: z.number(),
  pool: z.string(),
  hashing: z.string().meta({ description: "as configured" }),
  title: z.string().meta({ description: "who hashes like this" }),
  nodes: z.number(),
  known: z.number().meta({ description: "nodes whose items are known; shares are among these" }),
  gets: figure.meta({ description: "per second, over all" }),
  items: figure,
  verdict: z.enum(BALANCE_VERDICTS),
  node: z.string().nullable().meta({ description: "the node that the verdict is about" }),
  shares: z
    .array(
      z.object({
        node: z.string(),
        keySpace: z.number().meta({ description: "share of the key space, 0..1" }),
        expected: figure.meta({ description: "the same among the nodes whose items are known" }),
        items: figure.meta({ description: "share of the items" }),
        gets: figure.meta({ description: "share of the gets" }),
        itemsFactor: figure.meta({ description: "items divided by expected" }),
        getsFactor: figure.meta({ description: "gets divided by expected" }),
      }),
    )
    .meta({ description: "greatest share of the gets first" }),
});
export type Balance = z.infer<typeof balanceSchema>;
