/**
 * Every endpoint of the HTTP interface. Route handlers take their schemas from here, the OpenAPI document is generated
 * from here, and a test compares the list with the files in `app/`.
 */
import { z } from "zod";
import { STATS_GROUPS } from "@/lib/catalogue/stats-groups";
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
  progressSchema,
  reportedFindingsSchema,
  severityMatrixSchema,
} from "../findings/finding.schema";
import { fleetColumnsSchema, fleetSchema } from "../fleet.schema";
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
  previewQuerySchema,
  runQuerySchema,
  scrapeQuerySchema,
  seriesQuerySchema,
  severityMatrixQuerySchema,
} from "./queries";

export const METHODS = ["GET", "POST", "DELETE"] as const;
type Method = (typeof METHODS)[number];

export interface Endpoint<
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType | null = z.ZodType | null,
  Reply extends z.ZodType | null = z.ZodType | null,
> {
  readonly method: Method;
  /** Who may call it; there is no default. */
  readonly access: Access;
  /** Changes something besides the session, other than stopping it: rejected in read-only mode. */
  readonly changes: boolean;
  readonly path: string;
  readonly summary: string;
  readonly query: Query;
  /** Schema of the JSON body; null without one. */
  readonly body: Body;
  /** Schema of the JSON reply, which handlers are checked against; null for text, streams and documents. */
  readonly reply: Reply;
  /** Status of a success. */
  readonly status: number;
  readonly contentType: string;
  /** Exception to the usual limit of bodies. */
  readonly largeBody?: LargeBody;
}

