/**
 * Every endpoint of the HTTP interface, once: route handlers take their input schema from here, the OpenAPI
 * document is generated from here, and a test holds the list against the files in `app/`.
 */
import { z } from "zod";
import { STATS_GROUPS } from "./capability";
import { fleetSchema } from "./fleet";
import { catalogueSchema, connectionsReplySchema, slabsReplySchema, statsReplySchema } from "./inspection";
import { nodeSchema } from "./node";
import { NODE_STATUSES } from "./reasons";
import { AGGREGATES, SERIES_LIMITS, seriesSchema } from "./series";
import { INSTANT } from "./window";

export const FLEET_SORTS = [
  "worst",
  "node",
  "pool",
  "version",
  "hitRatio",
  "memory",
  "connections",
  "gets",
  "uptime",
  "evictions",
] as const;
export type FleetSort = (typeof FLEET_SORTS)[number];

const text = z.string({ error: "one text of at most 250 characters" }).max(250, "at most 250 characters");
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
});
export type FleetQuery = z.infer<typeof fleetQuerySchema>;

const METRICS_WANTED = `1 to ${SERIES_LIMITS.metrics} names of /api/v1/metrics-catalogue`;

export const seriesQuerySchema = z.strictObject({
  metric: z
    .array(text, { error: METRICS_WANTED })
    .min(1)
    .max(SERIES_LIMITS.metrics, { error: METRICS_WANTED }),
  node: z.array(text).max(1_000).optional(),
  pool: z.array(text).max(100).optional(),
  from: instant.optional().meta({ description: "now-1h when absent" }),
  to: instant.optional().meta({ description: "now when absent" }),
  points: wholeNumber(1, SERIES_LIMITS.points).optional(),
  aggregate: oneOf(AGGREGATES).optional(),
});
export type SeriesQuery = z.infer<typeof seriesQuerySchema>;

const noQuery = z.strictObject({});

export interface Endpoint<Query extends z.ZodType = z.ZodType> {
  readonly method: "GET";
  readonly path: string;
  readonly summary: string;
  readonly query: Query;
  /** Schema of the JSON answer; null for text, streams and documents. */
  readonly reply: z.ZodType | null;
  readonly contentType: string;
}

function endpoint<Query extends z.ZodType>(
  path: string,
  summary: string,
  query: Query,
  reply: z.ZodType | null,
  contentType = "application/json",
): Endpoint<Query> {
  return { method: "GET", path, summary, query, reply, contentType };
}

export const ENDPOINTS = {
  fleet: endpoint(
    "/api/v1/fleet",
    "Totals, pools, what needs attention, and every node",
    fleetQuerySchema,
    fleetSchema,
  ),
  node: endpoint("/api/v1/nodes/{node}", "One node", noQuery, nodeSchema),
  stats: endpoint(
    "/api/v1/nodes/{node}/stats/{group}",
    `One stats group, live: ${STATS_GROUPS.join(", ")}`,
    noQuery,
    statsReplySchema,
  ),
  stat: endpoint(
    "/api/v1/nodes/{node}/stats/{group}/{name}",
    "One value as text, for scripts",
    noQuery,
    null,
    "text/plain",
  ),
  slabs: endpoint(
    "/api/v1/nodes/{node}/slabs",
    "Slab classes joined with their items, live",
    noQuery,
    slabsReplySchema,
  ),
  connections: endpoint(
    "/api/v1/nodes/{node}/connections",
    "Listeners and clients, live",
    noQuery,
    connectionsReplySchema,
  ),
  series: endpoint("/api/v1/series", "Metrics over time, with markers", seriesQuerySchema, seriesSchema),
  catalogue: endpoint(
    "/api/v1/metrics-catalogue",
    "Every stat and derived metric with its meaning",
    noQuery,
    catalogueSchema,
  ),
  events: endpoint(
    "/api/v1/events",
    "Changes of the fleet as they happen",
    noQuery,
    null,
    "text/event-stream",
  ),
  openapi: endpoint("/api/v1/openapi.json", "This document", noQuery, null),
  healthy: endpoint("/-/healthy", "200 while the process lives", noQuery, null, "text/plain"),
  ready: endpoint(
    "/-/ready",
    "200 when configured and the store is usable; 503 otherwise",
    noQuery,
    null,
    "text/plain",
  ),
} as const;
