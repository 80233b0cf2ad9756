/**
 * Every endpoint of the HTTP interface, once: route handlers take their input schema from here, the OpenAPI
 * document is generated from here, and a test holds the list against the files in `app/`.
 */
import { z } from "zod";
import { type Access, signInSchema, whoamiSchema } from "../access.schema";
import { ACTION_KINDS } from "../actions/action";
import {
  actionInputSchema,
  actionPreviewSchema,
  actionSchema,
  actionsSchema,
} from "../actions/action.schema";
import { auditSchema } from "../actions/audit.schema";
import { balanceSchema, compareSchema, driftSchema } from "../compare.schema";
import { PROBES } from "../findings/finding";
import {
  briefFindingsSchema,
  diagnoseInputSchema,
  diagnosticSchema,
  findingsSchema,
  patchedInputSchema,
  postureSchema,
  progressSchema,
  reportedFindingsSchema,
} from "../findings/finding.schema";
import { fleetColumnsSchema, fleetSchema } from "../fleet.schema";
import { STATS_GROUPS } from "../node/capability";
import {
  catalogueSchema,
  connectionsReplySchema,
  slabsReplySchema,
  statsReplySchema,
} from "../node/inspection.schema";
import { keyItemSchema, keyOwnerSchema } from "../node/keys.schema";
import { nodeSchema } from "../node/node.schema";
import { seriesSchema } from "../series.schema";
import {
  shareInputSchema,
  shareMadeSchema,
  shareStatusSchema,
  sharesSchema,
  unlockSchema,
} from "../share.schema";
import { targetGroupsSchema } from "../target-groups.schema";
import {
  actionsQuerySchema,
  auditQuerySchema,
  compareQuerySchema,
  eventsQuerySchema,
  findingsQuerySchema,
  fleetQuerySchema,
  keyQuerySchema,
  keysQuerySchema,
  noQuery,
  oidcCallbackSchema,
  oidcQuerySchema,
  ownerQuerySchema,
  pingQuerySchema,
  postureQuerySchema,
  previewQuerySchema,
  runQuerySchema,
  scrapeQuerySchema,
  seriesQuerySchema,
} from "./queries";

export const METHODS = ["GET", "POST", "DELETE"] as const;
export type Method = (typeof METHODS)[number];

export interface Endpoint<
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType | null = z.ZodType | null,
  Reply extends z.ZodType | null = z.ZodType | null,
> {
  readonly method: Method;
  /** Who may call it; there is no default. */
  readonly access: Access;
  /** Changes something besides who is signed in: refused in read-only mode. */
  readonly changes: boolean;
  readonly path: string;
  readonly summary: string;
  readonly query: Query;
  /** Schema of the JSON body; null when it takes none. */
  readonly body: Body;
  /** Schema of the JSON answer; null for text, streams and documents. */
  readonly reply: Reply;
  /** Status of a success. */
  readonly status: number;
  readonly contentType: string;
  /** Bodies that may be longer than others are. */
  readonly largeBody?: LargeBody;
}

export interface LargeBody {
  /** Most bytes. */
  readonly bytes: number;
  /** Whether this one, parsed but not yet checked, may be that long. */
  readonly allows: (input: unknown) => boolean;
}

/** A value of `ACTION_LIMITS.valueBytes` as base64, and the rest of its request. */
const VALUE_UPLOAD: LargeBody = {
  bytes: 1_572_864,
  allows: (input) =>
    typeof input === "object" && input !== null && "kind" in input && input.kind === "set_key",
};

function read<Query extends z.ZodType, Reply extends z.ZodType | null>(
  access: Access,
  path: string,
  summary: string,
  query: Query,
  reply: Reply,
  contentType = "application/json",
): Endpoint<Query, null, Reply> {
  const shape = { path, summary, query, body: null, reply, status: 200, contentType };
  return { method: "GET", access, changes: false, ...shape };
}

interface WriteShape<Body extends z.ZodType | null, Reply extends z.ZodType | null> {
  readonly body: Body;
  readonly reply: Reply;
  readonly status: number;
  readonly changes: boolean;
  readonly largeBody?: LargeBody;
}

function write<Body extends z.ZodType | null, Reply extends z.ZodType | null>(
  method: "POST" | "DELETE",
  access: Access,
  path: string,
  summary: string,
  shape: WriteShape<Body, Reply>,
): Endpoint<typeof noQuery, Body, Reply> {
  return { method, access, path, summary, query: noQuery, contentType: "application/json", ...shape };
}