export interface LargeBody {
  /** Maximum size. */
  readonly bytes: number;
  /** Whether this body, parsed but not yet validated, may be that large. */
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
    "Totals, pools, nodes that need attention, and all nodes",
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
    "One stat as text, for scripts",
    noQuery,
    null,
    "text/plain",
  ),
  slabs: read(
    "viewer",
    "/api/v1/nodes/{node}/slabs",
    "Slab classes with their items, live",
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
    "Settings and stats that differ between nodes, and their metrics side by side",
    compareQuerySchema,
    compareSchema,
  ),
  poolDrift: read(
    "viewer",
    "/api/v1/pools/{pool}/drift",
    "Settings that differ within a pool, and its load distribution; from collected data",
    noQuery,
    driftSchema,
  ),
  poolBalance: read(
    "viewer",
    "/api/v1/pools/{pool}/balance",
    "Each node's share of the key space under the pool's hashing, beside its shares of items and gets",
    noQuery,
    balanceSchema,
  ),
  catalogue: read(
    "viewer",
    "/api/v1/metrics-catalogue",
    "All stats and derived metrics with their meaning",
    noQuery,
    catalogueSchema,
  ),
  events: read(
    "viewer",
    "/api/v1/events",
    "Live changes of the fleet",
    eventsQuerySchema,
    null,
    "text/event-stream",
  ),
  metrics: read(
    "viewer",
    "/metrics",
    "Memfleet and all nodes for Prometheus, text format 0.0.4",
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
    "All nodes for Prometheus HTTP service discovery",
    noQuery,
    targetGroupsSchema,
  ),
  openapi: read("viewer", "/api/v1/openapi.json", "This document", noQuery, null),
  healthy: read("public", "/-/healthy", "200 while the process runs", noQuery, null, "text/plain"),
  ready: read(
    "public",
    "/-/ready",
    "200 while Memfleet is configured and polls; the body names files that cannot be written. 503 while it stops",
    noQuery,
    null,
    "text/plain",
  ),
  whoami: read("viewer", "/api/v1/session", "The current user", noQuery, whoamiSchema),
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
    "Redirects the browser to the identity provider",
    oidcQuerySchema,
    null,
    "text/plain",
  ),
  oidcCallback: read(
    "public",
    "/api/v1/session/oidc/callback",
    "Redirect target after sign-in at the identity provider",
    oidcCallbackSchema,
    null,
    "text/plain",
  ),
  act: write("POST", "operator", "/api/v1/actions", `Starts an action on nodes: ${ACTION_KINDS.join(", ")}`, {
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
    "Impact of an action",
    previewQuerySchema,
    actionPreviewSchema,
  ),
  action: read("operator", "/api/v1/actions/{id}", "One action", noQuery, actionSchema),
  actionEvents: read(
    "operator",
    "/api/v1/actions/{id}/events",
    "Progress of one action",
    noQuery,
    null,
    "text/event-stream",
  ),
  cancelAction: write("POST", "operator", "/api/v1/actions/{id}/cancel", "Cancels what has not been sent", {
    body: null,
    reply: actionSchema,
    status: 200,
    changes: false,
  }),
  pauseAction: write("POST", "operator", "/api/v1/actions/{id}/pause", "Pauses an action", {
    body: null,
    reply: actionSchema,
    status: 200,
    changes: false,
  }),
  resumeAction: write("POST", "operator", "/api/v1/actions/{id}/resume", "Resumes a paused action", {
    body: null,
    reply: actionSchema,
    status: 200,
    changes: true,
  }),
  keys: read(
    "operator",
    "/api/v1/nodes/{node}/keys",
    "Keys by prefix, one JSON object per line, streamed from the node",
    keysQuerySchema,
    null,
    "application/x-ndjson",
  ),
  key: read(
    "operator",
    "/api/v1/nodes/{node}/keys/{key}",
    "One item, without bumping it in the LRU where the node supports that",
    keyQuerySchema,
    keyItemSchema,
  ),
  keyValue: read(
    "operator",
    "/api/v1/nodes/{node}/keys/{key}/value",
    "The bytes of a value, as an attachment",
    keyQuerySchema,
    null,
    "application/octet-stream",
  ),
  keyOwner: read(
    "operator",
    "/api/v1/pools/{pool}/owner",
    "The owner of a key under each supported hashing, and the nodes that have it",
    ownerQuerySchema,
    keyOwnerSchema,
  ),
  ping: read(
    "operator",
    "/api/v1/nodes/{node}/ping",
    "Repeated round trips of a version command",
    pingQuerySchema,
    null,
    "text/event-stream",
  ),
  diagnose: write(
    "POST",
    "operator",
    "/api/v1/diagnostics",
    `Starts diagnostics of nodes: ${PROBES.join(", ")}`,
    {
      body: diagnoseInputSchema,
      reply: diagnosticSchema,
      status: 202,
      changes: true,
    },
  ),
  diagnostics: read(
    "viewer",
    "/api/v1/diagnostics",
    "The newest findings by node and check, worst first; CSV with Accept: text/csv or download=csv",
    findingsQuerySchema,
    z.union([findingsSchema, reportedFindingsSchema, briefFindingsSchema]),
  ),
  posture: read(
    "viewer",
    "/api/v1/diagnostics/posture",
    "The worst finding of each probe on each node, worst node first",
    severityMatrixQuerySchema,
    severityMatrixSchema,
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
    "Progress of one run",
    noQuery,
    null,
    "text/event-stream",
  ),
  cancelDiagnostic: write(
    "POST",
    "operator",
    "/api/v1/diagnostics/{id}/cancel",
    "Cancels the remaining probes",
    {
      body: null,
      reply: diagnosticSchema,
      status: 200,
      changes: false,
    },
  ),
  markPatched: write(
    "POST",
    "admin",
    "/api/v1/diagnostics/patched",
    "Marks an advisory as patched on a node, or removes the mark",
    { body: patchedInputSchema, reply: null, status: 204, changes: true },
  ),
  audit: read(
    "operator",
    "/api/v1/audit",
    "The audit log, newest first; CSV with Accept: text/csv or download=csv",
    auditQuerySchema,
    auditSchema,
  ),
  share: write("POST", "operator", "/api/v1/shares", "Creates a share link", {
    body: shareInputSchema,
    reply: shareMadeSchema,
    status: 201,
    changes: true,
  }),
  shares: read("operator", "/api/v1/shares", "Active share links, newest first", noQuery, sharesSchema),
  revokeShare: write(
    "DELETE",
    "operator",
    "/api/v1/shares/{id}",
    "Revokes a share link; those of other users require the admin role",
    { body: null, reply: null, status: 204, changes: true },
  ),
  shareStatus: read(
    "share",
    "/s/{token}/status.json",
    "The content of a share link",
    noQuery,
    shareStatusSchema,
  ),
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
    "Preview image of a share link, 1200 × 630",
    noQuery,
    null,
    "image/png",
  ),
  unlockShare: write("POST", "share", "/s/{token}/unlock", "Unlocks a share link that has a password", {
    body: unlockSchema,
    reply: null,
    status: 204,
    changes: false,
  }),
} as const satisfies Record<string, Endpoint>;