export const ENDPOINTS = {
  fleet: read(
    "viewer",
    "/api/v1/fleet",
    "Totals, pools, what needs attention, and every node",
    fleetQuerySchema,
    z.union([fleetSchema, fleetColumnsSchema]),
  ),
  node: read("viewer", "/api/v1/nodes/{node}", "One node", noQuery, nodeSchema),
  stats: read(
    "viewer",
    "/api/v1/nodes/{node}/stats/{group}",
    `One stats group, live: ${STATS_GROUPS.join(", ")}`,
    noQuery,
    statsReplySchema,
  ),
  stat: read(
    "viewer",
    "/api/v1/nodes/{node}/stats/{group}/{name}",
    "One value as text, for scripts",
    noQuery,
    null,
    "text/plain",
  ),
  slabs: read(
    "viewer",
    "/api/v1/nodes/{node}/slabs",
    "Slab classes joined with their items, live",
    noQuery,
    slabsReplySchema,
  ),
  connections: read(
    "viewer",
    "/api/v1/nodes/{node}/connections",
    "Listeners and clients, live",
    noQuery,
    connectionsReplySchema,
  ),
  series: read(
    "viewer",
    "/api/v1/series",
    "Metrics over time, with markers",
    seriesQuerySchema,
    seriesSchema,
  ),
  compare: read(
    "viewer",
    "/api/v1/compare",
    "Settings and stats that differ between nodes, and their figures side by side",
    compareQuerySchema,
    compareSchema,
  ),
  poolDrift: read(
    "viewer",
    "/api/v1/pools/{pool}/drift",
    "Settings that are not the same in the whole pool, and how its load is spread; no node is asked",
    noQuery,
    driftSchema,
  ),
  poolBalance: read(
    "viewer",
    "/api/v1/pools/{pool}/balance",
    "What each node owns of the key space under the pool's hashing, beside its share of items and gets",
    noQuery,
    balanceSchema,
  ),
  catalogue: read(
    "viewer",
    "/api/v1/metrics-catalogue",
    "Every stat and derived metric with its meaning",
    noQuery,
    catalogueSchema,
  ),
  events: read(
    "viewer",
    "/api/v1/events",
    "Changes of the fleet as they happen",
    eventsQuerySchema,
    null,
    "text/event-stream",
  ),
  metrics: read(
    "viewer",
    "/metrics",
    "Memfleet and every node for Prometheus, text format 0.0.4",
    noQuery,
    null,
    "text/plain",
  ),
  scrape: read(
    "viewer",
    "/scrape",
    "One configured node for Prometheus, text format 0.0.4",
    scrapeQuerySchema,
    null,
    "text/plain",
  ),
  targets: read(
    "viewer",
    "/api/v1/sd",
    "Every node for Prometheus' HTTP service discovery",
    noQuery,
    targetGroupsSchema,
  ),
  openapi: read("viewer", "/api/v1/openapi.json", "This document", noQuery, null),
  healthy: read("public", "/-/healthy", "200 while the process lives", noQuery, null, "text/plain"),
  ready: read(
    "public",
    "/-/ready",
    "200 when configured and the store is usable; 503 otherwise",
    noQuery,
    null,
    "text/plain",
  ),
  whoami: read("viewer", "/api/v1/session", "Who am I", noQuery, whoamiSchema),
  signIn: write("POST", "public", "/api/v1/session", "Sign in with user name and password", {
    body: signInSchema,
    reply: whoamiSchema,
    status: 200,
    changes: false,
  }),
  signOut: write("DELETE", "viewer", "/api/v1/session", "Sign out", {
    body: null,
    reply: null,
    status: 204,
    changes: false,
  }),
  oidcBegin: read(
    "public",
    "/api/v1/session/oidc",
    "Sends the browser to the identity provider",
    oidcQuerySchema,
    null,
    "text/plain",
  ),
  oidcCallback: read(
    "public",
    "/api/v1/session/oidc/callback",
    "Where the identity provider sends the browser back to",
    oidcCallbackSchema,
    null,
    "text/plain",
  ),
  act: write("POST", "operator", "/api/v1/actions", `Acts on nodes: ${ACTION_KINDS.join(", ")}`, {
    body: actionInputSchema,
    reply: actionSchema,
    status: 202,
    changes: true,
    largeBody: VALUE_UPLOAD,
  }),
  actions: read("operator", "/api/v1/actions", "Actions, newest first", actionsQuerySchema, actionsSchema),
  actionPreview: read(
    "operator",
    "/api/v1/actions/preview",
    "What an action would hit",
    previewQuerySchema,
    actionPreviewSchema,
  ),
  action: read("operator", "/api/v1/actions/{id}", "One action", noQuery, actionSchema),
  actionEvents: read(
    "operator",
    "/api/v1/actions/{id}/events",
    "One action as it goes on",
    noQuery,
    null,
    "text/event-stream",
  ),
  cancelAction: write("POST", "operator", "/api/v1/actions/{id}/cancel", "Stops what has not been sent", {
    body: null,
    reply: actionSchema,
    status: 200,
    changes: true,
  }),
  pauseAction: write("POST", "operator", "/api/v1/actions/{id}/pause", "Sends nothing more until resumed", {
    body: null,
    reply: actionSchema,
    status: 200,
    changes: true,
  }),
  resumeAction: write("POST", "operator", "/api/v1/actions/{id}/resume", "Goes on with a paused action", {
    body: null,
    reply: actionSchema,
    status: 200,
    changes: true,
  }),
  keys: read(
    "operator",
    "/api/v1/nodes/{node}/keys",
    "Keys by prefix, one JSON object a line, as they stream from the node",
    keysQuerySchema,
    null,
    "application/x-ndjson",
  ),
  key: read(
    "operator",
    "/api/v1/nodes/{node}/keys/{key}",
    "One item, looked at without touching it where the node can",
    keyQuerySchema,
    keyItemSchema,
  ),
  keyValue: read(
    "operator",
    "/api/v1/nodes/{node}/keys/{key}/value",
    "A value's bytes, as an attachment",
    keyQuerySchema,
    null,
    "application/octet-stream",
  ),
  keyOwner: read(
    "operator",
    "/api/v1/pools/{pool}/owner",
    "Which node owns a key for each known hashing, and where it really is",
    ownerQuerySchema,
    keyOwnerSchema,
  ),
  ping: read(
    "operator",
    "/api/v1/nodes/{node}/ping",
    "Repeated round trips of a version request",
    pingQuerySchema,
    null,
    "text/event-stream",
  ),
  diagnose: write("POST", "operator", "/api/v1/diagnostics", `Tests nodes: ${PROBES.join(", ")}`, {
    body: diagnoseInputSchema,
    reply: diagnosticSchema,
    status: 202,
    changes: true,
  }),
  diagnostics: read(
    "viewer",
    "/api/v1/diagnostics",
    "The newest finding of every node and check, worst first; CSV with Accept: text/csv or download=csv",
    findingsQuerySchema,
    z.union([findingsSchema, reportedFindingsSchema, briefFindingsSchema]),
  ),
  posture: read(
    "viewer",
    "/api/v1/diagnostics/posture",
    "The worst that each probe found on each node, worst node first",
    postureQuerySchema,
    postureSchema,
  ),
  diagnostic: read(
    "viewer",
    "/api/v1/diagnostics/{id}",
    "One run",
    runQuerySchema,
    z.union([diagnosticSchema, progressSchema]),
  ),
  diagnosticEvents: read(
    "viewer",
    "/api/v1/diagnostics/{id}/events",
    "One run as it goes on",
    noQuery,
    null,
    "text/event-stream",
  ),
  cancelDiagnostic: write("POST", "operator", "/api/v1/diagnostics/{id}/cancel", "Starts no further probe", {
    body: null,
    reply: diagnosticSchema,
    status: 200,
    changes: true,
  }),
  markPatched: write(
    "POST",
    "admin",
    "/api/v1/diagnostics/patched",
    "Says that a node's build has the fix of an advisory, or takes that back",
    { body: patchedInputSchema, reply: null, status: 204, changes: true },
  ),
  audit: read(
    "operator",
    "/api/v1/audit",
    "Who did what, newest first; CSV with Accept: text/csv or download=csv",
    auditQuerySchema,
    auditSchema,
  ),
  share: write("POST", "operator", "/api/v1/shares", "Makes a share link", {
    body: shareInputSchema,
    reply: shareMadeSchema,
    status: 201,
    changes: true,
  }),
  shares: read(
    "operator",
    "/api/v1/shares",
    "Share links that still work, newest first",
    noQuery,
    sharesSchema,
  ),
  revokeShare: write(
    "DELETE",
    "operator",
    "/api/v1/shares/{id}",
    "Revokes a share link at once; somebody else's takes an admin",
    { body: null, reply: null, status: 204, changes: true },
  ),
  shareStatus: read("share", "/s/{token}/status.json", "What a share link shows", noQuery, shareStatusSchema),
  shareBadge: read(
    "share",
    "/s/{token}/badge.svg",
    "Status, hit ratio and memory as a badge",
    noQuery,
    null,
    "image/svg+xml",
  ),
  sharePreview: read(
    "share",
    "/s/{token}/preview.png",
    "The picture that a pasted link unfolds to, 1200 × 630",
    noQuery,
    null,
    "image/png",
  ),
  unlockShare: write("POST", "share", "/s/{token}/unlock", "Opens a share link that has a password", {
    body: unlockSchema,
    reply: null,
    status: 204,
    changes: false,
  }),
} as const satisfies Record<string, Endpoint>;
